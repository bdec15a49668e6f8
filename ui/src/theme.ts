// Light, dark, or as the system says; remembered, so that the first picture has it before the vault can be asked.

const THEME = "fobwatch.theme";

/** The theme of the last time. */
export function rememberedTheme(): string {
  return localStorage.getItem(THEME) ?? "system";
}

/** Colours the page, and remembers it. */
export function paintTheme(theme: string) {
  document.documentElement.dataset["theme"] = theme;
  localStorage.setItem(THEME, theme);
}
