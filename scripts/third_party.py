#!/usr/bin/env python3
"""Writes the licence texts of everything that is built into the programs to standard output.

third_party.py CRATE...     the programs' crates; what they and the window are made of is looked up

Each text stands once, below the names of those that carry it. A component without a licence file is named with the
expression that it declares.
"""

import json
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
TEXTS = re.compile(r"(?i)^(licen[sc]e|copying|copyright|notice|unlicense|ofl)([-._].*)?$")


def crates(roots):
    """The crates that are linked into `roots` on this system: their names, licences and folders."""
    command = ["cargo", "metadata", "--locked", "--format-version=1", "--filter-platform", host()]
    found = json.loads(subprocess.run(command, cwd=TOP, check=True, capture_output=True).stdout)
    packages = {one["id"]: one for one in found["packages"]}
    nodes = {one["id"]: one for one in found["resolve"]["nodes"]}
    left = [key for key, one in packages.items() if one["name"] in roots and not one["source"]]
    seen = set(left)
    while left:
        for dep in nodes[left.pop()]["deps"]:
            linked = any(kind["kind"] is None for kind in dep["dep_kinds"])
            if linked and dep["pkg"] not in seen:
                seen.add(dep["pkg"])
                left.append(dep["pkg"])
    for key in seen:
        one = packages[key]
        if one["source"]:
            yield f"{one['name']} {one['version']}", one["license"], pathlib.Path(one["manifest_path"]).parent


def host():
    """The target triple of this system."""
    said = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True, cwd=TOP).stdout
    return re.search(r"^host: (.*)$", said, re.MULTILINE)[1]


def window():
    """The npm packages that the window's sources name, and what those need."""
    lock = json.loads((TOP / "ui/package-lock.json").read_text())["packages"]
    known = set(lock[""]["devDependencies"]) | set(lock[""].get("dependencies", {}))
    text = "\n".join(path.read_text() for path in (TOP / "ui/src").rglob("*") if is_source(path))
    named = {re.match(r"(@[^/]+/)?[^/]+", name)[0] for name in re.findall(r"""["']([@a-z][^"'\s]*)["']""", text)}
    left = [f"node_modules/{name}" for name in named & known]
    seen = set()
    while left:
        place = left.pop()
        if place in seen or place not in lock:
            continue
        seen.add(place)
        for name in lock[place].get("dependencies", {}):
            nested = f"{place}/node_modules/{name}"
            left.append(nested if nested in lock else f"node_modules/{name}")
    for place in seen:
        one = lock[place]
        name = place.rpartition("node_modules/")[2]
        yield f"{name} {one['version']}", one.get("license", "not declared"), TOP / "ui" / place


def is_source(path):
    """Tests are not built in."""
    return path.suffix in {".ts", ".svelte", ".css"} and ".test." not in path.name


def main(roots):
    """Prints the texts, the most common ones first."""
    texts, without = {}, []
    for name, licence, folder in sorted([*crates(roots), *window()]):
        files = sorted(path for path in folder.iterdir() if path.is_file() and TEXTS.match(path.name))
        for file in files:
            text = "\n".join(line.rstrip() for line in file.read_text(errors="replace").strip().splitlines())
            texts.setdefault(text, []).append(f"{name} ({licence})")
        if not files:
            without.append(f"{name} ({licence})")
    print("Fobwatch is made of these components besides its own sources, under their own licences.")
    for text, names in sorted(texts.items(), key=lambda one: (-len(one[1]), one[1])):
        print("\n" + "=" * 100 + "\n" + "\n".join(sorted(set(names))) + "\n" + "-" * 100 + "\n\n" + text)
    print("\n" + "=" * 100 + "\nWithout a licence file of their own:\n" + "\n".join(sorted(set(without))))


if len(sys.argv) < 2:
    sys.exit(__doc__)
main(set(sys.argv[1:]))
