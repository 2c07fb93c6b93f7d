"""The shape of the libraries, as readelf and nm show it: what they need, what they export, how they are loaded."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

BUILD = pathlib.Path(os.environ["WINMEM_BUILD"])
SOURCE = pathlib.Path(os.environ["WINMEM_SOURCE"])
CORE = BUILD / "libwinmem-core.so.0"
SHELL = BUILD / "libwinmem.so.0"
MALLOC = BUILD / "libwinmem-malloc.so.0"
ARCHIVE = BUILD / "libwinmem.a"
MALLOC_ARCHIVE = BUILD / "libwinmem-malloc.a"

# What the core looks for in a program that is written in C++, and does without.
CXX_IF_THERE = {"_ZSt15get_new_handlerv", "_ZSt17__throw_bad_allocv"}

sys.path.insert(0, str(SOURCE / "cmake"))
import make_exports  # noqa: E402


def output(*words):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True).stdout


def dynamic(library, tag):
    """What stands behind a tag of the dynamic section: one text per line."""
    return re.findall(rf"\({tag}\)\s+(.*)", output("readelf", "--dynamic", "--wide", library))


def in_brackets(lines):
    return [line[line.index("[") + 1 : line.index("]")] for line in lines]


def needed(library):
    return in_brackets(dynamic(library, "NEEDED"))


def flags(library):
    return {word for tag in ("FLAGS", "FLAGS_1") for line in dynamic(library, tag) for word in line.split()}


def exported(library):
    lines = output("nm", "--dynamic", "--defined-only", library).splitlines()
    return {line.split()[2] for line in lines if line.split()[1] != "A"}


def malloc_rows():
    return make_exports.read_malloc_names(SOURCE / "src" / "exports" / "malloc_names.tsv")


class Libraries(unittest.TestCase):
    def test_the_core_needs_libc_alone(self):
        self.assertLessEqual(set(needed(CORE)), {"libc.so.6", "ld-linux-x86-64.so.2"})

    def test_the_shells_need_the_core_alone(self):
        for library in (SHELL, MALLOC):
            self.assertEqual(set(needed(library)) - {"libc.so.6"}, {"libwinmem-core.so.0"})

    def test_sonames(self):
        self.assertEqual(in_brackets(dynamic(CORE, "SONAME")), ["libwinmem-core.so.0"])
        self.assertEqual(in_brackets(dynamic(SHELL, "SONAME")), ["libwinmem.so.0"])
        self.assertEqual(in_brackets(dynamic(MALLOC, "SONAME")), ["libwinmem-malloc.so.0"])

    def test_they_stay_loaded_and_are_bound_at_once(self):
        for library in (CORE, SHELL, MALLOC):
            self.assertLessEqual({"NODELETE", "NOW"}, flags(library), library)

    def test_thread_locals_are_initial_exec(self):
        self.assertNotIn("__tls_get_addr", output("nm", "--dynamic", CORE))

    def test_no_text_relocations_and_no_executable_stack(self):
        for library in (CORE, SHELL, MALLOC):
            self.assertNotIn("TEXTREL", output("readelf", "--dynamic", library))
            stack = re.search(r"GNU_STACK.*", output("readelf", "--segments", "--wide", library))[0]
            self.assertNotIn("RWE", stack, library)

    def test_the_core_exports_our_names_only_and_versioned(self):
        for symbol in exported(CORE):
            self.assertRegex(symbol, r"^winmem_\w+@@WINMEM_\d+\.\d+$")

    def test_the_shell_exports_exactly_the_table(self):
        rows = make_exports.read_names(SOURCE / "src" / "exports" / "names.tsv")
        self.assertEqual({symbol.split("@")[0] for symbol in exported(SHELL)}, set(make_exports.exported(rows)))

    def test_the_malloc_shell_exports_exactly_its_table_unversioned(self):
        """Libraries ask for malloc by libc's version, which a definition with another one does not answer."""
        self.assertEqual(exported(MALLOC), {name for name, _ in make_exports.malloc_jumps(malloc_rows())})

    def test_no_sdk_function_of_the_core_is_missing_from_the_table(self):
        """A function that is written but not listed could not be called: winmem_<Name> exists, <Name> does not."""
        rows = make_exports.read_names(SOURCE / "src" / "exports" / "names.tsv")
        known = {f"winmem_{symbol}" for symbol in make_exports.exported(rows)}
        sdk_like = {symbol.split("@")[0] for symbol in exported(CORE)}
        sdk_like = {symbol for symbol in sdk_like if re.match(r"winmem_[A-Z]", symbol)}
        self.assertEqual(sdk_like - known, set())

    def test_winmem_h_declares_what_the_core_exports_besides(self):
        text = (SOURCE / "include" / "winmem.h").read_text(encoding="utf-8")
        declared = set(re.findall(r"^WINMEM_API\b[^;()]*?(\w+)\(", text, re.MULTILINE))
        ours = {symbol.split("@")[0] for symbol in exported(CORE)}
        behind_malloc = {core for _, core in make_exports.malloc_jumps(malloc_rows())}
        self.assertEqual({symbol for symbol in ours if re.match(r"winmem_[a-z]", symbol)} - behind_malloc, declared)

    def test_the_core_neither_allocates_nor_throws(self):
        """It may itself become malloc, and links no C++ library."""
        wanted = {line.split()[-1].split("@")[0] for line in output("nm", "--undefined-only", CORE).splitlines()
                  if line.split()[0] != "w" or line.split()[-1] not in CXX_IF_THERE}
        forbidden = {"malloc", "free", "calloc", "realloc", "posix_memalign", "aligned_alloc", "__cxa_atexit", "atexit"}
        self.assertEqual(wanted & forbidden, set())
        self.assertEqual({name for name in wanted if name.startswith(("_Z", "__cxa_throw", "__gxx"))}, set())

    def test_the_core_has_unwind_tables(self):
        """Callbacks of the program may throw through it."""
        self.assertIn(".eh_frame", output("readelf", "--sections", "--wide", CORE))
        functions = len(re.findall(r" FUNC +(?:GLOBAL|LOCAL) ", output("readelf", "--symbols", "--wide", CORE)))
        described = output("readelf", "--debug-dump=frames", CORE).count(" FDE ")
        self.assertGreater(described, functions // 2)

    def test_the_archive_holds_both(self):
        names = output("nm", "--defined-only", ARCHIVE)
        self.assertRegex(names, r" T VirtualAlloc\n")
        self.assertRegex(names, r" T winmem_VirtualAlloc\n")
        self.assertNotRegex(names, r" T malloc\n")
        self.assertRegex(output("nm", "--defined-only", MALLOC_ARCHIVE), r" T malloc\n")


if __name__ == "__main__":
    unittest.main()
