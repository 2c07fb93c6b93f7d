"""The tables of Windows' x64 ABI, sorted by the header of winmem's that each row belongs to.

A row belongs to the header in its column of that name. Rows of no public header (`none`, and the driver kit's) are NT
types and calls that programs declare for themselves: winternl.h gives the types and constants that native_rows.txt
lists, and every such function that winmem exports.
"""

import collections
import csv
import re

# Headers of the driver kit; programs of user mode find what is in them in winternl.h, if anywhere.
DRIVER_KIT = {"none", "ntifs.h", "ntddk.h", "wdm.h"}

# Headers whose numbers are Linux's, as libc makes them.
OF_LIBC = {"errno.h"}

# What marks a declaration of an exported function in winmem's headers.
DECLARATION = re.compile(r"^(?:WINBASEAPI|WINADVAPI|NTSYSAPI|NTSYSCALLAPI|WINMEM_API)\b[^;()]*?(\w+)\(", re.MULTILINE)


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


class Tables:
    """constants[header]: rows; types[header][name]: rows; functions[header]: rows; skipped[header]: number of rows."""

    def __init__(self, folder, include, functions, names):
        self.include = include
        self.native = set((folder / "native_rows.txt").read_text(encoding="utf-8").split())
        self.constants = collections.defaultdict(list)
        self.types = collections.defaultdict(lambda: collections.defaultdict(list))
        self.functions = collections.defaultdict(list)
        self.skipped = collections.Counter()

        structs = rows_of(folder / "structs.tsv")
        self.wide = wide_types(structs)
        for row in structs:
            header = self.header_of(row["header"], row["struct"])
            if header:
                self.types[header][row["struct"]].append(row)
        for row in rows_of(folder / "constants.tsv"):
            header = self.header_of(row["header"], row["name"])
            if header in OF_LIBC:
                self.skipped[header] += 1
            elif header:
                self.constants[header].append(row)

        self.exported = {row["name"] for row in rows_of(names)}
        known = {row["name"]: row for row in rows_of(functions) if row["kind"] == "function"}
        self.unknown_functions = sorted(self.exported - set(known))
        for name in sorted(self.exported & set(known)):
            header = known[name]["header"]
            self.functions["winternl.h" if header in DRIVER_KIT else header].append(known[name])

    def header_of(self, header, name):
        """The header of winmem's that must give this row, or None (and then the row is counted as skipped)."""
        if header == "none":
            if name in self.native:
                return "winternl.h"
        elif (self.include / header).exists():
            return header
        self.skipped[header] += 1
        return None

    def headers(self):
        return sorted(set(self.constants) | set(self.types) | set(self.functions))

    def declared(self):
        """The functions of Windows that winmem's headers declare. (winmem.h's own are looked at by tests/house.)"""
        headers = (path for path in self.include.rglob("*.h") if path.name != "winmem.h")
        return {name for path in headers for name in DECLARATION.findall(path.read_text("utf-8"))}


def wide_types(rows):
    """The types whose size depends on the compiler's wchar_t: those with WCHARs in them, at any depth."""
    held = collections.defaultdict(set)
    for row in rows:
        if "*" not in row["type"]:
            held[row["struct"]].add(row["type"].partition("[")[0])
    wide = {"WCHAR", "OLECHAR"}
    while True:
        more = {name for name, members in held.items() if members & wide} - wide
        if not more:
            return wide
        wide |= more
