"""The benchmark table: the command, the window, the memory of both. Runs inside a private session (bench.sh)."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
RELEASE = PROJECT / "target/release"
RUNS = 30
WINDOWS = 5
os.environ["FOB_HOME"] = str(Path.home() / "vault")
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
    issuer = json.loads(server.stdout.readline())["issuer"]
    browser = Path.home() / "browser"
    browser.symlink_to(PROJECT / "tests/session/browser.sh")
    arguments = ["--issuer", issuer, "--client-id", "fobwatch-demo", "--scope", "openid", "--json"]
    fob("login", "Northwind", *arguments, env={**os.environ, "BROWSER": str(browser)})
    return server


def family(pid):
    # Each thread lists only the children that it started itself.
    children = [child for of in Path(f"/proc/{pid}/task").glob("*/children") for child in of.read_text().split()]
    return [pid, *(member for child in children for member in family(int(child)))]


def pss(pid):
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def window():
    visible, memory, alone = [], [], []
    for _ in range(WINDOWS):
        start = time.perf_counter()
        app = subprocess.Popen([RELEASE / "fobwatch"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        find = ["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(app.pid)]
        subprocess.run(find, check=True, timeout=30, capture_output=True)
        visible.append((time.perf_counter() - start) * 1000)
        time.sleep(3)  # the web process goes on allocating after its first picture
        members = family(app.pid)
        memory.append(sum(pss(member) for member in members))
        alone.append(pss(app.pid))
        app.terminate()
        app.wait(10)
    runs = f"median of {WINDOWS}"
    rows.append(("window: start to visible", f"{statistics.median(visible):.0f} ms", runs))
    rows.append(("window: PSS of all its processes", f"{statistics.median(memory):.0f} MiB", runs))
    rows.append(("window: PSS of the app process", f"{statistics.median(alone):.0f} MiB", runs))


def main():
    server = sign_in()
    fob("add", "key", "Northwind billing", input="sk_test_bench_0123456789abcdef")
    timed("fob token, still fresh", "token", "Northwind")
    timed("fob list", "list", "--json")
    timed("fob show", "show", "Northwind", "--json")
    window()
    for program in ("fob", "fobwatch"):
        size = (RELEASE / program).stat().st_size / 2**20
        rows.append((f"{program}: size of the program", f"{size:.1f} MiB", "release, stripped"))
    server.terminate()
    for name, figure, note in rows:
        print(f"{name:36} {figure:>10}   {note}")


if __name__ == "__main__":
    sys.exit(main())
