#!/usr/bin/env python3
"""Takes checks out of the client and looks whether the hostile server's modules notice.

mutate.py --check      every mutation still fits the sources
mutate.py --uncovered  the modules that no mutation was seen to make fail, with the reason if there is one
mutate.py BATCH...     take out each batch, build, run, put back, and write down in mutations.toml what was seen

A batch is many mutations in one build. They are independent: each makes only the modules fail that it names.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tomllib

TOP = pathlib.Path(__file__).resolve().parent.parent
# Modules that no mutation may touch: if they fail, the client is broken altogether and nothing was shown.
CONTROLS = {"HA01", "HA08", "HA17", "HA18.keeps", "HA26", "HC19", "HD13", "HQ04", "HQ07"}
# As `make test` builds: with other features, most of what is there would be built again.
WHOLE = ("--locked", "--workspace", "--features", "fobwatch-cli/failpoints")
LIST = TOP / "tests/hostile/mutations.toml"


def mutations():
    return tomllib.loads(LIST.read_text())["mutation"]


def edits(one):
    """A mutation is one edit, or a list of edits where a second layer holds too."""
    return one.get("edits", [one])


def check(chosen):
    """Names the mutations whose place is gone or not one."""
    stale = 0
    for one in chosen:
        for edit in edits(one):
            found = (TOP / edit["file"]).read_text().count(edit["find"])
            if found != 1:
                print(f"{one['what']}: found {found} times in {edit['file']}")
                stale += 1
    return stale


def run(*command, **more):
    return subprocess.run(command, cwd=TOP, check=False, **more).returncode


def uncovered():
    """Lists what was not seen; those without a reason are a fault."""
    file = tomllib.loads(LIST.read_text())
    listed = subprocess.run(["cargo", "run", "-q", "-p", "fobwatch-cli", "--", "lab", "list", "--json"],
                            cwd=TOP, check=True, capture_output=True).stdout
    seen = {module for one in file["mutation"] for module in one["seen"].split()}
    why = {module: one["why"] for one in file.get("unseen", []) for module in one["modules"].split()}
    open_ones = [module["id"] for module in json.loads(listed) if module["id"] not in seen]
    for module in [*open_ones, *(set(why) - set(open_ones))]:
        print(f"{module:<24} {why.get(module, 'NO REASON')}")
    return 1 if set(open_ones) - set(why) else 0


def failed_modules(modules):
    table = TOP / "target/tmp/hostile.txt"
    table.unlink(missing_ok=True)
    env = os.environ | {"FOB_HOSTILE": modules, "RUST_BACKTRACE": "0"}
    run("cargo", "test", "-q", *WHOLE, "--test", "hostile", "every_module_of", env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return dict(re.findall(r"^(\S+) .* FAILED: (.*)", table.read_text(), re.M))


def note(what, seen):
    """Writes what was seen behind its mutation, and leaves all else as it is."""
    text = LIST.read_text()
    start = text.index(f'what = "{what}"\n')
    head, tail = text[:start], text[start:]
    LIST.write_text(head + re.sub(r'^seen = ".*"$', f'seen = "{seen}"', tail, count=1, flags=re.M))


def take_out(chosen, before):
    for one in chosen:
        for edit in edits(one):
            path = TOP / edit["file"]
            text = path.read_text()
            before.setdefault(path, text)
            if text.count(edit["find"]) != 1:
                raise SystemExit(f"{one['what']}: another mutation of the batch has changed its place")
            path.write_text(text.replace(edit["find"], edit["put"]))


def batch(number):
    chosen = [one for one in mutations() if one["batch"] == number]
    if check(chosen):
        return 1
    before = {}
    try:
        take_out(chosen, before)
        if run("cargo", "build", "-q", *WHOLE):
            return 1
        failed = failed_modules(" ".join([*CONTROLS, *(one["modules"] for one in chosen)]))
    finally:
        for path, text in before.items():
            path.write_text(text)
    named = {module for one in chosen for module in one["modules"].split()}
    if broken := (CONTROLS & set(failed)) - named:
        for module in sorted(broken):
            print(f"The client is broken altogether: {module} fails too: {failed[module]}")
        return 1
    missed = 0
    for one in chosen:
        named_here = one["modules"].split()
        seen = [module for module in named_here if module in failed]
        note(one["what"], " ".join(seen))
        quiet = [module for module in named_here if module not in failed]
        missed += len(quiet)
        print(f"{one['what']}: {len(seen)} of {len(named_here)} modules fail"
              + (f"; not {' '.join(quiet)}" if quiet else ""))
        for module in seen if os.environ.get("MUTATE_WHY") else []:
            print(f"    {module}: {failed[module]}")
    if others := sorted(set(failed) - named):
        print(f"Not named, and fail too: {' '.join(others)}")
    print("Build fob again before anything else is tested: the one in target/ has holes.")
    return 1 if missed else 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--check"]:
            sys.exit(check(mutations()))
        case ["--uncovered"]:
            sys.exit(uncovered())
        case [_, *_] as numbers:
            sys.exit(max([batch(int(number)) for number in numbers]))
        case _:
            sys.exit(__doc__)
