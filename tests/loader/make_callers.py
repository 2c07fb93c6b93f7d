#!/usr/bin/env python3
"""Lists, for both sides of passed.h, the functions that winmem exports and mingw-w64's headers declare.

    make_callers.py NAMES.tsv OUTPUT.inc COMPILER HEADER...

OUTPUT has a line PASSED(name) for each. COMPILER is mingw-w64's, HEADER... are what callers.cpp includes.
"""

import pathlib
import re
import subprocess
import sys

# Called by what src/exports/special_calls.h says, not as their type is: arguments without types, and `long`.
SPECIAL = {"DbgPrint", "DbgPrintEx", "_CrtDbgReport", "_CrtIsMemoryBlock", "_CrtSetBreakAlloc", "_chsize"}


def declared(compiler, headers):
    """Every word that stands where a function's name may in the headers."""
    source = "".join(f"#include <{header}>\n" for header in headers)
    text = subprocess.run([compiler, "-x", "c++", "-std=c++17", "-E", "-P", "-"], input=source, capture_output=True,
                          text=True, check=True).stdout
    return set(re.findall(r"\b(\w+)\s*\(", text))


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    table, output, compiler, *headers = sys.argv[1:]
    there = declared(compiler, headers)
    names = [line.split("\t")[0] for line in pathlib.Path(table).read_text(encoding="ascii").splitlines()[1:]]
    lines = [f"PASSED({name})" for name in names if name in there and name not in SPECIAL]
    pathlib.Path(output).write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
