#!/usr/bin/env python3
"""Which requirements which conversation shows: coverage.py [--write] [root].

The comment lines at the head of a transcript name certification cases (TC_064, TC_B_13), requirements
and use cases of OCPP 2.0.1 (B07.FR.14, B07), short names of ours (201-N-010) and deviations (B1, D4). Without
--write it ends with 1 where docs/COVERAGE.md is not what they make; with it, docs/REQUIREMENTS.md is
written too, for it has the same comment lines in it.
"""

import re
import sys
from pathlib import Path

import requirements

ID = re.compile(
    r"\b(TC_(?:[A-Z]_)?\d+(?:_\d+)?|[A-P]\d\d\.FR\.\d+|(?:[A-P]0\d|[K-P]1\d)\b(?!\.)|(?:16|201|ALL)-[A-Z]+-\d{3})\b"
)
# Use cases have two digits and rows of deviations none in front: B01 is the one, B1 the other.
QUIRK = re.compile(r"\b([A-I][1-9]\d?)\b(?!\.)")

HEAD = """# Coverage

Made by `tests/docs/coverage.py --write` from the first comment lines of the transcripts: which requirement is shown by which
conversation. Of a case that begins with a command it may be the station's half only. A requirement that is missing here may still
be kept, and be tested elsewhere or not at all.

Ids: `TC_…` are certification cases of the Open Charge Alliance; `B07` is a use case of OCPP 2.0.1 and
`B07.FR.14` one of its functional requirements;
`16-…`, `201-…` and `ALL-…` are short names for what a CSMS has to do and what has no public number, by version and topic; the
last table is about deviations of stations in the field that are tolerated, or on purpose not.

"""


def head_of(path):
    lines = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line.startswith("#"):
            break
        lines.append(line)
    return " ".join(lines)


def group_of(name):
    if name.startswith("TC_"):
        return "Certification cases, 2.0.1" if re.match(r"TC_[A-Z]_", name) else "Certification cases, 1.6"
    if re.match(r"[A-P]\d\d", name):
        return "Use cases and requirements, 2.0.1"
    return "Without a public number"


GROUPS = [
    "Certification cases, 1.6",
    "Certification cases, 2.0.1",
    "Use cases and requirements, 2.0.1",
    "Without a public number",
]


def words_of(path):
    """The head's sentences, behind the ids."""
    return head_of(path).lstrip("# ").split(": ", 1)[-1].replace("|", "\\|")


def coverage(root):
    shown = {}
    quirks = {}
    folder = root / "tests" / "transcripts"
    for path in sorted(folder.rglob("*.ocpp")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        for one in set(ID.findall(head_of(path))):
            shown.setdefault(one, []).append(name)
        named = head_of(path).split(": ", 1)[0]
        for row in sorted(set(QUIRK.findall(named))) if ": " in head_of(path) else []:
            quirks.setdefault(row, []).append((name, words_of(path)))
    return shown, quirks


def key_of(name):
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def document(root):
    shown, quirks = coverage(root)
    out = HEAD
    for group in GROUPS:
        rows = sorted((one for one in shown if group_of(one) == group), key=key_of)
        if not rows:
            continue
        out += f"## {group}\n\n| requirement | transcripts |\n| --- | --- |\n"
        for one in rows:
            out += f"| {one} | {', '.join(shown[one])} |\n"
        out += "\n"
    out += "## Deviations\n\n| row | transcript | what is done |\n| --- | --- | --- |\n"
    for row in sorted(quirks, key=key_of):
        for name, words in quirks[row]:
            out += f"| {row} | {name} | {words} |\n"
    return out, len(shown) + len(quirks)


def main():
    arguments = [one for one in sys.argv[1:] if one != "--write"]
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[2]
    page = root / "docs" / "COVERAGE.md"
    text, count = document(root)
    if "--write" in sys.argv[1:]:
        page.write_text(text, encoding="utf-8")
        requirements.check(root, True)
    elif not page.exists() or page.read_text(encoding="utf-8") != text:
        print("docs/COVERAGE.md is not current: run tests/docs/coverage.py --write")
        return 1
    print(f"{count} rows")
    return 0 if count > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
