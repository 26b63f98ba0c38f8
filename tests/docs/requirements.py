#!/usr/bin/env python3
"""Which test shows which requirement: requirements.py [--write] [root].

tests/requirements.tsv has a line for each requirement: id, version, priority, what, and the tests
that fail when it is broken, with "; " between them, or `open: why`. A transcript that names an id
in its first comment lines shows it as well, without an entry in the table. Ends with 1 where a test
is named that is not there, where a line is none, or where docs/REQUIREMENTS.md is not what the
table makes.
"""

import re
import sys
from pathlib import Path

OUR_ID = re.compile(r"\b(?:16|201|ALL)-[A-Z]+-\d{3}\b")
GTEST = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", re.M)
BETWEEN = re.compile(r"; (?=(?:transcript|gtest|e2e|world):)")  # titles have semicolons too
VERSIONS = {"ALL": "all", "16": "1.6", "201": "2.0.1"}
PRIORITIES = ["P1", "P2", "P3"]
BLOCKS = {
    "ALL-CONN": "Connections",
    "ALL-RPC": "Messages",
    "16-SEC": "1.6: security",
    "16-CORE": "1.6: core",
    "16-FW": "1.6: firmware and diagnostics",
    "16-LIST": "1.6: local list",
    "16-RES": "1.6: reservations",
    "16-SC": "1.6: smart charging",
    "16-TRG": "1.6: triggers",
    "201-RPC": "2.0.1: messages",
    "201-A": "2.0.1 A: security",
    "201-B": "2.0.1 B: provisioning",
    "201-C": "2.0.1 C: authorization",
    "201-D": "2.0.1 D: local list",
    "201-E": "2.0.1 E: transactions",
    "201-F": "2.0.1 F: remote control",
    "201-G": "2.0.1 G: availability",
    "201-H": "2.0.1 H: reservations",
    "201-I": "2.0.1 I: cost",
    "201-J": "2.0.1 J: meter values",
    "201-K": "2.0.1 K: smart charging",
    "201-L": "2.0.1 L: firmware",
    "201-M": "2.0.1 M: certificates",
    "201-N": "2.0.1 N: diagnostics",
    "201-O": "2.0.1 O: display",
    "201-P": "2.0.1 P: data transfer",
}

HEAD = """# Requirements

What a CSMS has to do for OCPP 1.6J and 2.0.1, and which test fails when it does not. Made by
`tests/docs/requirements.py --write` from `tests/requirements.tsv` and the first comment lines of
the transcripts; the ids are short names by version and topic, P1 matters most. `docs/COVERAGE.md`
has the same by certification case.

A test is a transcript (`tests/transcripts/NAME.ocpp`), a unit test (`gtest:`), an end-to-end test
(`e2e:FILE › NAME`, `tests/e2e`) or a scenario of the simulated world (`world:`). What is open says
why; tests beside it show a part.

"""


class Sources:
    """What tests there are."""

    def __init__(self, root):
        self.folder = root / "tests"
        self.gtests = set()
        for path in [*(root / "src").rglob("*.cpp"), *self.folder.rglob("*.cpp")]:
            if path.stem.endswith("test"):
                text = path.read_text(encoding="utf-8")
                self.gtests |= {f"{suite}.{name}" for suite, name in GTEST.findall(text)}
        self.named_by = {}
        for path in sorted((self.folder / "transcripts").rglob("*.ocpp")):
            name = path.relative_to(self.folder / "transcripts").with_suffix("").as_posix()
            for one in OUR_ID.findall(head_of(path)):
                self.named_by.setdefault(one, []).append(f"transcript:{name}")

    def has(self, test):
        kind, _, name = test.partition(":")
        if kind == "transcript":
            return (self.folder / "transcripts" / f"{name}.ocpp").is_file()
        if kind == "gtest":
            return name in self.gtests
        if kind == "world":
            return (self.folder / "world" / "scenarios" / f"{name}.toml").is_file()
        if kind == "e2e":
            file, _, title = name.partition(" › ")
            path = self.folder / "e2e" / f"{file}.test.mjs"
            return path.is_file() and any(
                f"{quote}{title}{quote}" in path.read_text(encoding="utf-8") for quote in "'`\""
            )
        return False


def head_of(path):
    lines = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line.startswith("#"):
            break
        lines.append(line)
    return " ".join(lines)


class Row:
    def __init__(self, line, sources):
        self.id, self.version, self.priority, self.what, cell = line.split("\t")
        self.why = cell[6:] if cell.startswith("open: ") else None
        self.tests = [] if self.why is not None else BETWEEN.split(cell)
        for test in sources.named_by.get(self.id, []):
            if test not in self.tests:
                self.tests.append(test)
        self.block = self.id.rsplit("-", 1)[0]

    def faults(self, sources):
        if self.version != VERSIONS.get(self.id.split("-")[0]) or self.block not in BLOCKS:
            yield f"{self.id}: version {self.version}, block {self.block}"
        if self.priority not in PRIORITIES or not self.what or self.why == "":
            yield f"{self.id}: a priority, some words and a reason are needed"
        for test in self.tests:
            if not sources.has(test):
                yield f"{self.id}: there is no {test}"

    def shown(self):
        names = [test.removeprefix("transcript:") for test in self.tests]
        if self.why is not None:
            names.insert(0, f"**open**: {self.why}")
        return f"| {self.id} | {self.priority} | {self.what} | {cell_of(', '.join(names))} |\n"


def cell_of(text):
    return text.replace("|", "\\|")


def rows_of(root, sources):
    """The table's rows, and what is wrong with it."""
    rows, faults = [], []
    path = root / "tests" / "requirements.tsv"
    for number, line in enumerate(path.read_text(encoding="utf-8").rstrip("\n").split("\n")[1:], 2):
        if line.count("\t") != 4:
            faults.append(f"{path.name}:{number}: five columns with tabs between them")
            continue
        row = Row(line, sources)
        faults += row.faults(sources)
        rows.append(row)
    known = [row.id for row in rows]
    faults += [f"{one} stands twice" for one in sorted({i for i in known if known.count(i) > 1})]
    faults += [f"{tests[0]} names {one}, which is not in {path.name}"
               for one, tests in sources.named_by.items() if one not in known]
    return rows, faults


def counts(rows):
    out = "| | all | covered | open |\n| --- | --- | --- | --- |\n"
    for priority in PRIORITIES:
        these = [row for row in rows if row.priority == priority]
        unshown = sum(row.why is not None for row in these)
        out += f"| {priority} | {len(these)} | {len(these) - unshown} | {unshown} |\n"
    return out + "\n"


def page_of(rows):
    out = HEAD + counts(rows)
    for block, title in BLOCKS.items():
        these = [row for row in rows if row.block == block]
        if these:
            out += f"## {title}\n\n| id | | what | tests |\n| --- | --- | --- | --- |\n"
            out += "".join(row.shown() for row in these) + "\n"
    return out.rstrip("\n") + "\n"


def check(root, write):
    sources = Sources(root)
    rows, faults = rows_of(root, sources)
    page = root / "docs" / "REQUIREMENTS.md"
    if not faults and write:
        page.write_text(page_of(rows), encoding="utf-8")
    elif not faults and (not page.exists() or page.read_text(encoding="utf-8") != page_of(rows)):
        faults.append("docs/REQUIREMENTS.md is not current: run tests/docs/requirements.py --write")
    print(counts(rows), end="")
    for fault in faults:
        print(fault)
    return 1 if faults or not rows else 0


def main():
    arguments = [one for one in sys.argv[1:] if one != "--write"]
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[2]
    return check(root, "--write" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
