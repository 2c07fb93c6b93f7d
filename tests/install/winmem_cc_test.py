"""winmem-cc and winmem-c++: what they define, and that they pass everything else through."""

import os
import unittest

from installed import COMPILERS, PREFIX, InEmptyFolder

CC = PREFIX / "bin" / "winmem-cc"
CXX = PREFIX / "bin" / "winmem-c++"


class Wrapper(InEmptyFolder):
    def macros(self, *options):
        """Every macro that a source sees with these options."""
        lines = self.run_ok(CC, *options, "-dM", "-E", "-x", "c", os.devnull).splitlines()
        return {words[1]: " ".join(words[2:]) for words in (line.split() for line in lines)}

    # ---- what is defined ----

    def test_windows_on_x64_is_defined(self):
        macros = self.macros()
        for name in ("_WIN32", "WIN32", "_WIN64"):
            self.assertEqual(macros.get(name), "1", name)
        for name in ("_M_X64", "_M_AMD64"):
            self.assertEqual(macros.get(name), "100", name)
        for name in ("_MSC_VER", "__try", "__except", "__MINGW32__"):
            self.assertNotIn(name, macros)
        self.assertIn("__linux__", macros)

    def test_no_win64_leaves_the_others(self):
        macros = self.macros("--no-win64")
        self.assertNotIn("_WIN64", macros)
        self.assertIn("_WIN32", macros)
        self.assertIn("_M_X64", macros)

    def test_only_windows_hides_linux(self):
        macros = self.macros("--only-windows")
        for name in ("__linux__", "__linux", "linux", "__gnu_linux__", "__unix__", "__unix", "unix"):
            self.assertNotIn(name, macros)

    def test_msvc_defines_its_version(self):
        self.assertEqual(self.macros("--msvc")["_MSC_VER"], "1929")
        self.assertEqual(self.macros("--msvc=1600")["_MSC_VER"], "1600")

    def test_wide_makes_wchar_t_16_bits(self):
        self.assertEqual(self.macros("--wide")["__SIZEOF_WCHAR_T__"], "2")
        self.assertEqual(self.macros()["__SIZEOF_WCHAR_T__"], "4")

    def test_the_user_has_the_last_word(self):
        self.assertNotIn("WIN32", self.macros("-UWIN32"))

    # ---- programs, with each compiler ----

    def test_programs_build_and_run(self):
        self.take("hello.c")
        self.take("hello.cpp")
        for cc, cxx in COMPILERS:
            for wrapper, source, standard in ((CC, "hello.c", "c11"), (CXX, "hello.cpp", "c++17")):
                for options in ([], ["-O2", "-static"], ["--libc-malloc", "-pthread"]):
                    with self.subTest(compiler=cc, source=source, options=options):
                        self.run_ok(wrapper, *options, f"-std={standard}", "-Wall", "-Wextra", "-Werror", source,
                                    "-o", "program", WINMEM_CC=cc, WINMEM_CXX=cxx)
                        self.assertEqual(self.run_ok("./program"), "ok\n")

    def test_malloc_is_on_the_process_heap_unless_told_otherwise(self):
        self.take("malloc.c")
        self.take("new.cpp")
        for cc, cxx in COMPILERS:
            for wrapper, source, standard in ((CC, "malloc.c", "c11"), (CXX, "new.cpp", "c++17")):
                for options, answer in (([], "100\n"), (["-static"], "100\n"), (["-O2", "-Wl,--as-needed"], "100\n"),
                                        (["--libc-malloc"], "libc\n"), (["--libc-malloc", "-static"], "libc\n")):
                    with self.subTest(compiler=cc, source=source, options=options):
                        self.run_ok(wrapper, *options, f"-std={standard}", "-Wall", "-Wextra", "-Werror", source,
                                    "-o", "program", WINMEM_CC=cc, WINMEM_CXX=cxx)
                        self.assertEqual(self.run_ok("./program"), answer)

    def test_a_shared_object_leaves_malloc_to_its_program(self):
        self.take("malloc.c")
        self.run_ok(CC, "-shared", "-fPIC", "malloc.c", "-o", "libm.so")
        self.assertNotIn("winmem-malloc", self.run_ok("readelf", "-d", "libm.so"))

    def test_wide_functions_fit_either_wchar_t(self):
        self.take("wide.c")
        for cc, cxx in COMPILERS:
            for options, width in (([], 4), (["--wide"], 2)):
                with self.subTest(compiler=cc, width=width):
                    self.run_ok(CC, *options, f"-DWIDTH={width}", "wide.c", "-o", "wide", WINMEM_CC=cc, WINMEM_CXX=cxx)
                    self.assertEqual(self.run_ok("./wide"), "ok\n")

    def test_keywords_of_microsofts_compiler(self):
        self.take("keywords.c")
        for cc, cxx in COMPILERS:
            for wrapper, language in ((CC, "c"), (CXX, "c++")):
                with self.subTest(compiler=cc, language=language):
                    self.run_ok(wrapper, "-x", language, "-Wall", "-Wextra", "-Werror", "-c", "keywords.c", "-o", "k.o",
                                WINMEM_CC=cc, WINMEM_CXX=cxx)

    def test_an_unknown_declspec_is_an_error(self):
        self.write("odd.c", "__declspec(property(get = x)) int y;")
        status, output = self.run_any(CC, "-c", "odd.c")
        self.assertNotEqual(status, 0)
        self.assertIn("WINMEM_DECLSPEC_property", output)

    # ---- every way to call a compiler ----

    def test_separate_compilation_and_linking(self):
        self.take("hello.c")
        self.write("empty.c", "int nothing;")
        for cc, _ in COMPILERS:
            with self.subTest(compiler=cc):
                self.run_ok(CC, "-Werror", "-c", "hello.c", "empty.c", WINMEM_CC=cc)
                output = self.run_ok(CC, "-Werror", "hello.o", "empty.o", "-o", "hello", WINMEM_CC=cc)
                self.assertEqual(output, "")
                self.assertEqual(self.run_ok("./hello"), "ok\n")

    def test_several_sources_at_once(self):
        self.write("main.c", "int one(void); int main(void) { return one() - 1; }")
        self.write("one.c", '#include <windows.h>\nint one(void) { SetLastError(1); return (int)GetLastError(); }')
        self.run_ok(CC, "main.c", "one.c", "-o", "both")
        self.run_ok("./both")

    def test_a_response_file(self):
        self.take("hello.c")
        self.write("arguments", "-c hello.c\n-o from_file.o")
        self.run_ok(CC, "@arguments")
        self.assertTrue((self.folder / "from_file.o").exists())

    def test_dependencies_name_the_users_files(self):
        self.write("local.h", "")
        self.write("uses.c", '#include "local.h"\n#include <windows.h>\n')
        self.assertIn("local.h", self.run_ok(CC, "-MM", "uses.c"))

    def test_preprocessing_and_assembly(self):
        self.write("asm.S", ".globl nothing\nnothing: ret\n")
        self.write("plain.c", "__int64 x;")
        self.assertIn("long x;", self.run_ok(CC, "-E", "plain.c"))
        self.run_ok(CC, "-S", "plain.c", "-o", "plain.s")
        self.run_ok(CC, "-c", "asm.S", "plain.s")

    def test_a_shared_object(self):
        self.take("hello.c")
        self.run_ok(CC, "-shared", "-fPIC", "hello.c", "-o", "libhello.so")
        self.assertIn("libwinmem.so.0", self.run_ok("readelf", "-d", "libhello.so"))

    def test_the_users_headers_come_first(self):
        self.write("mine/windows.h", "#define MINE 1\n")
        self.write("first.c", "#include <windows.h>\n#if !MINE\n#error not mine\n#endif\n")
        self.run_ok(CC, "-Imine", "-c", "first.c")

    def test_questions_to_the_compiler_pass_through(self):
        self.assertIn("gcc", self.run_ok(CC, "--version").lower())
        self.assertIn("x86_64", self.run_ok(CC, "-dumpmachine"))

    def test_the_compiler_may_be_several_words(self):
        self.take("hello.c")
        self.run_ok(CC, "hello.c", "-o", "hello", WINMEM_CC="env gcc")
        self.assertEqual(self.run_ok("./hello"), "ok\n")

    def test_it_may_be_called_through_a_link(self):
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "winmem-c++").symlink_to(CXX)
        self.write("only.cpp", "namespace is { int this_cplusplus = __cplusplus; }")
        self.run_ok("bin/winmem-c++", "-x", "c++", "-c", "only.cpp")
        self.assertIn("g++", self.run_ok("bin/winmem-c++", "--version"))

    def test_cmake_takes_it_for_a_compiler(self):
        self.take("hello.c")
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(p C)\nadd_executable(p hello.c)\n")
        self.run_ok("cmake", "-G", "Ninja", "-B", "build", f"-DCMAKE_C_COMPILER={CC}")
        self.run_ok("cmake", "--build", "build")
        self.assertEqual(self.run_ok("build/p"), "ok\n")

    # ---- what it refuses ----

    def test_misspelt_options_get_a_hint(self):
        hints = {"--no-win32": "--no-win64", "--explian": "--explain", "--only-window": "--only-windows"}
        for wrong, right in hints.items():
            status, output = self.run_any(CC, wrong, "-c", "x.c")
            self.assertEqual(status, 1)
            self.assertIn(f"did you mean {right}?", output)

    def test_values_are_checked(self):
        self.assertEqual(self.run_any(CC, "--wide=yes", "x.c")[0], 1)
        status, output = self.run_any(CC, "--msvc=new", "x.c")
        self.assertEqual((status, "_MSC_VER" in output), (1, True))

    def test_other_unknown_options_are_the_compilers_to_refuse(self):
        self.write("plain.c", "int x;")
        status, output = self.run_any(CC, "--frobnicate", "-c", "plain.c")
        self.assertNotEqual(status, 0)
        self.assertIn("frobnicate", output)

    def test_a_missing_compiler_is_named(self):
        status, output = self.run_any(CC, "-c", "x.c", WINMEM_CC="no-such-compiler")
        self.assertEqual(status, 127)
        self.assertIn("no-such-compiler", output)

    def test_help(self):
        self.assertIn("--only-windows", self.run_ok(CC, "--help"))


if __name__ == "__main__":
    unittest.main()
