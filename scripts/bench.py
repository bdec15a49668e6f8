"""The benchmark table: the command, the window, the memory of both. Runs inside a private session (bench.sh)."""

import ctypes
import json
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import bench_list
import bench_palette
import bench_rest

PROJECT = Path(__file__).resolve().parent.parent
RELEASE = bench_list.RELEASE
RUNS = 30
WINDOWS = 7
# How long after the last paint memory is looked at, in seconds: the web process goes on allocating after its first
# picture, and the first look at health comes five seconds after the start.
SETTLED = 8
os.environ["FOB_HOME"] = str(Path.home() / "vault")
# Where the first words of each window stand, and the first row of the list (left, top, width, height).
FIRST = (0, 0, 208, 64)
ROW = (264, 108, 160, 44)
rows = []


def fob(*arguments, **more):
    return subprocess.run([RELEASE / "fob", *arguments], check=True, capture_output=True, text=True, **more)


def timed(name, *arguments):
    fob(*arguments)  # the first run pays for the disk
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        fob(*arguments)
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    rows.append((name, f"{statistics.median(taken):.1f} ms", f"p95 {taken[int(RUNS * 0.95)]:.1f} ms, {RUNS} runs"))


def sign_in():
    server = subprocess.Popen(
        ["node", PROJECT / "tests/servers/oidc/server.mjs", "--auto", "--access-ttl", "3600", "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    server.line = server.stdout.readline()
    issuer = json.loads(server.line)["issuer"]
    browser = Path.home() / "browser"
    browser.symlink_to(PROJECT / "tests/session/browser.sh")
    arguments = ["--issuer", issuer, "--client-id", "fobwatch-demo", "--scope", "openid", "--json"]
    fob("login", "Northwind", *arguments, env={**os.environ, "BROWSER": str(browser)})
    return server


def exchange(server):
    """From the arrival of the redirect to the stored credential, without the time that the provider itself takes."""
    issuer = json.loads(server.line)["issuer"]

    def served():
        took = json.load(urllib.request.urlopen(f"{issuer}/__record"))["took_ms"]
        return sum(sum(took.get(path, [])) for path in ("/token", "/jwks"))

    taken = []
    for run in range(RUNS + 1):
        before = served()
        arguments = ["--issuer", issuer, "--client-id", "fobwatch-demo", "--no-browser", "--explain", "--json"]
        login = subprocess.Popen(
            [RELEASE / "fob", "login", f"Bench {run}", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        url = json.loads(login.stdout.readline())["url"]
        subprocess.run(["node", PROJECT / "tests/servers/browser.mjs", url], check=True, capture_output=True)
        _, story = login.communicate()
        at = {text: float(seconds) for seconds, text in re.findall(r"^ *([0-9.]+) s . (.*)$", story, re.M)}
        came = next(value for text, value in at.items() if text.startswith("The browser came back"))
        stored = next(value for text, value in at.items() if text.startswith("Everything is stored"))
        if run:  # the first one pays for the disk
            taken.append((stored - came) * 1000 - (served() - before))
    taken.sort()
    note = f"p95 {taken[int(RUNS * 0.95)]:.1f} ms, {RUNS} runs, without the provider's own time"
    rows.append(("sign-in: redirect to stored", f"{statistics.median(taken):.1f} ms", note))


def family(pid):
    # Each thread lists only the children that it started itself.
    children = [child for of in Path(f"/proc/{pid}/task").glob("*/children") for child in of.read_text().split()]
    return [pid, *(member for child in children for member in family(int(child)))]


def pss(pid):
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


class Screen:
    """Looks at parts of the screen without taking the processor from who paints it."""

    PLANES, Z_PIXMAP = ctypes.c_ulong(-1), 2

    def __init__(self):
        self.x = ctypes.CDLL("libX11.so.6")
        for name, result in (("XOpenDisplay", ctypes.c_void_p), ("XDefaultRootWindow", ctypes.c_ulong), ("XGetImage", ctypes.c_void_p)):
            getattr(self.x, name).restype = result
        self.display = ctypes.c_void_p(self.x.XOpenDisplay(None))
        self.root = ctypes.c_ulong(self.x.XDefaultRootWindow(self.display))

    def has_words(self, part):
        """Whether words stand in `part` (left, top, width, height): a surface has a few colours, words have the shades
        between ink and paper."""
        image = ctypes.c_void_p(self.x.XGetImage(self.display, self.root, *part, self.PLANES, self.Z_PIXMAP))
        # XImage: width, height, xoffset, format, and then the pixels (Xlib.h).
        data = ctypes.cast(image.value + 16, ctypes.POINTER(ctypes.c_void_p))[0]
        pixels = ctypes.string_at(data, part[2] * part[3] * 4)
        self.x.XDestroyImage(image)
        return len(set(memoryview(pixels).cast("I")[::3])) > 16


def painted(program, home, parts):
    """Starts a program; returns it and how long it took until words stood in each part of its window, in milliseconds."""
    screen, taken = Screen(), {}
    start = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    app = subprocess.Popen([program], env={**os.environ, "FOB_HOME": str(home)}, **quiet)
    while len(taken) < len(parts):
        now = (time.perf_counter() - start) * 1000
        # No window manager draws a title here.
        taken |= {part: now for part in parts if part not in taken and screen.has_words(part)}
        if now > 30_000:
            sys.exit(f"{program} painted nothing in 30 s")
        time.sleep(0.004)
    return app, taken


def window(large):
    small, first, row = os.environ["FOB_HOME"], {FIRST: "first paint"}, {ROW: "first row of the list"}
    programs = {
        "window": (RELEASE / "fobwatch", small, first | row),
        "large vault": (RELEASE / "fobwatch", large, first | row),
        "empty window": (RELEASE / "examples/empty_window", small, first),
    }
    figures = {}
    for run in range(WINDOWS + 1):
        for name, (program, home, parts) in programs.items():  # alternately, so that the machine's moods meet both
            app, taken = painted(program, home, parts)
            time.sleep(SETTLED)
            if run:  # the first start of each pays for the disk
                found = {("ms", f"start to {parts[part]}"): at for part, at in taken.items()}
                found["MiB", "PSS of all processes"] = sum(pss(member) for member in family(app.pid))
                found["MiB", "PSS of the program that was started"] = pss(app.pid)
                for what, value in found.items():
                    figures.setdefault(what, {}).setdefault(name, []).append(value)
            app.terminate()
            app.wait(10)
    for (unit, what), named in figures.items():
        for name, values in named.items():
            spread = f"{min(values):.0f}–{max(values):.0f}, {WINDOWS} runs, alternately"
            rows.append((f"{name}: {what}", f"{statistics.median(values):.0f} {unit}", spread))
        floor = named.get("empty window") or figures["ms", "start to first paint"]["empty window"]
        for name in ("window", "large vault"):
            ratio = statistics.median(named[name]) / statistics.median(floor)
            rows.append((f"{name}, ratio: {what}", f"{ratio:.2f} ×", "to an empty Tauri window"))


def main():
    server = sign_in()
    fob("add", "key", "Northwind billing", input="sk_test_bench_0123456789abcdef")
    timed("fob token, still fresh", "token", "Northwind")
    timed("fob list", "list", "--json")
    timed("fob show", "show", "Northwind", "--json")
    exchange(server)
    large = Path.home() / "large"
    rows.extend(bench_list.measure(large))
    rows.extend(bench_palette.measure(Screen(), large))
    window(large)
    for program in ("fob", "fobwatch", "fobwatch-window", "fobwatch-palette"):
        size = (RELEASE / program).stat().st_size / 2**20
        rows.append((f"{program}: size of the program", f"{size:.1f} MiB", "release, stripped"))
    server.terminate()
    rows.extend(bench_rest.measure(RELEASE))
    for name, figure, note in rows:
        print(f"{name:44} {figure:>10}   {note}")


if __name__ == "__main__":
    sys.exit(main())
