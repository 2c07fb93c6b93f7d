"""Reading source text: lines, and lines without comments and literals."""

import dataclasses
import pathlib
import re


@dataclasses.dataclass(frozen=True)
class Finding:
    path: pathlib.Path
    line: int  # 0 for the file as a whole
    text: str

    def __str__(self):
        place = f"{self.path}:{self.line}" if self.line else f"{self.path}"
        return f"{place}: {self.text}"


def text_of(path):
    return path.read_text(encoding="utf-8", errors="surrogateescape")


def lines_of(path):
    return text_of(path).splitlines()


_COMMENT_OR_LITERAL = re.compile(
    r"""//[^\n]* | /\*.*?\*/                               # comments
    | R"(?P<delimiter>[^()\s]*)\(.*?\)(?P=delimiter)"     # raw strings
    | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'           # strings and characters
    """,
    re.DOTALL | re.VERBOSE,
)


def code_only(path):
    """The lines of a C++ file with comments and literals blanked, so that line numbers stay."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])

    # 1'000 is a number, not a character.
    text = re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", "_", text_of(path))
    return _COMMENT_OR_LITERAL.sub(blank, text).splitlines()
