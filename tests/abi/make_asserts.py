#!/usr/bin/env python3
"""Turns the tables of Windows' x64 ABI into sources that check winmem's headers against them.

For each header that winmem has and the tables speak of, one source is written in C and one in C++, which include that
header alone, so they also prove which header gives a name:

  at compile time  value, size and signedness of constants; size and alignment of types; offset, size and type of
                   members; the types of functions
  at run time      text and pointer constants, and the place of bit-fields, by check_<header>() in each source

Commands:
  list    the headers, one a line
  write   the sources into --out: <header>.c, <header>.cpp, main.c
  report  what is checked and what is skipped, per header. Fails if a header that exists has rows that are not checked,
          and if the headers declare other functions than the library exports.

Types that hold WCHARs have Windows' size only with -fshort-wchar: their checks stand under #if, and the sources are
compiled both ways. tables.py says which row belongs to which header.
"""

import argparse
import pathlib
import re
import sys

import tables as abi

# A member that has the name of a function with an A and a W form is renamed, in the table by Windows' fileapi.h.
RENAMED_MEMBERS = {("FILE_DISPOSITION_INFO", "DeleteFileA"): "DeleteFile"}

# The codes of exceptions are the STATUS_ codes: DWORDs with windows.h alone, NTSTATUS as in the table with ntstatus.h.
INCLUDE_LINES = {
    "minwinbase.h": ["#define WIN32_NO_STATUS", "#include <minwinbase.h>", "#undef WIN32_NO_STATUS",
                     "#include <ntstatus.h>"],
    "crtdbg.h": ["#define _DEBUG", "#include <crtdbg.h>"],  # whose functions are macros without it
}

# Words of the tables that mean another size on Linux, and what a header must have in their place.
LINUX_TYPES = [("unsigned long long", "ULONG64"), ("unsigned long", "unsigned int"), ("long *", "int *")]

BASIC = re.compile(r"([iuf])(8|16|32|64)$")
KIND = {"i": "SIGNED", "u": "UNSIGNED", "f": "FLOATING"}


# Functions that programs give the addresses of variables of type long.
LONG_STAYS = {"_CrtIsMemoryBlock", "__p__crtBreakAlloc"}


def linux_type(text):
    for windows, linux in LINUX_TYPES:
        text = text.replace(windows, linux)
    return text


def literal(number, kind, bits):
    long = "L" if bits == 64 else ""
    if kind == "u":
        return f"{number:#x}U{long}"
    if number >> (bits - 1):  # negative; the lowest number has no literal of its own
        return f"(-{(1 << bits) - number - 1}{long} - 1)"
    return f"{number:#x}{long}"


def constant_checks(row, static, run):
    """Adds the check of one constant; returns False if there is none for its type."""
    name, value = row["name"], row["value"]
    if row["type"] == "str":
        run.append(f"CHECK_TEXT({name}, {value});")
        return True
    if row["type"] == "ptr":
        run.append(f"CHECK_POINTER({name}, {value});")
        return True
    match = BASIC.match(row["type"])
    if not match or match[1] == "f":
        return False
    bits = int(match[2])
    check = "ENUMERATOR" if re.search(r"^[A-Z]+[a-z]", name) else KIND[match[1]]
    static.append(f"CHECK_{check}({name}, {literal(int(value, 16), match[1], bits)}, {bits // 8});")
    return True


def type_checks(name, rows, static, run):
    """Adds the checks of one type and its members, one or more for each row."""
    for row in rows:
        kind = row["type"]
        if row["member"] == "-":
            static.append(f"CHECK_TYPE({name}, {row['sizeof']}, {row['alignof']});")
            basic = BASIC.match(kind)
            if basic:
                static.append(f"CHECK_{KIND[basic[1]]}_TYPE({name});")
            elif kind.startswith("ptr "):
                static.append(f"CHECK_SAME_TYPE({name}, {linux_type(kind[4:])});")
            elif " " in kind:
                static.append(f"CHECK_SAME_TYPE({name}, {kind});")
            continue
        member = RENAMED_MEMBERS.get((name, row["member"]), row["member"])
        if ":" in row["offset"]:
            byte, bit = map(int, row["offset"].split(":"))
            run.append(f"CHECK_BITS({name}, {member}, {byte * 8 + bit}U, {row['member_size'].rstrip('b')}U);")
            continue
        static.append(f"CHECK_MEMBER({name}, {member}, {row['offset']}, {row['member_size']});")
        if kind not in ("struct", "union", "enum"):
            static.append(f"CHECK_MEMBER_TYPE({name}, {member}, {linux_type(kind)});")


