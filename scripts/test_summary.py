#!/usr/bin/env python3
"""Adds up ctest's JUnit files: test_summary.py [--failed-steps N] FILE...

A test that prints summaries of GoogleTest or of Node's test runner counts with each of its cases; any
other test counts once. A failed test always counts as one failure at least. The last line is `N passed, N failed`; what
was skipped is listed. Ends with 1 when something failed or nothing passed.
"""

import re
import sys
import xml.etree.ElementTree as xml

PASSED = re.compile(r"^(?:\[  PASSED  \] (\d+) tests?\.|(?:ℹ|#) pass (\d+)$)", re.M)
FAILED = re.compile(r"^(?:\[  FAILED  \] (\d+) tests?, listed below|(?:ℹ|#) fail (\d+)$)", re.M)
SKIPPED = re.compile(r"^(?:\[  SKIPPED \] (\d+) tests?, listed below|(?:ℹ|#) skipped (\d+)$)", re.M)


def number(pattern, text):
    return sum(int(a or b) for a, b in pattern.findall(text))


def count(case):
    """(passed, failed, skipped) of one test of ctest."""
    output = case.findtext("system-out") or ""
    status = case.get("status")
    if status in ("notrun", "disabled") or case.find("skipped") is not None:
        return (0, 0, 1)
    passed, failed, skipped = (number(p, output) for p in (PASSED, FAILED, SKIPPED))
    if status == "fail" or case.find("failure") is not None:
        return (passed, max(failed, 1), skipped)
    return (max(passed, 0 if skipped else 1), failed, skipped)


def main(arguments):
    failed_steps = 0
    if arguments[:1] == ["--failed-steps"]:
        failed_steps = int(arguments[1])
        arguments = arguments[2:]
    totals = [0, 0, 0]
    for name in arguments:
        try:
            cases = xml.parse(name).getroot().iter("testcase")
        except (OSError, xml.ParseError) as error:
            print(f"failed: {name} cannot be read: {error}")
            totals[1] += 1
            continue
        for case in cases:
            counts = count(case)
            if counts[1]:
                print(f"failed: {case.get('name')} ({counts[1]})")
            if counts[2]:
                print(f"skipped: {case.get('name')} ({counts[2]})")
            totals = [a + b for a, b in zip(totals, counts)]
    passed, failed, skipped = totals
    if failed_steps and not failed:
        failed = failed_steps
    if skipped:
        print(f"{skipped} skipped")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
