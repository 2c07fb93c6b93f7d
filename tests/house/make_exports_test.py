"""cmake/make_exports.py: what it makes of a table, and that it refuses a wrong one by line."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(os.environ["WINMEM_SOURCE"]) / "cmake" / "make_exports.py"

HEADER = "name\tdlls\tkind\n"
MALLOC_HEADER = "name\tdlls\tcore\n"


class MakeExports(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def make(self, table, malloc_table=MALLOC_HEADER):
        (self.folder / "names.tsv").write_text(table, encoding="utf-8")
        (self.folder / "malloc_names.tsv").write_text(malloc_table, encoding="utf-8")
        return subprocess.run(
            [sys.executable, SCRIPT, self.folder / "names.tsv", self.folder / "malloc_names.tsv", self.folder / "out"],
            capture_output=True, text=True, check=False,
        )

    def made(self, name):
        return (self.folder / "out" / name).read_text(encoding="ascii")

    def test_functions_and_wide_functions(self):
        result = self.make(HEADER + "GetModuleHandleW\tkernel32\twide\nVirtualAlloc\tkernel32,kernelbase\tfunction\n")

        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("#define VirtualAlloc winmem_VirtualAlloc\n", self.made("core_names.h"))
        self.assertNotIn("GetModuleHandleW", self.made("core_names.h"))
        for symbol in ("VirtualAlloc", "GetModuleHandleW", "GetModuleHandleW_utf32"):
            self.assertIn(f"\n{symbol}:\n", self.made("shell.S"))
            self.assertIn(f"jmp *winmem_{symbol}@GOTPCREL(%rip)", self.made("shell.S"))
            self.assertIn(f" {symbol};\n", self.made("shell.map"))

    def test_mallocs_names_jump_to_what_their_rows_say_and_have_no_version(self):
        result = self.make(HEADER, MALLOC_HEADER + "_ZdlPv\t-\tfree\nmalloc\tmsvcrt\tmalloc\n")

        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(self.made("malloc_shell.S"), r"\n_ZdlPv:\n(?:.*\n){2}    jmp \*winmem_free@GOTPCREL")
        self.assertIn("jmp *winmem_malloc@GOTPCREL(%rip)", self.made("malloc_shell.S"))
        self.assertRegex(self.made("malloc_shell.map"), r"(?m)^\{\n    global:\n        _ZdlPv;\n        malloc;")
        self.assertNotIn("malloc", self.made("core_names.h") + self.made("shell.map"))

    def test_an_empty_table_is_a_library_without_names(self):
        self.assertEqual(self.make(HEADER).returncode, 0)
        self.assertNotIn("global:", self.made("shell.map"))

    def test_wrong_tables_are_refused(self):
        wrong = {
            "header": ("nom\tdlls\tkind\n", 1),
            "cells": (HEADER + "Sleep\tkernel32\n", 2),
            "kind": (HEADER + "Sleep\tkernel32\tmacro\n", 2),
            "name": (HEADER + "Sle ep\tkernel32\tfunction\n", 2),
            "dlls": (HEADER + "Sleep\t\tfunction\n", 2),
            "order": (HEADER + "Sleep\tkernel32\tfunction\nBeep\tkernel32\tfunction\n", 3),
            "twice": (HEADER + "Sleep\tkernel32\tfunction\nSleep\tkernelbase\tfunction\n", 3),
        }
        for what, (table, line) in wrong.items():
            with self.subTest(what):
                result = self.make(table)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(f"/names.tsv:{line}: ", result.stderr)
        self.assertIn("/malloc_names.tsv:2: ", self.make(HEADER, MALLOC_HEADER + "free\t-\tFree\n").stderr)


if __name__ == "__main__":
    unittest.main()
