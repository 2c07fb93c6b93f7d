#!/usr/bin/env python3
"""Compiles winmem's headers in all the ways that programs include them, with every warning an error.

Checks:
  alone        each header by itself and twice, in C11 to C++20, with each compiler
  pairs        each header before each other one
  orders       each header before all others
  modes        the macros that programs set: UNICODE, NO_STRICT, WIN32_LEAN_AND_MEAN, winmem-cc's _WIN32 and the like
  neighbours   before and after the system's own headers
  macros       what including windows.h defines in lower case
  symbols      the names that a program's object files ask the library for
  must_compile the sources in must_compile/
  must_fail    the sources in must_fail/: each compiles as it is, and with -DWRONG fails with the message it names

Every compilation is of one small source from standard input, so a check is a list of (name, compiler, flags, text).
"""

import argparse
import concurrent.futures
import itertools
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
C_STANDARDS = ["c11", "c17"]
CXX_STANDARDS = ["c++11", "c++14", "c++17", "c++20"]

# winmem-cc's flags, as far as headers can see them. The shield keeps the compiler's own headers from taking _WIN32 for
# Windows.
WINDOWS_MACROS = ["-D_WIN32", "-DWIN32", "-D_WIN64", "-D_M_X64=100", "-D_M_AMD64=100", "-include", "winmem_compat.h",
                  "-isystem", "{include}/shield"]

LANGUAGES = {".c": "c", ".cpp": "c++"}

SYSTEM_HEADERS = {
    "c": ["assert.h", "errno.h", "inttypes.h", "limits.h", "math.h", "pthread.h", "signal.h", "stdatomic.h", "stdio.h",
          "stdlib.h", "string.h", "sys/mman.h", "sys/types.h", "time.h", "ucontext.h", "unistd.h", "wchar.h"],
    "c++": ["algorithm", "atomic", "chrono", "functional", "iostream", "limits", "map", "memory", "mutex", "random",
            "string", "thread", "vector", "csignal", "cstdlib", "sys/mman.h", "unistd.h"],
}


class Compiler:
    """One compiler for one language."""

    def __init__(self, program, language):
        self.program, self.language = program, language
        self.name = pathlib.Path(program).name

    def standards(self):
        return C_STANDARDS if self.language == "c" else CXX_STANDARDS

    def run(self, flags, text, include):
        flags = [flag.replace("{include}", str(include)) for flag in flags]
        command = [self.program, "-x", self.language, "-fsyntax-only", f"-I{include}", *flags, "-"]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def includes(*headers):
    # A declaration of our own keeps pedantic C compilers from complaining of an empty source.
    return "".join(f"#include <{header}>\n" for header in headers) + "typedef int not_empty;\n"


def gnu(standard):
    return standard.replace("c", "gnu", 1)


def alone(compilers, headers):
    for compiler, header in itertools.product(compilers, headers):
        for standard in compiler.standards():
            yield f"{header} {standard}", compiler, [f"-std={standard}", *WARNINGS], includes(header, header)


def public(headers):
    """The headers that programs include, each once: those that only spell another's name otherwise are left out."""
    return [header for header in headers if not header.startswith("winmem_") and header == header.lower()]


def pairs(compilers, headers):
    # What could clash are definitions: that depends on the language, and hardly on its edition or the compiler. One
    # order of a pair is tried in C and the other in C++; `orders` has both orders in both.
    chosen = {compiler.language: compiler for compiler in reversed(compilers)}
    for first, second in itertools.permutations(public(headers), 2):
        language, standard = ("c", "c17") if first < second else ("c++", "c++17")
        flags = [f"-std={standard}", *WARNINGS]
        yield f"{first}, {second} {standard}", chosen[language], flags, includes(first, second)


def orders(compilers, headers):
    chosen = {compiler.language: compiler for compiler in reversed(compilers)}
    for first in public(headers):
        for language, standard in (("c", "c17"), ("c++", "c++17")):
            others = [header for header in public(headers) if header != first]
            text = includes(first, *reversed(others))
            yield f"{first} before all {standard}", chosen[language], [f"-std={standard}", *WARNINGS], text


