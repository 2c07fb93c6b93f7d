"""The compiler's command line: what winmem-cc adds to the user's, and where.

Order matters. Our defines come first, so that the user's -U wins. Our headers are system headers: behind the user's own
directories, ahead of the system's (which they wrap), and without warnings. Our libraries come last, behind everything
that needs them.
"""

import dataclasses
import json
import os
import shlex

from . import arguments

DEFINES = ("_WIN32", "WIN32", "_M_X64=100", "_M_AMD64=100")

# What gcc and clang define for Linux; sources test them before _WIN32.
LINUX_MACROS = "__linux__ __linux linux __gnu_linux__ __unix__ __unix unix".split()

# Where the loader looks anyway.
LOADER_DIRECTORIES = frozenset(
    "/lib /usr/lib /lib64 /usr/lib64 /lib/x86_64-linux-gnu /usr/lib/x86_64-linux-gnu "
    "/usr/local/lib /usr/local/lib/x86_64-linux-gnu".split()
)


class Broken(Exception):
    """winmem's installation or the environment is not usable."""


@dataclasses.dataclass
class Paths:
    include: str
    lib: str

    @staticmethod
    def read(share):
        """paths.json is written by the build; relative paths count from its folder, so an installation can be moved."""
        try:
            with open(os.path.join(share, "paths.json"), encoding="utf-8") as file:
                found = json.load(file)
            return Paths(*(os.path.normpath(os.path.join(share, found[key])) for key in ("include", "lib")))
        except (OSError, ValueError, KeyError) as error:
            raise Broken(f"winmem is not installed completely: {share}/paths.json: {error}") from error


class Command:
    def __init__(self, language, own, passed, paths):
        self.language = language
        self.own = own
        self.passed = passed
        self.paths = paths
        self.shape = arguments.shape(passed)

    def compiler(self):
        variable, default = ("WINMEM_CXX", "g++") if self.language == "c++" else ("WINMEM_CC", "gcc")
        words = shlex.split(os.environ.get(variable, ""))
        return words or [default]

    def defines(self):
        flags = [f"-D{name}" for name in DEFINES]
        if self.own.win64:
            flags.append("-D_WIN64")
        if self.own.msc_ver:
            flags.append(f"-D_MSC_VER={self.own.msc_ver}")
        if self.own.only_windows:
            flags += [f"-U{name}" for name in LINUX_MACROS]
        if self.own.wide:
            flags.append("-fshort-wchar")
        # `#pragma comment(lib, ...)` and `#pragma warning` mean something to Microsoft's compiler only.
        flags.append("-Wno-unknown-pragmas")
        return flags

    def headers(self):
        include = self.paths.include
        # shield/: headers of the compiler that would take _WIN32 for a sign that they are on Windows.
        return [
            *("-include", os.path.join(include, "winmem_compat.h")),
            *("-isystem", os.path.join(include, "shield")),
            *("-isystem", include),
        ]

    def libraries(self):
        lib = self.paths.lib
        malloc = not self.own.libc_malloc and not self.shape.shared and not self.shape.sanitized
        if self.shape.static:
            # -u: also where nothing but libraries behind ours uses malloc.
            return [f"-L{lib}", *(["-Wl,-u,malloc", "-lwinmem-malloc"] if malloc else []), "-lwinmem"]
        rpath = [] if lib in LOADER_DIRECTORIES else [f"-Wl,-rpath,{lib}"]
        kept = ["-Wl,--push-state,--no-as-needed", "-lwinmem-malloc", "-Wl,--pop-state"] if malloc else []
        return [f"-L{lib}", *rpath, *kept, "-lwinmem", "-lwinmem-core"]

    def line(self):
        words = self.compiler()
        if self.shape.sources:
            words += self.defines()
        words += self.passed
        if self.shape.sources:
            words += self.headers()
        if self.shape.links and not self.shape.own_libraries:
            if self.shape.language:
                words += ["-x", "none"]  # the user's -x must not make sources of our libraries
            words += self.libraries()
        return words
