import { beforeEach, describe, expect, it, vi } from "vitest";

vi.mock("../ipc", () => ({ mayLeave: vi.fn(() => Promise.resolve(null)), leave: vi.fn(() => Promise.resolve(null)), asError: (thrown: unknown) => thrown }));
import * as ipc from "../ipc";
import { leaving } from "./leaving.svelte";

describe("leaving", () => {
  beforeEach(() => {
    vi.clearAllMocks();
    leaving.stay();
  });

  it("holds_nobody_where_nothing_would_be_lost", () => {
    leaving.hear({ wish: "quit", lost: 0 });
    expect(ipc.mayLeave).toHaveBeenCalledWith(false);
    expect(leaving.asked).toBeNull();
  });

  it("asks_once_before_a_renewed_token_is_lost", () => {
    leaving.hear({ wish: "quit", lost: 1 });
    expect(ipc.mayLeave).toHaveBeenCalledWith(true);
    expect(leaving.asked).toEqual({ quits: true, lost: true, typed: false });
    expect(ipc.leave).not.toHaveBeenCalled();
    leaving.go();
    expect(ipc.leave).toHaveBeenCalledWith(true);
    expect(leaving.asked).toBeNull();
  });
});
