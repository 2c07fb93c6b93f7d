"""The functions that include/ declares, as Doxygen understands them."""

import dataclasses
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from .as_doxygen_reads import HEADING

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "cmake"))
import make_exports  # noqa: E402

FILTER = pathlib.Path(__file__).with_name("as_doxygen_reads.py")

# What the compiler would know, and the words that say nothing to a reader.
PREDEFINED = """__GNUC__=12 __x86_64__ __LP64__ __SIZEOF_WCHAR_T__=4 _DEBUG WINBASEAPI= WINADVAPI= WINMEM_API= WINAPI=
NTAPI= NTSYSAPI= WINMEM_INLINE= WINMEM_BEGIN_C= WINMEM_END_C= "WINMEM_WIDE(x)=" "WINMEM_ASKS_ABOUT(x)="
"__attribute__(x)=" """

SETTINGS = """
INPUT = "{include}"
INPUT_FILTER = "python3 {filter}"
OUTPUT_DIRECTORY = "{output}"
PREDEFINED = {predefined}
FILE_PATTERNS = *.h
RECURSIVE = YES
STRIP_FROM_PATH = "{include}"
FULL_PATH_NAMES = YES
EXCLUDE_PATTERNS = */shield/*
GENERATE_HTML = NO
GENERATE_LATEX = NO
GENERATE_XML = YES
XML_PROGRAMLISTING = NO
QUIET = YES
WARN_IF_UNDOCUMENTED = NO
EXTRACT_ALL = YES
EXTRACT_STATIC = YES
MARKDOWN_SUPPORT = NO
AUTOLINK_SUPPORT = NO
MACRO_EXPANSION = YES
EXPAND_ONLY_PREDEF = YES
SEARCH_INCLUDES = NO
"""

OURS = re.compile(r"winmem_\w*_$|winmem__|winmem_memory_refused|errno_t_|DECL|WINMEM|winmem_(highest|lowest)_bit")
RULE = re.compile(r"\b([A-Z])(\d+)( to (?:[A-Z])?(\d+))?\b")
IN_BRACKETS = re.compile(r"\[([A-Z]\d[^\]]*)\]|\(([NVCEYHGSW]\d+(?:(?:, | to | and )[NVCEYHGSW]?\d+)*)\)")


class Unreadable(Exception):
    pass


@dataclasses.dataclass
class Function:
    name: str
    header: str        # as a program includes it
    section: str       # the heading above it in the header, or ""
    line: int
    declaration: str
    text: str          # its comment, or that of the declarations it stands with
    modules: list      # where GetProcAddress finds it
    exported: bool

    @property
    def rules(self):
        """The rules that its comment names, in their order: ranges written out."""
        found = []
        for brackets in IN_BRACKETS.finditer(self.text):
            for kind, first, _, last in RULE.findall(brackets.group(1) or brackets.group(2)):
                found += [f"{kind}{number}" for number in range(int(first), int(last or first) + 1)]
        return list(dict.fromkeys(found))


def exported_names(top):
    """Name -> modules; functions of malloc's family are in the program and not in a module."""
    tables = top / "src" / "exports"
    rows = {name: [] for name, _, _ in make_exports.read_malloc_names(tables / "malloc_names.tsv")}
    return rows | {name: modules for name, modules, _ in make_exports.read_names(tables / "names.tsv")}


def other_names(top):
    """Names that programs may use and that are no declared functions: macros, and malloc's family."""
    names = set(exported_names(top))
    for header in sorted((top / "include").rglob("*.h")):
        names |= set(re.findall(r"^ *# *define (\w+)", header.read_text(encoding="utf-8"), re.MULTILINE))
    return names


def _comment(member):
    """The text above a declaration; Doxygen makes a paragraph of each run of lines."""
    parts = member.find("detaileddescription").iter("para")
    return "\n\n".join(" ".join("".join(part.itertext()).split()) for part in parts)


class _Lines:
    """A header's own lines: its headings, and which declarations stand together under one comment."""

    def __init__(self, path):
        self.lines = path.read_text(encoding="utf-8").splitlines()

    def section(self, number):
        for line in reversed(self.lines[:number]):
            if heading := HEADING.match(line):
                return heading.group(1)
        return ""

    def paragraph(self, number):
        """The number of the first line of those without an empty one between them."""
        while number > 1 and self.lines[number - 2].strip():
            number -= 1
        return number


def _members(output):
    for path in sorted(pathlib.Path(output, "xml").glob("*.xml")):
        for member in ElementTree.parse(path).getroot().iter("memberdef"):
            called = member.get("kind") == "define" and member.find("param") is not None
            if member.get("kind") == "function" or called:
                yield member


def _declaration(member):
    if member.get("kind") == "define":
        parameters = ", ".join(parameter.findtext("defname") or "" for parameter in member.iter("param"))
        return f"#define {member.findtext('name')}({parameters})"
    text = member.findtext("definition") + member.findtext("argsstring")
    return re.sub(r" \*|\* ", "* ", text).replace("* *", "**").replace("* ,", "*,").replace("* )", "*)") + ";"


def read(top):
    """All functions that a program may call, in the order of headers and lines; a name once."""
    include = top / "include"
    with tempfile.TemporaryDirectory() as output:
        settings = SETTINGS.format(include=include, filter=FILTER, output=output,
                                   predefined=" ".join(PREDEFINED.split("\n")))
        try:
            subprocess.run(["doxygen", "-"], cwd=include, input=settings, text=True, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as problem:
            raise Unreadable(f"doxygen: {problem}") from problem
        found = [*_members(output)]

    exported = exported_names(top)
    lines, functions = {}, {}
    for member in found:
        name, place = member.findtext("name"), member.find("location")
        header = str((include / place.get("file")).relative_to(include))
        if OURS.match(name) or (member.get("kind") == "define" and not _comment(member)):
            continue
        number = int(place.get("line"))
        lines.setdefault(header, _Lines(include / header))
        function = Function(name, header, lines[header].section(number), number, _declaration(member),
                            _comment(member), exported.get(name, []), name in exported)
        known = functions.get(name)
        if known is None or (function.text and not known.text):
            functions[name] = function
    ordered = sorted(functions.values(), key=lambda function: (function.header, function.line))
    _share_comments(ordered, lines)
    return ordered


def _share_comments(functions, lines):
    """A comment is that of all declarations down to the next empty line."""
    texts = {}
    for function in functions:
        start = (function.header, lines[function.header].paragraph(function.line))
        if function.text:
            texts[start] = function.text
        else:
            function.text = texts.get(start, "")
