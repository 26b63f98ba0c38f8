#!/usr/bin/env python3
"""What scripts/test_summary.py makes of ctest's results."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[2] / "scripts" / "test_summary.py"

GTEST = "[==========] 7 tests ran.\n[  PASSED  ] 5 tests.\n"
GTEST_FAILED = "[  PASSED  ] 5 tests.\n[  FAILED  ] 2 tests, listed below:\n"
GTEST_SKIPPED = "[  PASSED  ] 0 tests.\n[  SKIPPED ] 3 tests, listed below:\n"


def case(status, output):
    return f'<testcase name="t" status="{status}"><system-out>{output}</system-out></testcase>'


class Summary(unittest.TestCase):
    def summary(self, cases, steps=0):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "results.xml"
            file.write_text(f"<testsuite>{''.join(cases)}</testsuite>")
            done = subprocess.run(
                [sys.executable, PROGRAM, "--failed-steps", str(steps), file],
                capture_output=True,
                text=True,
                check=False,
            )
            return done.stdout.splitlines()[-1], done.returncode

    def test_cases_of_a_program_are_counted(self):
        self.assertEqual(self.summary([case("run", GTEST), case("run", "ok")]), ("6 passed, 0 failed", 0))

    def test_failed_cases(self):
        self.assertEqual(self.summary([case("fail", GTEST_FAILED)]), ("5 passed, 2 failed", 1))

    def test_summaries_of_node_are_added_up(self):
        first, second = "ℹ tests 5\nℹ pass 4\nℹ fail 1\nℹ skipped 0\n", "# pass 3\n# fail 0\n# skipped 2\n"
        self.assertEqual(self.summary([case("fail", first + second)]), ("7 passed, 1 failed", 1))

    def test_a_crash_fails_at_least_once(self):
        self.assertEqual(self.summary([case("run", "ok"), case("fail", "Segmentation fault")]),
                         ("1 passed, 1 failed", 1))

    def test_a_failure_after_all_cases_passed_counts(self):
        self.assertEqual(self.summary([case("fail", GTEST)]), ("5 passed, 1 failed", 1))

    def test_skipped_is_not_passed(self):
        self.assertEqual(self.summary([case("run", GTEST_SKIPPED)]), ("0 passed, 0 failed", 1))
        self.assertEqual(self.summary([case("notrun", "")]), ("0 passed, 0 failed", 1))

    def test_a_failed_step_without_a_failed_test(self):
        self.assertEqual(self.summary([case("run", "ok")], steps=1), ("1 passed, 1 failed", 1))

    def test_results_that_cannot_be_read_fail(self):
        self.assertEqual(self.summary(["<broken"]), ("0 passed, 1 failed", 1))

    def test_nothing_is_no_success(self):
        self.assertEqual(self.summary([]), ("0 passed, 0 failed", 1))


if __name__ == "__main__":
    unittest.main()
