#!/usr/bin/env python3
"""Turns src/exports/names.tsv into the table that GetProcAddress searches.

    make_table.py NAMES.tsv OUTPUT.cpp

The rows keep the file's order, which must be that of the names' bytes: the search halves the table. A module that
process/exported.h does not know is an error of the compiler, a function that nobody wrote one of the linker.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "cmake"))
sys.dont_write_bytecode = True
from make_exports import read_names  # noqa: E402  (found through the path above)


def entries(name, kind):
    """The core's symbols for a name: for 16-bit and for 32-bit wide characters."""
    native = f"winmem_{name}"
    return native, native + "_utf32" if kind == "wide" else native


def table_source(rows):
    declared = sorted({symbol for name, _, kind in rows for symbol in entries(name, kind)})
    out = [
        "// Generated from src/exports/names.tsv by src/exports/make_table.py.",
        '#include "process/exported.h"',
        "",
        "// As functions without parameters: only their addresses are used here. Visible, since a hidden declaration",
        "// would hide the function itself.",
        "#pragma GCC visibility push(default)",
        'extern "C" {',
        *(f"void {symbol}();" for symbol in declared),
        "}",
        "#pragma GCC visibility pop",
        "",
        "namespace winmem::process {",
        "",
        "namespace {",
        "constexpr Export kExports[] = {",
    ]
    for name, dlls, kind in rows:
        native, utf32 = entries(name, kind)
        where = " | ".join(f"in(Dll::{dll})" for dll in dlls)
        out.append(f'    {{"{name}", {native}, {utf32}, {where}}},')
    out += [
        "};",
        "} // namespace",
        "",
        "constinit const ExportTable kExportTable{kExports, sizeof kExports / sizeof kExports[0]};",
        "",
        "} // namespace winmem::process",
    ]
    return "\n".join(out) + "\n"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        source = table_source(read_names(pathlib.Path(sys.argv[1])))
    except (OSError, ValueError) as error:
        sys.exit(f"make_table: {error}")
    target = pathlib.Path(sys.argv[2])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(source, encoding="ascii")


if __name__ == "__main__":
    main()
