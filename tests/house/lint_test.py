"""script/lint finds what it is there to find: small trees, each with one thing wrong, and a clean one."""

import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(os.environ["WINMEM_SOURCE"]) / "script"))
from lint_rules import files, rooms  # noqa: E402
from lint_rules.source import code_only  # noqa: E402


class Tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        for room in ("base", "host", "vm", "object", "nt", "win32"):
            self.write(f"src/{room}/{room}.h", "#pragma once\n")
            self.write(f"src/{room}/README.md", f"Files: `{room}.h`.\n")
        self.write("include/windows.h", "#include <stddef.h>\n")

    def write(self, name, text):
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def source(self, room, text):
        """A source file in a room, named by its README."""
        self.write(f"src/{room}/new.cpp", text)
        self.write(f"src/{room}/README.md", f"Files: `{room}.h`, `new.cpp`.\n")

    def findings(self):
        return [str(finding).replace(f"{self.top}/", "") for finding in rooms.check(self.top)]

    def assert_clean(self):
        self.assertEqual(self.findings(), [])

    def assert_finds(self, *parts):
        found = self.findings()
        self.assertEqual(len(found), 1, found)
        for part in parts:
            self.assertIn(part, found[0])


class Arrows(Tree):
    def test_a_clean_tree(self):
        self.source("vm", '#include "vm.h"\n#include "../host/host.h"\n#include "base/base.h"\n#include <atomic>\n')
        self.assert_clean()

    def test_an_arrow_that_points_up(self):
        self.source("host", '\n#include "../vm/vm.h"\n')
        self.assert_finds("src/host/new.cpp:2", "host may not know vm")

    def test_an_arrow_from_the_top_of_the_tree(self):
        self.source("base", '#include "win32/win32.h"\n')
        self.assert_finds("base may not know win32")

    def test_neighbours_do_not_know_each_other(self):
        self.source("vm", '#include "../object/object.h"\n')
        self.assert_finds("vm may not know object")

    def test_an_include_that_leads_nowhere(self):
        self.source("vm", '#include "../elsewhere.h"\n')
        self.assert_finds("cannot tell which room")

    def test_an_unknown_room(self):
        self.write("src/utils/x.cpp", "")
        self.assert_finds("src/utils", "unknown room")

    def test_windows_types_begin_at_nt(self):
        self.source("nt", "#include <windows.h>\n")
        self.assert_clean()
        self.source("vm", "#include <windows.h>\n")
        self.assert_finds("src/vm/new.cpp:1", "Windows' types begin at nt")

    def test_system_headers_belong_to_host(self):
        self.source("host", "#include <sys/mman.h>\n#include <unistd.h>\n")
        self.assert_clean()
        for header in "sys/mman.h linux/futex.h unistd.h fcntl.h pthread.h thread cstdlib cerrno".split():
            self.source("win32", f"#include <{header}>\n")
            self.assert_finds(f"<{header}> outside src/host")


class SystemCalls(Tree):
    def test_host_may(self):
        self.source("host", "void f() { ::munmap(p, n); syscall(1); }\n")
        self.assert_clean()

    def test_nobody_else_may(self):
        for call in "syscall(1) mmap(p) ::munmap(p) madvise(p) ioctl(1) ::read(0) ::write(1) ::open(x)".split():
            self.source("vm", f"void f() {{ {call}; }}\n")
            self.assert_finds("src/vm/new.cpp:1", "outside src/host")

    def test_a_syscall_instruction(self):
        self.source("nt", 'void f() { asm volatile("syscall"); }\n')
        self.assert_finds("syscall instruction")

    def test_words_of_ours_are_not_calls(self):
        code = "// mmap() is host's\nbool x = host::mmap(p) && runs.read(1) && log(\"munmap(\");\nauto n = 1'000'000;\n"
        self.source("vm", code)
        self.assert_clean()


class Readmes(Tree):
    def test_a_file_that_is_not_named(self):
        self.write("src/vm/hidden.cpp", "")
        self.assert_finds("src/vm/README.md", "hidden.cpp")

    def test_a_header_names_its_pair(self):
        self.write("src/vm/vm.cpp", "")
        self.assert_clean()

    def test_a_room_without_a_readme(self):
        (self.top / "src/vm/README.md").unlink()
        self.assert_finds("src/vm", "no README.md")


class Files(Tree):
    def found(self):
        return [str(finding).replace(f"{self.top}/", "") for finding in files.check(self.top)]

    def test_clean(self):
        self.assertEqual(self.found(), [])

    def test_other_than_ascii(self):
        self.write("src/vm/odd.h", "\n// na\u00efve\n")
        self.assertEqual(self.found(), ["src/vm/odd.h:2: not ASCII"])

    def test_long_lines(self):
        self.write("script/tool", "#!/bin/sh\n" + "#" * 121 + "\n")
        self.assertEqual(self.found(), ["script/tool:2: 121 columns, 120 are the limit"])

    def test_long_files_are_a_note(self):
        self.write("src/vm/long.h", "\n" * 401)
        self.assertEqual(self.found(), [])
        self.assertEqual(len(list(files.long_files(self.top))), 1)


class CodeOnly(Tree):
    def test_comments_and_literals_go_and_lines_stay(self):
        path = self.write("x.cpp", 'a(); /* one\ntwo */ b("c()"); // d()\nR"(e()\n)"; f(\'"\', "\\"g()");\n')
        lines = [line.split() for line in code_only(path)]
        self.assertEqual(lines, [["a();"], ["b(", ");"], [], [";", "f(", ",", ");"]])


if __name__ == "__main__":
    unittest.main()
