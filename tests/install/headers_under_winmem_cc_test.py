"""The headers of libstdc++ and libc compile although _WIN32 is defined, with both compilers and all our options."""

import unittest

from installed import COMPILERS, PREFIX, InEmptyFolder

CXX = PREFIX / "bin" / "winmem-c++"


class LibraryHeaders(InEmptyFolder):
    def test_in_every_mode(self):
        self.take("library_headers.cpp")
        for cc, cxx in COMPILERS:
            for options in ([], ["--msvc", "--only-windows", "--wide"]):
                with self.subTest(compiler=cxx, options=options):
                    warnings = ("-Wall", "-Wextra", "-Werror", "-Wno-deprecated-declarations")
                    self.run_ok(CXX, *options, "-std=c++20", *warnings, "-fsyntax-only", "library_headers.cpp",
                                WINMEM_CC=cc, WINMEM_CXX=cxx)

    def test_a_program_that_uses_them_runs(self):
        self.take("library_headers.cpp")
        self.run_ok(CXX, "-std=c++20", "-w", "library_headers.cpp", "-pthread", "-o", "program")
        self.assertEqual(self.run_ok("./program"), "ok\n")


if __name__ == "__main__":
    unittest.main()