def modes(compilers, headers):
    modes_of = {
        "UNICODE": ["-DUNICODE", "-D_UNICODE"],
        "NO_STRICT": ["-DNO_STRICT"],
        "lean": ["-DWIN32_LEAN_AND_MEAN", "-DNOMINMAX"],
        "windows 7": ["-D_WIN32_WINNT=0x0601"],
        "short wchar_t": ["-fshort-wchar"],
        "winmem-cc": WINDOWS_MACROS,
        "optimised": ["-O2"],
    }
    every = includes(*headers)
    light = includes(*(header for header in headers if header != "intrin.h"))  # which takes longer than all the others
    status = "#define WIN32_NO_STATUS\n#include <windows.h>\n#undef WIN32_NO_STATUS\n#include <ntstatus.h>\n" + light
    in_extern_c = 'extern "C" {\n' + every + "}\n"
    for compiler in compilers:
        oldest, newest = compiler.standards()[0], compiler.standards()[-1]
        for name, more in modes_of.items():
            text = every if name in ("winmem-cc", "optimised") else light
            yield f"{name} {newest}", compiler, [f"-std={newest}", *WARNINGS, *more], text
        for standard in (oldest, newest):
            flags = [f"-std={standard}", *WARNINGS]
            yield f"ntstatus.h after windows.h {standard}", compiler, flags, status
            yield f"GNU {standard}", compiler, [f"-std={gnu(standard)}", *WARNINGS], light
        if compiler.language == "c++":
            yield f'inside extern "C" {oldest}', compiler, [f"-std={oldest}", *WARNINGS], in_extern_c


def neighbours(compilers, headers):
    for compiler in compilers:
        standard = compiler.standards()[-1]
        system = SYSTEM_HEADERS[compiler.language]
        for name, more in ("", []), (" with winmem-cc's macros", WINDOWS_MACROS):
            flags = [f"-std={gnu(standard)}", *WARNINGS, *more]
            yield f"after the system's{name}", compiler, flags, includes(*system, *headers)
            yield f"before the system's{name}", compiler, flags, includes(*headers, *system)


def must_compile(compilers, _):
    for path in sorted((HERE / "must_compile").iterdir()):
        for compiler in compilers:
            if LANGUAGES[path.suffix] != compiler.language:
                continue
            for standard in compiler.standards():
                yield f"{path.name} {standard}", compiler, [f"-std={standard}", *WARNINGS], path.read_text("utf-8")


def run_all(jobs, include):
    """Runs the compilations, two at a time; prints those that fail; returns how many there were and how many failed."""
    count = failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        running = [(name, compiler, pool.submit(compiler.run, flags, text, include))
                   for name, compiler, flags, text in jobs]
        for name, compiler, future in running:
            count += 1
            if future.result().returncode != 0:
                failed += 1
                print(f"FAILED {name}, {compiler.name}:")
                print("\n".join("  " + line for line in future.result().stderr.splitlines()[:12]))
    return count, failed


def must_fail(compilers, include):
    """A source must compile, and with -DWRONG fail with one of the messages in its lines `// ERROR: <expression>`."""
    count = failed = 0
    for path in sorted((HERE / "must_fail").iterdir()):
        text = path.read_text("utf-8")
        expected = re.findall(r"// ERROR: (.*)", text)
        for compiler in compilers:
            if LANGUAGES[path.suffix] != compiler.language:
                continue
            flags = [f"-std={compiler.standards()[0]}", *WARNINGS]
            right, wrong = compiler.run(flags, text, include), compiler.run([*flags, "-DWRONG"], text, include)
            count += 1
            if right.returncode != 0:
                complaint = "does not compile without -DWRONG:\n" + right.stderr
            elif wrong.returncode == 0:
                complaint = "compiles with -DWRONG"
            elif not any(re.search(expression, wrong.stderr) for expression in expected):
                complaint = "fails with another message:\n" + wrong.stderr
            else:
                continue
            failed += 1
            print(f"FAILED {path.name}, {compiler.name}: {complaint}")
    return count, failed


