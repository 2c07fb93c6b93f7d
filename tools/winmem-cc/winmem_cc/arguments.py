"""winmem-cc's own options, and what it must know of the compiler's to place its own additions."""

import dataclasses
import difflib
import os
import re
import shlex

FLAGS = ("--no-win64", "--only-windows", "--wide", "--libc-malloc", "--explain", "--help")
OPTIONS = FLAGS + ("--msvc",)
DEFAULT_MSC_VER = "1929"

# Options of gcc and clang whose value is the next argument.
TAKES_VALUE = frozenset(
    "-o -I -D -U -A -B -L -l -T -u -x -z -e "
    "-include -imacros -isystem -iquote -idirafter -iprefix -iwithprefix -iwithprefixbefore -isysroot -imultilib "
    "-MF -MT -MQ -MJ -Xlinker -Xassembler -Xpreprocessor -Xclang -Xanalyzer -mllvm -target -arch -wrapper -aux-info "
    "-dumpbase -dumpbase-ext -dumpdir --param --sysroot --target --include --output --language".split()
)

# With one of these the compiler stops before the linker.
STOPS = frozenset("-c -S -E -M -MM -fsyntax-only --compile --assemble --preprocess".split())

# What gcc compiles; any other file is the linker's.
SOURCES = frozenset(
    ".c .i .ii .cc .cp .cxx .cpp .CPP .c++ .C .h .hh .H .hp .hxx .hpp .HPP .h++ .tcc .s .S .sx .m .mm".split()
)


class Wrong(Exception):
    """The command line says something that cannot be meant."""


@dataclasses.dataclass
class Own:
    win64: bool = True
    only_windows: bool = False
    msc_ver: str = ""
    wide: bool = False
    libc_malloc: bool = False
    explain: bool = False
    help: bool = False


def separate(args):
    """Our options, and the rest in its order. The value of an option of the compiler is never taken for one of ours."""
    own, passed = Own(), []
    rest = iter(args)
    for arg in rest:
        if arg in TAKES_VALUE:
            passed.append(arg)
            passed += [value for value in [next(rest, None)] if value is not None]
            continue
        name, equals, value = arg.partition("=")
        if arg.startswith("--help="):  # the compiler's
            passed.append(arg)
        elif name in FLAGS and equals:
            raise Wrong(f"{name} takes no value")
        elif name == "--msvc":
            if equals and not value.isdigit():
                raise Wrong(f"--msvc={value}: the value is a number such as {DEFAULT_MSC_VER}, as _MSC_VER has it")
            own.msc_ver = value or DEFAULT_MSC_VER
        elif arg == "--no-win64":
            own.win64 = False
        elif arg == "--only-windows":
            own.only_windows = True
        elif arg == "--wide":
            own.wide = True
        elif arg == "--explain":
            own.explain = True
        elif arg == "--help":
            own.help = True
        elif arg == "--libc-malloc":
            own.libc_malloc = True
        else:
            _refuse_misspelt(arg, name)
            passed.append(arg)
    return own, passed


def _refuse_misspelt(arg, name):
    """What looks like one of ours gets our message; any other unknown --option is for the compiler to refuse."""
    if not arg.startswith("--"):
        return
    near = difflib.get_close_matches(name, OPTIONS, n=1, cutoff=0.75)
    if near:
        raise Wrong(f"unknown option {arg}; did you mean {near[0]}? (--help lists winmem's options)")


@dataclasses.dataclass
class Shape:
    """What a compiler's command line asks for."""

    sources: list
    objects: list
    links: bool
    static: bool
    shared: bool  # a library comes out, whose program decides about malloc
    sanitized: bool  # the sanitizer's run-time brings a malloc of its own
    own_libraries: bool  # the user brings all libraries himself
    language: str  # of -x, as it stands at the end; empty when file names decide


def shape(args):
    result = Shape(
        sources=[], objects=[], links=True, static=False, shared=False, sanitized=False, own_libraries=False,
        language="",
    )
    rest = iter(expand_response_files(args))
    for arg in rest:
        if arg == "-x":
            result.language = next(rest, "")
        elif arg.startswith("-x") and len(arg) > 2:
            result.language = arg[2:]
        elif arg in TAKES_VALUE:
            next(rest, None)
        elif arg in STOPS:
            result.links = False
        elif arg in ("-static", "--static", "-static-pie"):
            result.static = True
        elif re.match(r"-fsanitize=.*(address|thread|memory|leak)", arg):
            result.sanitized = True
        elif arg in ("-shared", "--shared"):
            result.shared = True
        elif arg in ("-nostdlib", "-nodefaultlibs", "-r"):
            result.own_libraries = True
        elif arg == "-" or not arg.startswith("-"):
            is_source = result.language or os.path.splitext(arg)[1] in SOURCES
            (result.sources if is_source else result.objects).append(arg)
        if result.language == "none":
            result.language = ""
    if not result.sources and not result.objects:
        result.links = False  # --version, -print-search-dirs ...
    return result


def expand_response_files(args, depth=0):
    """@file stands for the arguments in it, as in gcc. An unreadable one is an ordinary argument."""
    for arg in args:
        if arg.startswith("@") and depth < 10:
            try:
                with open(arg[1:], encoding="utf-8", errors="surrogateescape") as file:
                    inner = shlex.split(file.read())
            except (OSError, ValueError):
                yield arg
                continue
            yield from expand_response_files(inner, depth + 1)
        else:
            yield arg
