#!/usr/bin/env python3
"""Whether docs/QUIRKS.md has every row, and what it names exists: quirks.py [root].

A row without anything that shows it has to say that nothing is done. A name is a transcript, a file, or a test of a file
(`file: Suite.name`); every transcript in quirks/ that is named after a row has to be named.
"""

import re
import sys
from pathlib import Path

ROWS = {"A": 15, "B": 18, "C": 10, "D": 7, "E": 5, "F": 12, "G": 10, "H": 11, "I": 8}


def wrong_with(root, name):
    path, _, test = name.partition(": ")
    if not path.startswith(("src/", "tests/")):
        return None if (root / "tests/transcripts" / (path + ".ocpp")).is_file() else "no such transcript"
    file = root / path
    if not file.is_file():
        return "no such file"
    if not test:
        return None
    suite, _, case = test.partition(".")
    pattern = rf"TEST(?:_F|_P)?\(\s*{re.escape(suite)}\s*,\s*{re.escape(case)}\s*\)"
    return None if re.search(pattern, file.read_text(encoding="utf-8")) else "no such test"


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    text = (root / "docs/QUIRKS.md").read_text(encoding="utf-8")
    problems, seen, names = [], [], set()
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("| ") or cells[0] in ("row", "what", "---"):
            continue
        shown = [name for name in cells[-1].split(", ") if name]
        names.update(shown)
        if re.fullmatch(r"[A-I]\d+", cells[0]):
            seen.append(cells[0])
        if not shown and "not done" not in cells[-2]:
            problems.append(f"{cells[0]}: nothing shows it")
        problems += [f"{cells[0]}: {name}: {why}" for name in shown if (why := wrong_with(root, name))]
    wanted = [f"{block}{number}" for block, count in ROWS.items() for number in range(1, count + 1)]
    problems += [f"{row} is missing" for row in wanted if row not in seen]
    problems += [f"{row} stands twice or is none" for row in set(seen) if seen.count(row) > 1 or row not in wanted]
    for path in sorted((root / "tests/transcripts/quirks").glob("[A-I][0-9]*.ocpp")):
        if "quirks/" + path.stem not in names:
            problems.append(f"{path.name} is named by no row")
    print("\n".join(problems) or f"{len(seen)} rows, {len(names)} names")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
