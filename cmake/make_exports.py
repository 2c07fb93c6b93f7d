#!/usr/bin/env python3
"""Turns src/exports/names.tsv into what the build needs of it.

    make_exports.py NAMES.tsv OUTPUT_DIR

core_names.h   force-included into the core: VirtualAlloc becomes winmem_VirtualAlloc (kind "function" only; functions
               with wide characters are written twice in the core, under both names, by hand)
shell.S        libwinmem.so's code: for every name a jump to winmem_<name>; for kind "wide" a second one, <name>_utf32,
               for programs whose wchar_t has 32 bits
shell.map      the linker's list of exported names

A table that is malformed, unsorted or has a name twice is an error with the line number.
"""

import pathlib
import re
import sys

KINDS = ("function", "wide")


def read_names(path):
    """The rows of names.tsv as (name, dlls, kind)."""
    rows = []
    lines = path.read_text(encoding="ascii").splitlines()
    if not lines or lines[0].split("\t") != ["name", "dlls", "kind"]:
        raise ValueError(f"{path}:1: the header must be name, dlls, kind, tab separated")
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        where = f"{path}:{number}"
        if len(cells) != 3:
            raise ValueError(f"{where}: {len(cells)} cells, three expected")
        name, dlls, kind = cells
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise ValueError(f"{where}: '{name}' is not a function name")
        if not re.fullmatch(r"\w+(,\w+)*", dlls):
            raise ValueError(f"{where}: '{dlls}' is not a list of modules")
        if kind not in KINDS:
            raise ValueError(f"{where}: kind '{kind}' is none of {', '.join(KINDS)}")
        if rows and rows[-1][0] >= name:
            raise ValueError(f"{where}: '{name}' is not after '{rows[-1][0]}' (sort by name, LC_ALL=C)")
        rows.append((name, dlls.split(","), kind))
    return rows


def exported(rows):
    """Every symbol of the shell."""
    for name, _, kind in rows:
        yield name
        if kind == "wide":
            yield name + "_utf32"


def core_names(rows):
    out = ["// Generated from src/exports/names.tsv by cmake/make_exports.py.", "#pragma once", ""]
    out += [f"#define {name} winmem_{name}" for name, _, kind in rows if kind == "function"]
    return "\n".join(out) + "\n"


def shell_assembly(rows):
    out = [
        "/* Generated from src/exports/names.tsv by cmake/make_exports.py. */",
        "    .text",
    ]
    for symbol in exported(rows):
        # A jump, not a call: arguments, stack and return address pass through untouched. Through the GOT, so the first
        # call does no lazy binding; in a static program the linker turns it into a direct jump.
        out += [
            "",
            "    .balign 16",
            f"    .globl {symbol}",
            f"    .type {symbol}, @function",
            f"{symbol}:",
            "    .cfi_startproc",
            "    endbr64",
            f"    jmp *winmem_{symbol}@GOTPCREL(%rip)",
            "    .cfi_endproc",
            f"    .size {symbol}, . - {symbol}",
        ]
    out += ["", '    .section .note.GNU-stack, "", @progbits']
    return "\n".join(out) + "\n"


def shell_map(rows):
    names = "".join(f"        {symbol};\n" for symbol in exported(rows))
    names = f"    global:\n{names}" if names else ""
    return f"/* Generated from src/exports/names.tsv. */\nWINMEM_0.1 {{\n{names}    local:\n        *;\n}};\n"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        rows = read_names(pathlib.Path(sys.argv[1]))
    except (OSError, ValueError) as error:
        sys.exit(f"make_exports: {error}")
    target = pathlib.Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("core_names.h", core_names(rows)),
        ("shell.S", shell_assembly(rows)),
        ("shell.map", shell_map(rows)),
    ):
        (target / name).write_text(text, encoding="ascii")


if __name__ == "__main__":
    main()
