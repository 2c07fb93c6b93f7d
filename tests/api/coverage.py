#!/usr/bin/env python3
"""Prints which tests prove which rule, and fails if a rule that docs/rules.md calls proven has none.

A test proves the rules that its name begins with: V13_C1_reserve_rounds_… proves V13 and C1. Tests of the suite NotYet
prove nothing. Names in wine_differences.tsv must be names of tests.
"""
import re
import sys

from rule_tests import RULES as RULES_FOLDER, different_under_wine, written_rules, written_tests

RULES = RULES_FOLDER.with_suffix(".md")


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
    for test in written_tests():
        names.add(test.name)
        for rule in test.rules if test.proves else ():
            by_rule.setdefault(rule, []).append(test.name)
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
    wrong += [f"wine_differences.tsv lists {name}, which is no test"
              for name in different_under_wine() if name not in names]
    for problem in wrong:
        print(problem, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
