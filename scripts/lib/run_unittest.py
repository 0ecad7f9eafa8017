"""Runs the unittest suites of a folder: a line per test, and the counts as JSON.

Usage: run_unittest.py FOLDER TOP_LEVEL_FOLDER. The counts go to the file that SCENEPORT_TEST_RESULTS
names, in the form {"passed": number, "failed": number, "skips": [{"name", "reason"}]}.
"""

from __future__ import annotations

import json
import os
import sys
import unittest


class CountingResult(unittest.TestResult):
    """Prints each test as it ends and keeps the counts."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0
        self.failed_tests: set[str] = set()
        self.skips: list[dict[str, str]] = []

    def addSuccess(self, test: unittest.TestCase) -> None:
        self.passed += 1
        print(f"  ok  {title(test)}")

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self.skips.append({"name": title(test), "reason": reason})
        print(f"  skipped  {title(test)}: {reason}")

    def addError(self, test: unittest.TestCase, err: object) -> None:
        super().addError(test, err)
        self.report_failure(test, self.errors[-1][1])

    def addFailure(self, test: unittest.TestCase, err: object) -> None:
        super().addFailure(test, err)
        self.report_failure(test, self.failures[-1][1])

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: object) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            recorded = self.failures if issubclass(err[0], test.failureException) else self.errors
            self.report_failure(subtest, recorded[-1][1])

    def addExpectedFailure(self, test: unittest.TestCase, err: object) -> None:
        self.report_failure(test, "expected failures are not used in this project")

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        self.report_failure(test, "expected failures are not used in this project")

    def report_failure(self, test: unittest.TestCase, text: str) -> None:
        self.failed_tests.add(test.id())
        print(f"  FAILED  {title(test)}\n{text}")


def title(test: unittest.TestCase) -> str:
    """The first line of a test's doc comment, which cites its rules, or else its name."""
    return test.shortDescription() or test.id()


def main(folder: str, top_level_folder: str) -> int:
    sys.stdout.reconfigure(line_buffering=True)
    result = CountingResult()
    unittest.TestLoader().discover(folder, top_level_dir=top_level_folder).run(result)
    path = os.environ.get("SCENEPORT_TEST_RESULTS")
    if path is not None:
        counts = {"passed": result.passed, "failed": len(result.failed_tests), "skips": result.skips}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(counts, file)
    return 1 if result.failed_tests else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
