// Pictures of the commands (Ctrl+K); see shots.js.
const open = async (page, typed = "") => {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find a command" }).waitFor();
  if (typed !== "") await page.keyboard.type(typed);
};

export const commands = (row) => [
  ...["", "-dark"].flatMap((theme) => [
    { name: `14c-commands${theme}`, dark: theme !== "", steps: async (page) => {
        await row(page, "Payments gateway");
        await open(page);
      } },
    { name: `14c-commands-typed${theme}`, dark: theme !== "", steps: async (page) => {
        await row(page, "Northwind API, production");
        await open(page, "co");
      } },
    { name: `14c-commands-none${theme}`, dark: theme !== "", steps: (page) => open(page, "xyzzy") },
    { name: `14c-commands-480${theme}`, dark: theme !== "", size: [480, 560], steps: async (page) => {
        await row(page, "Northwind API, production");
        await open(page);
      } },
  ]),
  { name: "14c-commands-360", size: [480, 360], steps: (page) => open(page) },
  { name: "14c-commands-several", query: "?many", steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.keyboard.press("Shift+ArrowDown");
      await open(page);
    } },
  { name: "14c-commands-mac", query: "?os=macos", steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.keyboard.press("Meta+k");
      await page.keyboard.press("End");
    } },
  { name: "14c-commands-empty", query: "?empty", steps: (page) => open(page) },
  ...["de", "en-XA", "ar-XB"].map((language) => (
    { name: `14c-commands-${language}`, query: `?language=${language}`, steps: async (page) => {
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Control+k");
        await page.getByRole("combobox").waitFor();
      } }
  )),
];
