// How wide the panes are, in CSS pixels; remembered on this computer.

const SIDE = "fobwatch.side";
const LIST = "fobwatch.list";
/** Beyond these a pane can't be dragged. */
export const limits = { side: { least: 180, most: 280 }, list: { least: 300, most: 480 } } as const;

function remembered(key: string, otherwise: number, { least, most }: { least: number; most: number }): number {
  const value = Number(localStorage.getItem(key));
  return Number.isFinite(value) && value >= least && value <= most ? value : otherwise;
}

export function rememberedWidths(): { side: number; list: number } {
  return { side: remembered(SIDE, 208, limits.side), list: remembered(LIST, 372, limits.list) };
}

export function rememberWidth(pane: "side" | "list", width: number) {
  localStorage.setItem(pane === "side" ? SIDE : LIST, String(width));
}
