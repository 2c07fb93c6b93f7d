"""The tests of this folder as their sources have them, the rules that they are named by, and those that Wine fails."""

import dataclasses
import pathlib
import re

from run_under_wine import read_differences

HERE = pathlib.Path(__file__).resolve().parent
RULES = HERE.parent.parent / "docs" / "rules"
TEST = re.compile(r"^(?:TEST(?:_F|_P)?|SCENARIO_TEST)\(\s*(\w+),\s*(\w+)[,)]", re.MULTILINE)
RULE = re.compile(r"([NVCEYHGSW])(\d+)_")


@dataclasses.dataclass(frozen=True)
class Test:
    name: str         # Suite.name
    rules: tuple      # those that its name begins with: V13_C1_reserve_rounds_... proves V13 and C1
    words: frozenset  # of its body
    proves: bool      # false of the suite NotYet


def written_rules():
    """Every rule that the files of docs/rules define, in their order: rule -> name of the file."""
    return {rule: path.name for path in sorted(RULES.glob("*.md"))
            for rule in re.findall(r"^- \*\*([A-Z]\d+)\*\*", path.read_text(encoding="utf-8"), re.MULTILINE)}


def _rules_of(name):
    rules = []
    while match := RULE.match(name):
        rules.append(match.group(1) + match.group(2))
        name = name[match.end():]
    return tuple(rules)


def written_tests():
    """Every test, in the order of files and lines."""
    for path in sorted(HERE.glob("*_test.cpp")):
        text = path.read_text(encoding="utf-8")
        places = [*TEST.finditer(text)]
        ends = [place.start() for place in places[1:]] + [len(text)]
        for place, end in zip(places, ends):
            suite, name = place.groups()
            words = frozenset(re.findall(r"\w+", text[place.end():end]))
            yield Test(f"{suite}.{name}", _rules_of(name), words, suite != "NotYet")


def different_under_wine():
    """The names that wine_differences.tsv lists; of a parameterised one, instance/suite.name/number, the inner part."""
    listed = read_differences(HERE / "wine_differences.tsv")
    return list(dict.fromkeys(re.sub(r"^\w+/(.*)/\d+$", r"\1", name) for name in listed))
