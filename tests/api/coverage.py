#!/usr/bin/env python3
"""Prints which tests prove which rule, and fails if a rule that docs/rules.md calls proven has none.

A test proves the rules that its name begins with: V13_C1_reserve_rounds_… proves V13 and C1. Tests of the suite NotYet
prove nothing. Names in wine_differences.tsv must be names of tests.
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
RULES = HERE.parent.parent / "docs" / "rules.md"
TEST = re.compile(r"^(?:TEST(?:_F|_P)?|SCENARIO_TEST)\(\s*(\w+),\s*(\w+)[,)]", re.MULTILINE)
RULE = re.compile(r"([NVCEYHGSW])(\d+)_")


def written_rules():
    """Every rule that the files of docs/rules define, in their order."""
    rules = []
    for path in sorted((RULES.parent / "rules").glob("*.md")):
        rules += re.findall(r"^- \*\*([A-Z]\d+)\*\*", path.read_text(encoding="utf-8"), re.MULTILINE)
    return rules


def proven_rules(written):
    """The rules of the table "What is proven": its first column holds rules and ranges of them."""
    section = RULES.read_text(encoding="utf-8").split("## What is proven")[1].split("\n## ")[0]
    rules = []
    for row in re.findall(r"^\| ([A-Z]\d[^|]*)\|", section, re.MULTILINE):
        for item in row.split(","):
            first, _, last = item.strip().partition("–")
            kind = first[0]
            numbers = range(int(first[1:]), int((last or first)[1:]) + 1)
            found = [f"{kind}{number}" for number in numbers if f"{kind}{number}" in written]
            if not found:
                sys.exit(f"docs/rules.md calls {item.strip()} proven, but no file of docs/rules defines it")
            rules += found
    return rules


def tests_by_rule():
    """Rule -> names of tests; and the set of all names."""
    by_rule, names = {}, set()
    for path in sorted(HERE.glob("*_test.cpp")):
        for suite, name in TEST.findall(path.read_text(encoding="utf-8")):
            names.add(f"{suite}.{name}")
            if suite == "NotYet":
                continue
            rest = name
            while match := RULE.match(rest):
                by_rule.setdefault(match.group(1) + match.group(2), []).append(f"{suite}.{name}")
                rest = rest[match.end():]
    return by_rule, names


def main():
    written = written_rules()
    proven = proven_rules(written)
    by_rule, names = tests_by_rule()

    for rule in proven:
        tests = by_rule.get(rule, [])
        print(f"{rule:5} {len(tests):3}  {tests[0] if tests else 'NO TEST'}")
        for test in tests[1:]:
            print(f"{'':11}{test}")
    print(f"{len(proven)} of {len(written)} rules are proven, by {len(names)} tests; the others come later")

    wrong = [f"no test for {rule}" for rule in proven if rule not in by_rule]
    wrong += [f"{tests[0]} names {rule}, which no file of docs/rules defines"
              for rule, tests in sorted(by_rule.items()) if rule not in written]
    for line in (HERE / "wine_differences.tsv").read_text(encoding="utf-8").splitlines():
        name = line.split("\t")[0]
        name = re.sub(r"^\w+/(.*)/\d+$", r"\1", name)  # of a parameterised one: instance/suite.name/number
        if "." in name and not line.startswith("#") and name not in names:
            wrong.append(f"wine_differences.tsv lists {name}, which is no test")
    for problem in wrong:
        print(problem, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