def macros(compilers, include):
    """Lower-case macros are the worst neighbours: those that the SDK has are known, and no others may come."""
    old = {"far", "near", "pascal", "cdecl"}
    failed = count = 0
    for compiler in compilers:
        def defined(text, flags):
            command = [compiler.program, "-x", compiler.language, "-E", "-dM", f"-I{include}", *flags, "-"]
            output = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
            return {match[1] for match in re.finditer(r"#define (\w+)", output)}

        system = defined(includes("ctype.h", "stdarg.h", "stddef.h", "string.h"), [])
        minmax = set() if compiler.language == "c++" else {"min", "max"}
        for flags, allowed in ([], old | minmax), (["-DWIN32_LEAN_AND_MEAN", "-DNOMINMAX"], old):
            count += 1
            ours = defined(includes("windows.h"), flags) - system
            lower = {name for name in ours if re.match(r"[a-z]", name)}
            systems = {name for name in ours if re.match(r"_*(WIN32|WIN64|M_X64|MSC_VER|MSVC)$", name.upper())}
            if lower != allowed or systems:
                failed += 1
                print(f"FAILED {compiler.name} {flags}: lower-case macros {sorted(lower)}, expected {sorted(allowed)}; "
                      f"macros that name the system {sorted(systems)}, expected none")
    return count, failed


SYMBOLS_SOURCE = """
#include <windows.h>
#include <winternl.h>
void* functions[] = {(void*)GetModuleHandleW, (void*)GetModuleHandleA, (void*)VirtualAlloc, (void*)NtFreeVirtualMemory};
"""


def symbols(compilers, include):
    """Wide functions are bound to the twin for the program's wchar_t; core_names.h can rename the others by macros."""
    core_names = ["-DVirtualAlloc=winmem_VirtualAlloc", "-DGetModuleHandleA=winmem_GetModuleHandleA"]
    expected = [
        ([], {"GetModuleHandleW_utf32", "GetModuleHandleA", "VirtualAlloc", "NtFreeVirtualMemory"}),
        (["-fshort-wchar"], {"GetModuleHandleW", "GetModuleHandleA", "VirtualAlloc", "NtFreeVirtualMemory"}),
        (core_names, {"GetModuleHandleW_utf32", "winmem_GetModuleHandleA", "winmem_VirtualAlloc",
                      "NtFreeVirtualMemory"}),
    ]
    count = failed = 0
    for compiler, (flags, names) in itertools.product(compilers, expected):
        count += 1
        with tempfile.TemporaryDirectory() as folder:
            output = pathlib.Path(folder) / "object.o"
            command = [compiler.program, "-x", compiler.language, "-c", f"-I{include}", *flags, "-", "-o", str(output)]
            subprocess.run(command, input=SYMBOLS_SOURCE, text=True, check=True)
            listing = subprocess.run(["nm", "-u", str(output)], capture_output=True, text=True, check=True).stdout
        asked = {line.split()[-1] for line in listing.splitlines()}
        if asked != names:
            failed += 1
            print(f"FAILED {compiler.name} {flags}: asks for {sorted(asked)}, expected {sorted(names)}")
    return count, failed


def main():
    checks = {"alone": alone, "pairs": pairs, "orders": orders, "modes": modes, "neighbours": neighbours,
              "must_compile": must_compile}
    other_checks = {"must_fail": must_fail, "macros": macros, "symbols": symbols}
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("check", choices=[*checks, *other_checks])
    parser.add_argument("--include", type=pathlib.Path, required=True)
    parser.add_argument("--c", action="append", default=[], help="a C compiler (may be repeated)")
    parser.add_argument("--cxx", action="append", default=[], help="a C++ compiler (may be repeated)")
    arguments = parser.parse_args()

    compilers = [Compiler(program, "c") for program in arguments.c]
    compilers += [Compiler(program, "c++") for program in arguments.cxx]
    if arguments.check in checks:
        headers = sorted(path.name for path in arguments.include.glob("*.h"))
        count, failed = run_all(checks[arguments.check](compilers, headers), arguments.include)
    else:
        count, failed = other_checks[arguments.check](compilers, arguments.include)
    print(f"{arguments.check}: {count} compilations, {failed} failed")
    sys.exit(failed != 0 or count == 0)


if __name__ == "__main__":
    main()
