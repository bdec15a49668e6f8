// How wide the panes are now.
import { rememberedWidths, rememberWidth } from "../widths";

export class Widths {
  #now = $state(rememberedWidths());

  get side(): number {
    return this.#now.side;
  }

  get list(): number {
    return this.#now.list;
  }

  set(pane: "side" | "list", width: number) {
    this.#now[pane] = width;
    rememberWidth(pane, width);
  }
}
