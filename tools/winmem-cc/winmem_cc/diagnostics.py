"""Reads what gcc and clang say (LC_ALL=C), and their preprocessed text."""

import dataclasses
import re

# file:line:column: kind: text. Carets, notes about macros and "In function" lines do not match.
DIAGNOSTIC = re.compile(
    r"^(?P<file>[^\s:][^:\n]*):(?P<line>\d+)(?::\d+)?: (?P<kind>fatal error|error|warning): (?P<text>.*)$",
    re.MULTILINE,
)

UNDECLARED = (
    r"implicit declaration of function '(\w+)'",  # both compilers, C
    r"'(\w+)' was not declared in this scope",  # g++
    r"'(\w+)' has not been declared",  # g++
    r"'(\w+)' undeclared \(first use in this function\)",  # gcc
    r"use of undeclared identifier '(\w+)'",  # clang
    r"no member named '(\w+)' in the global namespace",  # clang++
)

MISSING_HEADER = (r"(\S+): No such file or directory", r"'([^']+)' file not found")


@dataclasses.dataclass
class Missing:
    name: str
    where: str


def missing_header(messages):
    for match in DIAGNOSTIC.finditer(messages):
        if match["kind"] != "fatal error":
            continue
        for pattern in MISSING_HEADER:
            found = re.search(pattern, match["text"])
            if found:
                return Missing(found[1], f"{match['file']}:{match['line']}")
    return None


def undeclared_name(text):
    """The name that a message calls undeclared, or None."""
    for pattern in UNDECLARED:
        found = re.search(pattern, text)
        if found:
            return found[1]
    return None


def undeclared_names(messages):
    """Name and where it is first used without a declaration."""
    names = {}
    for match in DIAGNOSTIC.finditer(messages):
        name = undeclared_name(match["text"])
        if name:
            names.setdefault(name, f"{match['file']}:{match['line']}")
    return names


LINE_MARKER = re.compile(r'^# (\d+) "((?:[^"\\]|\\.)*)"((?: \d)*)$')
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'')


def _own_lines(text):
    """The lines of preprocessed text from the user's files, each with its file:line. Flag 3 marks system headers."""
    file, line, own = "", 0, False
    for raw in text.splitlines():
        marker = LINE_MARKER.match(raw)
        if marker:
            line, file = int(marker[1]), marker[2]
            own = "3" not in marker[3].split() and not file.startswith("<")
            continue
        if own:
            yield f"{file}:{line}", raw
        line += 1


def called_names(text):
    """Word before a parenthesis and where it is first seen."""
    names = {}
    for where, raw in _own_lines(text):
        for match in re.finditer(r"\b([A-Za-z_]\w*)\s*\(", LITERAL.sub('""', raw)):
            names.setdefault(match[1], where)
    return names


def looked_up_names(text):
    """Names in GetProcAddress(module, "name") and where."""
    names = {}
    for where, raw in _own_lines(text):
        for match in re.finditer(r'\bGetProcAddress\s*\([^;"]*"(\w+)"', raw):
            names.setdefault(match[1], where)
    return names
