// How wide the panes are; remembered on this computer.

function remembered(key: string, otherwise: number, least: number, most: number): number {
  const value = Number(localStorage.getItem(key));
  return Number.isFinite(value) && value >= least && value <= most ? value : otherwise;
}

export class Widths {
  side = $state(remembered("fobwatch.side", 208, 180, 280));
  list = $state(remembered("fobwatch.list", 372, 300, 480));

  setSide(width: number) {
    this.side = width;
    localStorage.setItem("fobwatch.side", String(width));
  }

  setList(width: number) {
    this.list = width;
    localStorage.setItem("fobwatch.list", String(width));
  }
}
