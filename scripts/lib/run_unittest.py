"""Runs the unittest suites of a folder: a line per test, and the counts as JSON.

Usage: run_unittest.py FOLDER TOP_LEVEL_FOLDER [PATTERN]; PATTERN (`test*.py`) is of the names of files. Where
SCENEPORT_RULE names a rule, only the tests run that cite it. The counts go to the file that SCENEPORT_TEST_RESULTS
names, in the form {"passed": number, "failures": [{"name", "text"}], "skips": [{"name", "reason"}]}.
"""

from __future__ import annotations

import json
import os
import sys
import unittest
from collections.abc import Iterator
from pathlib import Path


class CountingResult(unittest.TestResult):
    """Prints each test as it ends and keeps the counts."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0
        self.failed_tests: dict[str, dict[str, str]] = {}
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
        self.failed_tests.setdefault(test.id(), {"name": title(test), "text": text})
        print(f"  FAILED  {title(test)}\n{text}")


def title(test: unittest.TestCase) -> str:
    """The first line of a test's doc comment, which cites its rules, or else its name."""
    return test.shortDescription() or test.id()


def refuse_hidden_tests(folder: str) -> None:
    """Throws where a test file lies in a folder that is no package: unittest would pass it over in silence."""
    for path in Path(folder).rglob("test*.py"):
        if not (path.parent / "__init__.py").exists():
            raise FileNotFoundError(f"{path.parent} has tests but no __init__.py")


def each_test(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    """The tests of a suite and of the suites in it."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each_test(test)
        else:
            yield test


def main(folder: str, top_level_folder: str, pattern: str = "test*.py") -> int:
    sys.stdout.reconfigure(line_buffering=True)
    refuse_hidden_tests(folder)
    result = CountingResult()
    cited = f"[{rule}]" if (rule := os.environ.get("SCENEPORT_RULE")) else ""
    found = unittest.TestLoader().discover(folder, pattern, top_level_folder)
    unittest.TestSuite(test for test in each_test(found) if cited in title(test)).run(result)
    path = os.environ.get("SCENEPORT_TEST_RESULTS")
    if path is not None:
        counts = {"passed": result.passed, "failures": list(result.failed_tests.values()), "skips": result.skips}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(counts, file)
    return 1 if result.failed_tests else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
