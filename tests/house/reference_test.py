"""docs/reference and the columns of docs/compatibility.md are what script/reference makes of this tree; each exported
function has its page and its row."""

import os
import pathlib
import subprocess
import sys
import unittest

SOURCE = pathlib.Path(os.environ["WINMEM_SOURCE"])
sys.path.insert(0, str(SOURCE / "script"))
from reference_pages import as_doxygen_reads, compatibility, proofs  # noqa: E402

import rule_tests  # noqa: E402  found where proofs found it


class Function:
    """As headers.Function, as far as tables ask."""

    def __init__(self, name, rules=(), exported=True):
        self.name, self.rules, self.exported = name, rules, exported


PAGE = """# Page

## Functions

| function | state |
|---|---|
| NtThing | works |
| ThingA/W, Thing(Ex) | works |

## Flags
"""


def rewritten(page, *functions, known=("ThingA", "ThingW", "Thing")):
    proof = proofs.Proofs([rule_tests.Test("Suite.V1_it_does", ("V1",), frozenset(["ThingEx"]), True)],
                          {"Suite.V1_it_does"}, {"V1": "virtual-memory.md"}, None)
    return compatibility.rewrite(page, functions, set(known), proof)


class TheTree(unittest.TestCase):
    def test_the_written_pages_are_what_headers_and_tests_make_of_them(self):
        run = subprocess.run([SOURCE / "script" / "reference", "--check"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)


class TheTableOfFunctions(unittest.TestCase):
    def test_a_row_gets_the_rules_and_tests_of_its_functions(self):
        page = rewritten(PAGE, Function("ThingEx", ["V1"]), Function("NtThing"), Function("ZwThing"))
        self.assertIn("| ThingA/W, Thing(Ex) | works | V1 | 1 | 1 |", page)
        self.assertIn("| NtThing | works |  |  |  |", page)

    def test_writing_again_changes_nothing(self):
        functions = Function("ThingEx", ["V1"]), Function("NtThing")
        page = rewritten(PAGE, *functions)
        self.assertEqual(rewritten(page, *functions), page)

    def test_an_exported_function_without_a_row_is_an_error(self):
        with self.assertRaisesRegex(compatibility.Wrong, "no row for Lost"):
            rewritten(PAGE, Function("ThingEx"), Function("NtThing"), Function("Lost"))

    def test_a_row_for_what_no_header_declares_is_an_error(self):
        with self.assertRaisesRegex(compatibility.Wrong, "rows for NtThing"):
            rewritten(PAGE, Function("ThingEx"))

    def test_a_function_in_two_rows_is_an_error(self):
        with self.assertRaisesRegex(compatibility.Wrong, "Thing in two rows"):
            rewritten(PAGE.replace("NtThing", "Thing"), Function("ThingEx"))


class Comments(unittest.TestCase):
    def test_doxygen_gets_them_word_by_word(self):
        self.assertEqual(as_doxygen_reads.line_for_doxygen(r"// Local\x, #1 @a <b>"), r"/// Local\\x, \#1 \@a \<b\>")

    def test_what_stands_above_no_declaration_is_no_documentation(self):
        opening = ["// A header.", "//", "// Sizes are in bytes.", "#ifndef X", "", "// Of all that follows.", ""]
        self.assertEqual(as_doxygen_reads.header_for_doxygen(opening), opening)

    def test_a_comment_is_never_a_brief_one_that_gets_a_full_stop(self):
        header = ["// One [V1]", "int f(int);", "// Two", "// lines", "int g();"]
        self.assertEqual(as_doxygen_reads.header_for_doxygen(header),
                         [r"/// \details One [V1]", "int f(int);", r"/// \details Two", "/// lines", "int g();"])

    def test_headings_and_code_stay(self):
        for line in ("// ---- Regions ----", "int f(int); // why", "#define X(a) (a)"):
            self.assertEqual(as_doxygen_reads.line_for_doxygen(line), line)


if __name__ == "__main__":
    unittest.main()