def function_check(row):
    name = row["name"]
    signature = row["signature"] if name in LONG_STAYS else linux_type(row["signature"])
    before, after = re.match(rf"(.*?)\b{name}(\(.*\))$", signature).groups()
    return f"CHECK_FUNCTION({name}, {before}{after}, {signature});"


def when_wide(is_wide, lines):
    return ["#if __SIZEOF_WCHAR_T__ == 2", *lines, "#endif"] if is_wide and lines else lines


def source(tables, header):
    """The source for one header, the same text in C and in C++; the rows it checks, and those it can't."""
    static, run = [], []
    left_out = [row["name"] for row in tables.constants[header] if not constant_checks(row, static, run)]
    checked = len(tables.constants[header]) - len(left_out)
    for name, rows in tables.types[header].items():
        type_static, type_run = [], []
        type_checks(name, rows, type_static, type_run)
        static += ["", *when_wide(name in tables.wide, type_static)]
        run += when_wide(name in tables.wide, type_run)
        checked += len(rows)
    static += [""] + [function_check(row) for row in tables.functions[header]]
    checked += len(tables.functions[header])

    check = check_name(header)
    lines = [f"// Made from the ABI tables by make_asserts.py: what {header} must be on Windows x64."]
    lines += INCLUDE_LINES.get(header, [f"#include <{header}>"])
    lines += ['#include "checks.h"', "", *static, ""]
    lines += ["// Returns how many of the checks that a compiler can't do failed."]
    lines += ["#ifdef __cplusplus", 'extern "C"', "#endif", f"int {check}(void);", f"int {check}(void) {{"]
    lines += ["  int failed = 0;"] + [line if line[0] == "#" else "  " + line for line in run]
    lines += ["  return failed;", "}", ""]
    return "\n".join(lines), checked, left_out


def check_name(header):
    return "check_" + re.sub(r"\W", "_", header)


def write(tables, out):
    out.mkdir(parents=True, exist_ok=True)
    checks = [check_name(header) for header in tables.headers()]
    for header in tables.headers():
        text, _, _ = source(tables, header)
        for suffix in (".c", ".cpp"):
            (out / (header + suffix)).write_text(text, encoding="utf-8")
    main = ["// Made by make_asserts.py: runs the checks that the compiler could not do.", "#include <stdio.h>", ""]
    main += [f"int {check}(void);" for check in checks]
    main += ["", "int main(void) {", "  int failed = 0;"] + [f"  failed += {check}();" for check in checks]
    main += ['  printf("%d checks failed\\n", failed);', "  return failed != 0;", "}", ""]
    (out / "main.c").write_text("\n".join(main), encoding="utf-8")


def report(tables):
    """Prints the counts; returns a list of complaints."""
    complaints = []
    total = 0
    print(f"{'header':24}{'rows checked':>14}")
    for header in tables.headers():
        if not (tables.include / header).exists():
            complaints.append(f"{header} does not exist, but functions that it declares are exported")
            continue
        _, checked, left_out = source(tables, header)
        total += checked
        complaints += [f"{header}: {name} has a type that no check knows" for name in left_out]
        print(f"{header:24}{checked:14}")
    print(f"{'all':24}{total:14}\n")

    print("Skipped: rows of headers that winmem lacks (`none`: NT types that winternl.h does not give)")
    for header, count in sorted(tables.skipped.items()):
        print(f"{header:24}{count:14}")
    print(f"{'all':24}{sum(tables.skipped.values()):14}")

    rows = {row["name"] for header in tables.headers() for row in tables.constants[header]}
    rows |= {name for header in tables.headers() for name in tables.types[header]}
    complaints += [f"native_rows.txt: no table has {name}" for name in sorted(tables.native - rows)]
    declared = tables.declared()
    complaints += [f"{name} is declared and not exported" for name in sorted(declared - tables.exported)]
    complaints += [f"{name} is exported and not declared" for name in sorted(tables.exported - declared)]
    return complaints


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("command", choices=["list", "write", "report"])
    parser.add_argument("--tables", type=pathlib.Path, required=True, help="folder of constants.tsv and structs.tsv")
    parser.add_argument("--include", type=pathlib.Path, required=True, help="winmem's headers")
    parser.add_argument("--functions", type=pathlib.Path, required=True, help="the inventory of functions")
    parser.add_argument("--names", type=pathlib.Path, required=True, help="what the library exports")
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()

    tables = abi.Tables(arguments.tables, arguments.include, arguments.functions, arguments.names)
    if arguments.command == "list":
        print("\n".join(tables.headers()))
    elif arguments.command == "write":
        write(tables, arguments.out)
    else:
        complaints = report(tables)
        sys.exit("\n" + "\n".join(complaints) if complaints else 0)


if __name__ == "__main__":
    main()
