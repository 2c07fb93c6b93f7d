"""What proves that a function does as it says: rules, tests, and where the same tests differ under Wine."""

import collections
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "api"))
from rule_tests import different_under_wine, written_rules, written_tests  # noqa: E402


class Proofs:
    def __init__(self, tests, wine, defined, results):
        self._tests, self._wine, self._defined, self._results = tests, wine, defined, results

    def rules(self, function):
        """The rules that a function's comment names, as far as docs/rules defines them: rule -> file."""
        return {rule: self._defined[rule] for rule in function.rules if rule in self._defined}

    def tests(self, functions, others=()):
        """The tests that call one of the functions or of the other names, or whose name says a rule that a function's
        comment names."""
        names = {name for function in functions for name in (function.name, _other_width(function.name))} | {*others}
        rules = {rule for function in functions for rule in self.rules(function)}
        return [test for test in self._tests if test.words & names or not rules.isdisjoint(test.rules)]

    def differs_under_wine(self, tests):
        return [test for test in tests if test.name in self._wine]

    def did_not_pass(self, tests):
        """Of a run: tests that it failed, left out or did not know. None without a run."""
        if self._results is None:
            return []
        return [test for test in tests if self._results.get(test.name) != "passed"]


def _other_width(name):
    """Sources call CreateEvent, which is CreateEventW or CreateEventA."""
    return name[:-1] if name[-1] in "AW" and name[-2].islower() else name


def _results(folder):
    """Test -> passed, failed or skipped: the worst that any program of the run said."""
    found = collections.defaultdict(set)
    for path in sorted(folder.glob("*.xml")):
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            suite = case.get("classname").split("/")[-1]
            name = case.get("name").split("/")[0]
            skipped = case.get("result") == "skipped" or case.get("status") == "notrun"
            outcome = "failed" if case.find("failure") is not None else "skipped" if skipped else "passed"
            found[f"{suite}.{name}"].add(outcome)
    return {name: "failed" if "failed" in said else "passed" if "passed" in said else "skipped"
            for name, said in found.items()}


def read(results):
    return Proofs([test for test in written_tests() if test.proves], {*different_under_wine()}, written_rules(),
                  _results(results) if results else None)
