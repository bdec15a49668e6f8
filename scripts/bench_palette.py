"""How long the quick palette takes, in a vault of 10,000: from the key to the first row on the screen, and from the key,
three letters and Enter to the value in another program's hands. Inside a private session; keys come by XTest."""

import ctypes
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import bench_list

RUNS = int(os.environ.get("FOB_BENCH_PALETTE", "20"))
# Where the name of the first row stands: the palette is centred, 22 % from the top of a screen of 1240 × 800.
ROW = (360, 240, 160, 24)
KEYS = {"ctrl": 0xFFE3, "alt": 0xFFE9, "enter": 0xFF0D}


class Keyboard:
    def __init__(self):
        self.x, self.test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self.x.XOpenDisplay.restype = ctypes.c_void_p
        self.display = ctypes.c_void_p(self.x.XOpenDisplay(None))

    def press(self, *keys):
        codes = [self.x.XKeysymToKeycode(self.display, ctypes.c_ulong(KEYS.get(key) or ord(key))) for key in keys]
        for code, down in [(code, 1) for code in codes] + [(code, 0) for code in reversed(codes)]:
            self.test.XTestFakeKeyEvent(self.display, code, down, ctypes.c_ulong(0))
        self.x.XFlush(self.display)


def until(what, holds):
    start = time.perf_counter()
    while not holds():
        if time.perf_counter() - start > 20:
            sys.exit(f"waited in vain for {what}")
        time.sleep(0.002)


def measure(screen, home):
    """Rows of the table; `home` has the large vault."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    manager = subprocess.Popen(["openbox"], **quiet)
    log = home / "log/fobwatch.log"
    log.unlink(missing_ok=True)
    environment = {**os.environ, "FOB_HOME": str(home), "FOB_LOG": "info"}
    app = subprocess.Popen([bench_list.RELEASE / "fobwatch", "--hidden"], env=environment, **quiet)
    until("the hot key", lambda: log.exists() and "state=Set" in log.read_text())
    keyboard, painted, copied = Keyboard(), [], []
    for _ in range(RUNS):
        subprocess.run(["xclip", "-selection", "clipboard"], input=b"before", check=True)
        time.sleep(0.3)
        start = time.perf_counter()
        keyboard.press("ctrl", "alt", "k")
        until("the palette", lambda: screen.has_words(ROW))
        painted.append((time.perf_counter() - start) * 1000)
        for key in ("z", "e", "p", "enter"):
            keyboard.press(key)
        until("the value", lambda: bench_list.clipboard() == bench_list.TARGET)
        copied.append((time.perf_counter() - start) * 1000)
        until("the palette to go", lambda: not screen.has_words(ROW))
    app.terminate()
    app.wait(10)
    manager.terminate()
    rows = []
    for name, taken, goal in (("hot key to the palette's first row", painted, "goal 100 ms"), ("hot key, three letters, Enter", copied, "value read by xclip")):
        note = f"median {statistics.median(taken):.0f} ms, {RUNS} runs, {bench_list.COUNT:,} credentials, {goal}"
        rows.append((f"{name}, p95", f"{bench_list.nth(taken, 0.95):.0f} ms", note))
    return rows


if __name__ == "__main__":
    import bench

    large = Path.home() / "large"
    bench_list.seeded(large)
    for name, figure, note in measure(bench.Screen(), large):
        print(f"{name:44} {figure:>10}   {note}")
