"""What proves that a function does as it says: rules, tests, and where the same tests differ under Wine."""

import collections
import dataclasses
import re
import xml.etree.ElementTree as ElementTree

TEST = re.compile(r"^(?:TEST(?:_F|_P)?|SCENARIO_TEST)\(\s*(\w+),\s*(\w+)[,)]", re.MULTILINE)
RULE = re.compile(r"([NVCEYHGSW])(\d+)_")
WORD = re.compile(r"\w+")


@dataclasses.dataclass(frozen=True)
class Test:
    name: str           # Suite.name
    rules: frozenset    # those that its name begins with
    words: frozenset    # of its body


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
        return [test for test in self._tests if test.words & names or test.rules & rules]

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


def _tests(folder):
    for path in sorted(folder.glob("*_test.cpp")):
        text = path.read_text(encoding="utf-8")
        places = [*TEST.finditer(text)]
        for place, following in zip(places, [*places[1:], None]):
            suite, name = place.groups()
            if suite == "NotYet":
                continue
            rules, rest = set(), name
            while rule := RULE.match(rest):
                rules.add(rule.group(1) + rule.group(2))
                rest = rest[rule.end():]
            words = {*WORD.findall(text[place.end():following.start() if following else len(text)])}
            yield Test(f"{suite}.{name}", frozenset(rules), frozenset(words))


def _wine_differences(path):
    names = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        name = re.sub(r"^\w+/(.*)/\d+$", r"\1", line.split("\t")[0])
        if "." in name and not line.startswith("#"):
            names.add(name)
    return names


def _defined_rules(folder):
    return {rule: path.name for path in sorted(folder.glob("*.md"))
            for rule in re.findall(r"^- \*\*([A-Z]\d+[a-z]?)\*\*", path.read_text(encoding="utf-8"), re.MULTILINE)}


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


def read(top, results):
    api = top / "tests" / "api"
    return Proofs([*_tests(api)], _wine_differences(api / "wine_differences.tsv"),
                  _defined_rules(top / "docs" / "rules"), _results(results) if results else None)
