#!/usr/bin/env python3
"""Takes checks out of the client and looks whether the hostile server's modules notice.

mutate.py --check      every mutation still fits the sources
mutate.py BATCH        take out the batch, build, run, put back, and write down in mutations.toml what was seen

A batch is many mutations in one build. They are independent: each makes only the modules fail that it names.
"""

import os
import pathlib
import re
import subprocess
import sys
import tomllib

TOP = pathlib.Path(__file__).resolve().parent.parent
# Modules that no mutation may touch: if they fail, the client is broken altogether and nothing was shown.
CONTROLS = {"HA01", "HA08", "HA17", "HA18.keeps", "HA26", "HC19", "HD13", "HQ04", "HQ07"}
LIST = TOP / "tests/hostile/mutations.toml"


def mutations():
    return tomllib.loads(LIST.read_text())["mutation"]


def check(chosen):
    """Names the mutations whose place is gone or not one."""
    stale = 0
    for one in chosen:
        found = (TOP / one["file"]).read_text().count(one["find"])
        if found != 1:
            print(f"{one['what']}: found {found} times in {one['file']}")
            stale += 1
    return stale


def run(*command, **more):
    return subprocess.run(command, cwd=TOP, check=False, **more).returncode


def failed_modules(modules):
    table = TOP / "target/tmp/hostile.txt"
    table.unlink(missing_ok=True)
    env = os.environ | {"FOB_HOSTILE": modules, "RUST_BACKTRACE": "0"}
    run("cargo", "test", "-q", "-p", "fobwatch-tests", "--test", "hostile", "every_module_of", env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return set(re.findall(r"^(\S+) .* FAILED: ", table.read_text(), re.M))


def note(what, seen):
    """Writes what was seen behind its mutation, and leaves all else as it is."""
    text = LIST.read_text()
    start = text.index(f'what = "{what}"\n')
    head, tail = text[:start], text[start:]
    LIST.write_text(head + re.sub(r'^seen = ".*"$', f'seen = "{seen}"', tail, count=1, flags=re.M))


def batch(number):
    chosen = [one for one in mutations() if one["batch"] == number]
    if check(chosen):
        return 1
    before = {}
    try:
        for one in chosen:
            path = TOP / one["file"]
            before.setdefault(path, path.read_text())
            path.write_text(path.read_text().replace(one["find"], one["put"]))
        if run("cargo", "build", "-q", "-p", "fobwatch-cli", "--features", "failpoints"):
            return 1
        failed = failed_modules(" ".join([*CONTROLS, *(one["modules"] for one in chosen)]))
    finally:
        for path, text in before.items():
            path.write_text(text)
    named = {module for one in chosen for module in one["modules"].split()}
    if broken := (CONTROLS & failed) - named:
        print(f"The client is broken altogether: {' '.join(sorted(broken))} fail too.")
        return 1
    missed = 0
    for one in chosen:
        named = one["modules"].split()
        seen = [module for module in named if module in failed]
        note(one["what"], " ".join(seen))
        quiet = [module for module in named if module not in failed]
        missed += len(quiet)
        print(f"{one['what']}: {len(seen)} of {len(named)} modules fail" + (f"; not {' '.join(quiet)}" if quiet else ""))
    print("Build fob again before anything else is tested: the one in target/ has holes.")
    return 1 if missed else 0


if __name__ == "__main__":
    argument = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)
    sys.exit(check(mutations()) if argument == "--check" else batch(int(argument)))
