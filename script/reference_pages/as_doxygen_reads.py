#!/usr/bin/env python3
"""A filter that Doxygen runs over each header: comments of whole lines become documentation, word by word.

The number of lines stays, so that what Doxygen says of places is true.
"""

import re
import sys

HEADING = re.compile(r"// -{4} (.*?)(?: -{4})?$")
COMMENT = re.compile(r"// ?(.*)$")
SPECIAL = re.compile(r'([\\@#%<>&$"])')


def line_for_doxygen(line):
    comment = COMMENT.match(line)
    if comment and not HEADING.match(line):
        return "/// " + SPECIAL.sub(r"\\\1", comment.group(1))
    if line.startswith("WINMEM_INLINE"):  # whose names are in parentheses, as macros have them too
        return re.sub(r"(\w)?\((\w+)\)\(", lambda name: f"{name[1] or ''} {name[2]}(", line)
    return line


def main():
    with open(sys.argv[1], encoding="utf-8") as header:
        for line in header:
            print(line_for_doxygen(line.rstrip("\n")))


if __name__ == "__main__":
    main()
