#!/usr/bin/env python3
"""A filter that Doxygen runs over each header: a comment of whole lines right above a declaration becomes its
documentation, word by word. Other comments, a header's opening one above all, stay comments.

The number of lines stays, so that what Doxygen says of places is true.
"""

import re
import sys

HEADING = re.compile(r"// -{4} (.*?)(?: -{4})?$")
COMMENT = re.compile(r"// ?(.*)$")
NO_DECLARATION = re.compile(r"$|# *(?:ifndef|include|pragma|undef)")
SPECIAL = re.compile(r'([\\@#%<>&$"])')


def _is_comment(line):
    return COMMENT.match(line) and not HEADING.match(line)


def line_for_doxygen(line):
    if _is_comment(line):
        return "/// " + SPECIAL.sub(r"\\\1", COMMENT.match(line).group(1))
    if line.startswith("WINMEM_INLINE"):  # whose names are in parentheses, as macros have them too
        return re.sub(r"(\w)?\((\w+)\)\(", lambda name: f"{name[1] or ''} {name[2]}(", line)
    return line


def header_for_doxygen(lines):
    """The lines of a header. Each comment begins with the command that keeps Doxygen from taking it for a brief one,
    to which it would add a full stop."""
    shown, start = [], 0
    while start < len(lines):
        end = start
        while end < len(lines) and _is_comment(lines[end]):
            end += 1
        if end == start:
            shown.append(line_for_doxygen(lines[start]))
            start += 1
            continue
        if end == len(lines) or NO_DECLARATION.match(lines[end]):
            shown += lines[start:end]
        else:
            shown += [line_for_doxygen(line) for line in lines[start:end]]
            shown[start] = shown[start].replace("/// ", r"/// \details ", 1)
        start = end
    return shown


def main():
    with open(sys.argv[1], encoding="utf-8") as header:
        print("\n".join(header_for_doxygen(header.read().splitlines())))


if __name__ == "__main__":
    main()
