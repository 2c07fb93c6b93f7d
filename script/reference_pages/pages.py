"""Markdown of docs/reference: a page per group of functions, and an index."""

import itertools

from . import groups

NOTE = "<!-- Written by script/reference out of include/; change the comment in the header. -->"


def _escaped(text):
    return text.replace("\\", "\\\\").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_").replace("|", "\\|")


def _rule_links(rules):
    return ", ".join(f"[{rule}](../rules/{file})" for rule, file in rules.items())


def _together(functions):
    """Declarations that stand under one comment."""
    return [[*group] for _, group in
            itertools.groupby(functions, lambda function: (function.header, function.text or function.name))]


def _include(function):
    """What a program includes: the parts of winnt.h and winternl.h have folders of their own here."""
    header = function.header
    if header.startswith("winnt/native"):
        return "winternl.h"
    return "winnt.h" if header.startswith("winnt/") else header.replace("winmem_interlocked.h", "winnt.h")


def _entry(group, proof):
    lines = ["## " + ", ".join(function.name for function in group), "", "```c"]
    lines += [function.declaration for function in group]
    lines += ["```", ""]
    if group[0].text:
        lines += [_escaped(group[0].text), ""]
    facts = [f"`<{_include(group[0])}>`"]
    if modules := sorted({module for function in group for module in function.modules}):
        facts.append("in " + ", ".join(modules))
    rules = {}
    for function in group:
        rules |= proof.rules(function)
    if rules:
        facts.append("rules " + _rule_links(rules))
    if tests := proof.tests(group):
        facts.append(f"{len(tests)} tests in tests/api")
    return [*lines, " · ".join(facts), ""]


def write(top, by_page, proof):
    """Path -> text."""
    folder = top / "docs" / "reference"
    files = {}
    index = [NOTE, "", "# Reference", "", "Every function, as its header describes it. What differs from Windows "
             "stands in [compatibility.md](../compatibility.md), what the rules say in [rules.md](../rules.md).", "",
             "| page | functions |", "|---|---|"]
    for file, title, _ in groups.PAGES:
        functions = by_page[file]
        lines = [NOTE, "", f"# {title}", ""]
        for group in _together(functions):
            lines += _entry(group, proof)
        files[folder / f"{file}.md"] = "\n".join(lines).rstrip("\n") + "\n"
        names = sorted((function.name for function in functions), key=str.lower)
        index.append(f"| [{title}]({file}.md) | {_escaped(', '.join(names))} |")
    files[folder / "README.md"] = "\n".join(index) + "\n"
    return files
