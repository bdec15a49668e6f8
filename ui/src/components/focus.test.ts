import { afterEach, describe, expect, it, vi } from "vitest";
import { giveBack } from "./focus";

/** An element of a page, as far as the keyboard goes. */
class Fake {
  focused = 0;
  isConnected: boolean;
  constructor(isConnected = true) {
    this.isConnected = isConnected;
  }
  focus() {
    this.focused++;
  }
}

/** Whether it took the keyboard, and what the event is told. */
function given(before: Fake | null) {
  vi.stubGlobal("HTMLElement", Fake);
  const event = new Event("close", { cancelable: true });
  giveBack(event, before as unknown as Element | null);
  return { focused: before?.focused ?? 0, taken: event.defaultPrevented };
}

describe("the keyboard after a sheet or menu", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("goes_back_to_where_it_was", () => {
    vi.stubGlobal("document", { body: new Fake() });
    expect(given(new Fake())).toEqual({ focused: 1, taken: true });
  });
  it("is_left_to_others_where_it_was_nowhere_or_that_is_gone", () => {
    const body = new Fake();
    vi.stubGlobal("document", { body });
    expect(given(body)).toEqual({ focused: 0, taken: false });
    expect(given(new Fake(false))).toEqual({ focused: 0, taken: false });
    expect(given(null)).toEqual({ focused: 0, taken: false });
  });
});
