"""Each file by itself: lines of at most 120 columns, C and C++ in ASCII, a length that can be read in one sitting."""

from .source import Finding, lines_of, text_of

FOLDERS = ("src", "include", "tests", "bench", "examples", "tools", "script", "cmake")
CPP = frozenset((".h", ".hpp", ".c", ".cpp", ".inc"))
TEXT = CPP | {".S", ".py", ".cmake", ".in", ".map", ".sh"}
COLUMNS = 120
LONG = 400


def sources(top, suffixes):
    """The files of ours with these endings; scripts have none and are known by their first line."""
    for folder in FOLDERS:
        for path in sorted((top / folder).rglob("*")):
            if not path.is_file() or path.is_symlink() or "__pycache__" in path.parts:
                continue
            if path.suffix in suffixes or (path.suffix == "" and suffixes is TEXT and _is_text(path)):
                yield path


def _is_text(path):
    if path.name == "CMakeLists.txt":
        return True
    with open(path, "rb") as file:
        return file.read(2) == b"#!"


def check(top):
    findings = []
    for path in [*sources(top, TEXT), *sorted(top.glob("*/**/CMakeLists.txt")), top / "CMakeLists.txt"]:
        if not path.exists() or "build" in path.relative_to(top).parts[:1]:
            continue
        for number, line in enumerate(lines_of(path), start=1):
            if path.suffix in CPP and not line.isascii():
                findings.append(Finding(path, number, "not ASCII"))
            if len(line) > COLUMNS:
                findings.append(Finding(path, number, f"{len(line)} columns, {COLUMNS} are the limit"))
        if text_of(path) and not text_of(path).endswith("\n"):
            findings.append(Finding(path, 0, "does not end in a newline"))
    return findings


def long_files(top):
    """A report, not a failure: a table may be long, a concept is rarely."""
    for path in sources(top, TEXT):
        count = len(lines_of(path))
        if count > LONG:
            yield Finding(path, 0, f"{count} lines: is it still one concept?")
