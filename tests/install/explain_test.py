"""winmem-cc --explain: what a source uses that winmem lacks. Both compilers; sources that compile and that do not."""

import unittest

from installed import COMPILERS, PREFIX, InEmptyFolder

CC = PREFIX / "bin" / "winmem-cc"
CXX = PREFIX / "bin" / "winmem-c++"


class Explain(InEmptyFolder):
    def explain(self, wrapper, *words, lacking, **environment):
        status, output = self.run_any(wrapper, "--explain", *words, **environment)
        self.assertEqual(status, 1 if lacking else 0, output)
        return output

    def with_each_compiler(self, name, text, lacking=True):
        """The reports on a source in C and in C++, by gcc and clang, each with the source's name."""
        reports = []
        self.write(name + ".c", text)
        self.write(name + ".cpp", text)
        for cc, cxx in COMPILERS:
            for wrapper, source in ((CC, name + ".c"), (CXX, name + ".cpp")):
                report = self.explain(wrapper, source, lacking=lacking, WINMEM_CC=cc, WINMEM_CXX=cxx)
                reports.append((source, report))
        return reports

    def test_a_complete_source_lacks_nothing(self):
        self.take("hello.c")
        output = self.explain(CC, "hello.c", lacking=False)
        self.assertEqual(output, "hello.c: uses 4 Windows functions that winmem has, lacks 0 others\n")

    def test_nothing_is_written(self):
        self.take("hello.c")
        self.explain(CC, "-c", "hello.c", "-o", "hello.o", "-MD", "-MF", "hello.d", lacking=False)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["hello.c"])

    def test_an_undeclared_function_is_named_with_its_place(self):
        text = "#include <windows.h>\nvoid f(void) {\n  EnterUmsSchedulingMode(0);\n  CopyFileTransactedA(0);\n}\n"
        for source, output in self.with_each_compiler("missing", text):
            self.assertIn(f"{source}:3: EnterUmsSchedulingMode: declared nowhere", output)
            self.assertIn(f"{source}:4: CopyFileTransactedA", output)
            self.assertIn("lacks 2 others", output)

    def test_a_function_of_the_inventory_is_named_with_its_module_and_header(self):
        text = "#include <windows.h>\nvoid f(void *p) {\n  MapUserPhysicalPagesScatter(p, 1, 0);\n}\n"
        for source, output in self.with_each_compiler("scatter", text):
            self.assertIn(f"{source}:3: MapUserPhysicalPagesScatter (kernel32.dll, winbase.h): winmem lacks it", output)

    def test_a_function_that_the_program_declares_itself(self):
        text = (
            "#include <windows.h>\n#ifdef __cplusplus\nextern \"C\"\n#endif\n"
            "int MapUserPhysicalPagesScatter(void **, SIZE_T, SIZE_T *);\n"
            "int f(void) { return MapUserPhysicalPagesScatter(0, 0, 0); }\n"
        )
        for _, output in self.with_each_compiler("declared", text):
            self.assertIn("MapUserPhysicalPagesScatter (kernel32.dll", output)

    def test_libc_has_the_c_runtimes_functions(self):
        text = '#include <stdlib.h>\n#include <string.h>\nvoid *f(void) { return memset(malloc(9), 0, strlen("x")); }\n'
        for source, output in self.with_each_compiler("libc", text, lacking=False):
            self.assertEqual(output, f"{source}: uses 0 Windows functions that winmem has, lacks 0 others\n")

    def test_missing_headers_do_not_end_the_search(self):
        text = (
            "#include <shlobj.h>\n#include <windows.h>\n#include <sub/dbghelp.h>\n"
            "void f(void) { SymFunctionTableX(); }\n"
        )
        for source, output in self.with_each_compiler("headers", text):
            self.assertIn(f"{source}:1: header <shlobj.h>: winmem lacks it", output)
            self.assertIn(f"{source}:3: header <sub/dbghelp.h>: winmem lacks it", output)
            self.assertIn(f"{source}:4: SymFunctionTableX", output)

    def test_a_source_that_does_not_compile(self):
        text = (
            "#include <windows.h>\nUNKNOWN_TYPE x;\n"
            "void f(void *p) { MapUserPhysicalPagesScatter(p, 1, 0); VirtualFree(p, 0, 0); }\n"
        )
        for source, output in self.with_each_compiler("broken", text):
            self.assertIn(f"{source}:3: MapUserPhysicalPagesScatter", output)
            self.assertIn(f"{source}:2: ", output)
            self.assertIn("UNKNOWN_TYPE", output)
            self.assertIn("does not compile yet", output)
            self.assertIn("uses 1 Windows function that winmem has", output)

    def test_a_missing_constant_beside_a_missing_function(self):
        text = "#include <windows.h>\nvoid f(void) {\n  MapUserPhysicalPages(NO_SUCH_CONSTANT);\n}\n"
        for source, output in self.with_each_compiler("constant", text):
            self.assertIn(f"{source}:3: MapUserPhysicalPages", output)
            self.assertRegex(output, rf"{source}:3: .*NO_SUCH_CONSTANT")

    def test_names_looked_up_at_run_time_are_noted(self):
        text = '#include <windows.h>\nvoid *f(HMODULE m) { return (void *)GetProcAddress(m, "NoSuchCall"); }\n'
        for source, output in self.with_each_compiler("lookup", text, lacking=False):
            self.assertIn(f'{source}:2: note: GetProcAddress finds no "NoSuchCall" in winmem', output)

    def test_64_bit_longs_are_pointed_out(self):
        text = (
            "#include <windows.h>\n#include <intrin.h>\nlong wide;\nLONG narrow;\nunsigned long bit;\nDWORD good;\n"
            "void f(void) {\n  InterlockedIncrement(&wide);\n  InterlockedIncrement(&narrow);\n"
            "  _BitScanForward(&bit, 4);\n  _BitScanForward(&good, 4);\n  InterlockedAdd64((LONG64 *)&wide, 1);\n}\n"
        )
        for source, output in self.with_each_compiler("longs", text, lacking=False):
            places = [line.split(": warning: ")[0] for line in output.splitlines() if "64-bit long" in line]
            self.assertEqual(places, [f"{source}:8", f"{source}:10"], output)

    def test_objects_are_read_too(self):
        self.write("o.c", "int MapUserPhysicalPagesScatter(); int f(void) { return MapUserPhysicalPagesScatter(); }")
        self.run_ok("gcc", "-c", "o.c")
        self.assertIn("o.o: MapUserPhysicalPagesScatter (kernel32.dll", self.explain(CC, "o.o", lacking=True))

    def test_no_source_is_said(self):
        status, output = self.run_any(CC, "--explain", "-O2")
        self.assertEqual(status, 2)
        self.assertIn("no source", output)


if __name__ == "__main__":
    unittest.main()
