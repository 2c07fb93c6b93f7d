"""pkg-config, CMake and plain linking find and use an installed winmem, wherever it is moved to."""

import pathlib
import shutil
import unittest

from installed import BUILD, PREFIX, SOURCE, InEmptyFolder


def library_folder(prefix):
    return next(prefix.glob("lib/**/libwinmem.so")).parent


class Package(InEmptyFolder):
    def pkg_config(self, prefix, *what):
        folder = library_folder(prefix) / "pkgconfig"
        return self.run_ok("pkg-config", *what, "winmem", PKG_CONFIG_PATH=folder).split()

    def check_pkg_config(self, prefix):
        self.take("hello.c")
        words = self.pkg_config(prefix, "--cflags", "--libs")
        self.run_ok("gcc", "hello.c", "-Wall", "-Wextra", "-Werror", *words, "-o", "hello")
        self.assertEqual(self.run_ok("./hello", LD_LIBRARY_PATH=library_folder(prefix)), "ok\n")

    def test_pkg_config_builds_a_c_program(self):
        self.check_pkg_config(PREFIX)

    def test_pkg_config_gives_malloc_apart(self):
        self.take("malloc.c")
        folder = library_folder(PREFIX)
        for packages, answer in (["winmem"], "libc\n"), (["winmem-malloc", "winmem"], "100\n"):
            words = self.run_ok("pkg-config", "--cflags", "--libs", *packages, PKG_CONFIG_PATH=folder / "pkgconfig")
            self.run_ok("gcc", "malloc.c", "-Werror", *words.split(), "-o", "program")
            self.assertEqual(self.run_ok("./program", LD_LIBRARY_PATH=folder), answer)

    def test_pkg_config_knows_the_version(self):
        self.assertEqual(self.pkg_config(PREFIX, "--modversion"), ["0.1.0"])

    def test_the_installation_can_be_moved(self):
        moved = self.folder / "elsewhere"
        shutil.copytree(PREFIX, moved, symlinks=True)

        self.check_pkg_config(moved)
        self.run_ok(moved / "bin" / "winmem-cc", "hello.c", "-o", "again")
        self.assertEqual(self.run_ok("./again"), "ok\n")

    def test_a_cmake_project_in_c_finds_it(self):
        shutil.copy(pathlib.Path(__file__).parent / "consumer" / "CMakeLists.txt", self.folder)
        self.take("hello.c")
        self.take("malloc.c")

        self.run_ok("cmake", "-S", ".", "-B", "build", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={PREFIX}")
        self.run_ok("cmake", "--build", "build")

        self.assertEqual(self.run_ok("build/shared"), "ok\n")
        self.assertEqual(self.run_ok("build/static"), "ok\n")
        self.assertNotIn("winmem", self.run_ok("readelf", "-d", "build/static"))
        self.assertEqual(self.run_ok("build/malloc"), "100\n")
        self.assertEqual(self.run_ok("build/static_malloc"), "100\n")
        self.assertNotIn("winmem", self.run_ok("readelf", "-d", "build/static_malloc"))

    def test_the_archive_needs_libc_only(self):
        self.take("hello.c")
        flags = self.pkg_config(PREFIX, "--cflags")

        self.run_ok("gcc", "hello.c", *flags, library_folder(PREFIX) / "libwinmem.a", "-o", "hello")

        self.assertEqual(self.run_ok("./hello"), "ok\n")
        needed = [line for line in self.run_ok("readelf", "-d", "hello").splitlines() if "NEEDED" in line]
        names = {line.split("[")[1].rstrip("]") for line in needed}
        self.assertLessEqual(names, {"libc.so.6", "ld-linux-x86-64.so.2"})

    def test_the_archive_goes_into_a_shared_object(self):
        self.take("hello.c")
        flags = self.pkg_config(PREFIX, "--cflags")
        self.run_ok("gcc", "-shared", "-fPIC", "-Dmain=run", "hello.c", *flags,
                    library_folder(PREFIX) / "libwinmem.a", "-o", "libhello.so")
        self.write("call.c", "int run(void); int main(void) { return run(); }")

        self.run_ok("gcc", "call.c", "-L.", "-lhello", "-o", "call")

        self.assertEqual(self.run_ok("./call", LD_LIBRARY_PATH="."), "ok\n")

    def test_every_header_is_installed(self):
        ours = {path.relative_to(SOURCE / "include") for path in (SOURCE / "include").rglob("*") if path.is_file()}
        there = {path.relative_to(PREFIX / "include/winmem") for path in (PREFIX / "include/winmem").rglob("*")}
        self.assertEqual({path for path in ours if path.name != "README.md"} - there, set())

    def test_nothing_installed_names_the_build_or_the_source(self):
        for path in PREFIX.rglob("*"):
            if path.is_file() and path.suffix in (".cmake", ".pc", ".json", ".py", ".h", ".tsv", ""):
                text = path.read_text(encoding="utf-8", errors="replace")
                for folder in (BUILD, SOURCE):
                    self.assertNotIn(f"{folder}/", text, path)


if __name__ == "__main__":
    unittest.main()
