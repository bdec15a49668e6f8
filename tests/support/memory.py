#!/usr/bin/env python3
"""Searches the memory of a process for values: memory.py PID, and on standard input a JSON object of labels and values.

Prints one line for each that stands there: label, spelling, where. Needs the right to read the process (root).
"""

import array
import base64
import json
import os
import sys

PIECE = 16 * 1024 * 1024
PAGE = os.sysconf("SC_PAGE_SIZE")


def spellings(value):
    """As programs write a value down; base64 at its three alignments, without the letters that a neighbour changes."""
    yield "plain", value
    yield "UTF-16", value.decode().encode("utf-16-le")
    yield "hex", value.hex().encode()
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + value)
        cut = text[(shift * 8 + 5) // 6 : (shift + len(value)) * 8 // 6]
        yield "base64", cut
        yield "base64", cut.replace(b"+", b"-").replace(b"/", b"_")


def regions(pid):
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/pagemap", "rb", buffering=0) as pagemap:
        for line in maps:
            place, rights, _, _, inode, *path = line.split(maxsplit=5)
            name = path[0].strip() if path else "anonymous"
            # What a file holds that nobody wrote to is on the disk, where others look.
            if rights[0] != "r" or name.startswith(("[vvar", "[vsyscall")) or (inode != "0" and rights[1] != "w"):
                continue
            start, end = (int(side, 16) for side in place.split("-"))
            yield from ((*run, name) for run in present(pagemap, start, end))


def present(pagemap, start, end):
    """The runs of pages that are there: engines reserve far more than they touch."""
    begin = None
    for first in range(start // PAGE, end // PAGE, 1 << 16):
        count = min(1 << 16, end // PAGE - first)
        pagemap.seek(first * 8)
        entries = array.array("Q", pagemap.read(count * 8))
        if begin is None and not any(entries):
            continue
        for page, entry in enumerate(entries, first):
            there = entry >> 62 != 0
            if there and begin is None:
                begin = page
            elif not there and begin is not None:
                yield begin * PAGE, page * PAGE
                begin = None
    if begin is not None:
        yield begin * PAGE, end


def main():
    pid = int(sys.argv[1])
    needles = [(label, how, text) for label, value in json.load(sys.stdin).items() for how, text in spellings(value.encode())]
    longest = max(len(text) for _, _, text in needles)
    found, seen = set(), 0
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end, name in regions(pid):
            at, tail = start, b""
            while at < end:
                try:
                    memory.seek(at)
                    piece = memory.read(min(PIECE, end - at))
                except (OSError, OverflowError):
                    break
                if not piece:
                    break
                seen += len(piece)
                text = tail + piece
                for label, how, needle in needles:
                    if needle in text:
                        found.add((label, how, name))
                tail, at = text[-longest:], at + len(piece)
    if seen == 0:
        sys.exit("no memory could be read")
    for line in sorted(found):
        print("\t".join(line))


main()
