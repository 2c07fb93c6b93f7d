"""--explain: which Windows functions the sources use that winmem lacks, and where a 64-bit long meets a 32-bit LONG.

Each source is compiled for its diagnostics only. If it compiles, its object file knows best which functions it calls.
If it does not, the list comes from the compiler's "undeclared" messages and from the words of the preprocessed source.
A header that winmem lacks must not end the search, so an empty one takes its place and the source is compiled again.
"""

import os
import re
import subprocess
import tempfile

from .arguments import STOPS, TAKES_VALUE, expand_response_files
from .diagnostics import DIAGNOSTIC, called_names, looked_up_names, missing_header, undeclared_name, undeclared_names
from .inventory import Inventory

# Arguments that say where output goes or what is linked. The analysis has its own.
DROPPED_WITH_VALUE = frozenset("-o -MF -MT -MQ -MJ -l -L -T -u -z -e -Xlinker".split())
DROPPED = re.compile(r"-(l.|L.|o.|Wl,|M[MDGP]|Werror|pedantic-errors|save-temps|pipe$|shared$|static)|--coverage")

MAX_MISSING_HEADERS = 200


def report(command, share):
    """Prints what is found, file by file; 1 when something is lacking or a source does not compile, 2 without files."""
    inventory = Inventory(share)
    if not command.shape.sources and not command.shape.objects:
        print("--explain: no source or object file is named")
        return 2
    lacking = False
    with tempfile.TemporaryDirectory(prefix="winmem-explain-") as folder:
        for source in command.shape.sources:
            lacking |= Source(command, source, inventory, folder).report()
        for path in command.shape.objects:
            if path.endswith((".o", ".obj", ".a")):
                lacking |= report_object(path, inventory)
    return 1 if lacking else 0


def report_object(path, inventory):
    used = undefined_symbols(path)
    if used is None:
        print(f"{path}: nm cannot read it")
        return True
    missing = sorted(name for name in used if inventory.lacks(name))
    for name in missing:
        print(f"{path}: {name} ({inventory.describe(name)}): winmem lacks it")
    summarise(path, [name for name in used if inventory.has(name)], missing)
    return bool(missing)


def undefined_symbols(path):
    result = subprocess.run(["nm", "-u", path], capture_output=True, text=True, errors="replace", check=False)
    if result.returncode != 0:
        return None
    return {line.split()[-1] for line in result.stdout.splitlines() if re.match(r"\s+[Uw] ", line)}


def summarise(path, present, missing):
    print(f"{path}: uses {count(present, 'Windows function')} that winmem has, lacks {count(missing, 'other')}")


def count(names, noun):
    plural = "s" if len(names) != 1 else ""
    return f"{len(names)} {noun}{plural}"


class Source:
    """One source file under analysis."""

    def __init__(self, command, path, inventory, folder):
        self.path = path
        self.inventory = inventory
        self.stubs = os.path.join(folder, "stubs")
        self.object = os.path.join(folder, "object.o")
        self.include = command.paths.include + os.sep
        self.missing_headers = []
        language = ["-x", command.shape.language] if command.shape.language else []
        compiler = command.compiler()
        self.line = [
            *(*compiler, *command.defines(), *plain_options(command.passed, command.shape.sources)),
            *(*command.headers(), "-idirafter", self.stubs, *all_errors(compiler)),
            *(*language, path),
        ]

    def run(self, *extra):
        environment = {**os.environ, "LC_ALL": "C"}
        result = subprocess.run(
            [*self.line, *extra], capture_output=True, text=True, errors="replace", env=environment, check=False
        )
        return result.returncode == 0, result.stdout, result.stderr

    def compile(self):
        """Compiles until no header is missing. Returns whether it compiled, and the diagnostics."""
        for _ in range(MAX_MISSING_HEADERS):
            compiled, _, messages = self.run("-c", "-O0", "-o", self.object)
            found = missing_header(messages)
            if found is None or not self.stub(found.name):
                break
            self.missing_headers.append(found)
        return compiled, messages

    def stub(self, name):
        path = os.path.normpath(os.path.join(self.stubs, name))
        if not path.startswith(self.stubs + os.sep) or os.path.exists(path):
            return False
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii"):
            pass
        return True

    def report(self):
        compiled, messages = self.compile()
        _, text, _ = self.run("-E")
        first_use = called_names(text)
        undeclared = undeclared_names(messages)

        if compiled:
            symbols = undefined_symbols(self.object) or set()
            present = {name.removesuffix("_utf32") for name in symbols if self.inventory.has(name)}
            missing = {name for name in symbols if self.inventory.lacks(name)}
            # Called without a declaration and defined nowhere here: perhaps of Windows, perhaps the program's own.
            unknown = {name for name in undeclared if name in symbols} - missing
        else:
            present = {name for name in first_use if self.inventory.has(name)}
            functions = {name for name in first_use if self.inventory.is_function(name)}
            missing = {name for name in functions | set(undeclared) if self.inventory.lacks(name)}
            unknown = {name for name in undeclared if name in first_use} - missing
        unknown = {name for name in unknown if not self.inventory.in_libc(name) and not self.inventory.has(name)}

        for header in self.missing_headers:
            print(f"{header.where}: header <{header.name}>: winmem lacks it")
        for name in sorted(missing):
            known = self.inventory.describe(name)
            print(f"{self.where(name, undeclared, first_use)}: {name} ({known}): winmem lacks it")
        for name in sorted(unknown):
            print(f"{self.where(name, undeclared, first_use)}: {name}: declared nowhere, and winmem does not know it")
        for name, where in sorted(looked_up_names(text).items()):
            if name not in self.inventory.winmem:
                print(f"{where}: note: GetProcAddress finds no \"{name}\" in winmem")
        for where, what in self.long_pointers(messages):
            print(f"{where}: warning: {what} gets a pointer to a 64-bit long; on Windows long has 32 bits (use LONG)")
        if not compiled:
            self.report_errors(messages, missing | unknown)
        summarise(self.path, present, missing | unknown)
        return bool(missing or unknown or self.missing_headers or not compiled)

    def where(self, name, undeclared, first_use):
        return undeclared.get(name) or first_use.get(name) or self.path

    def report_errors(self, messages, told):
        """Errors about more than the functions told already: types and constants that winmem lacks are among these."""
        errors = []
        for match in DIAGNOSTIC.finditer(messages):
            error = f"{match['file']}:{match['line']}: {match['text']}"
            if match["kind"].endswith("error") and undeclared_name(match["text"]) not in told and error not in errors:
                errors.append(error)
        for error in errors[:20]:
            print(error)
        if len(errors) > 20:
            print(f"{self.path}: ... and {len(errors) - 20} more errors")
        print(f"{self.path}: does not compile yet, so this list may be incomplete")

    def long_pointers(self, messages):
        """Under WINMEM_EXPLAIN the headers leave out what accepts 64-bit longs; what then is wrong anew, used it."""
        _, _, strict = self.run("-fsyntax-only", "-DWINMEM_EXPLAIN=1")
        before = {(m["file"], m["line"]) for m in DIAGNOSTIC.finditer(messages)}
        seen = {}
        for match in DIAGNOSTIC.finditer(strict):
            place = (match["file"], match["line"])
            if place in before or place in seen or match["file"].startswith(self.include):
                continue
            name = self.intrinsic_on(*place)
            if name:
                seen[place] = name
        return [(f"{file}:{line}", name) for (file, line), name in seen.items()]

    def intrinsic_on(self, file, line):
        """The Interlocked function or intrinsic that stands in that source line."""
        try:
            with open(file, encoding="utf-8", errors="replace") as source:
                text = source.read().splitlines()[int(line) - 1]
        except (OSError, IndexError):
            return None
        match = re.search(r"\b(_?Interlocked\w+|_BitScan\w+|_interlocked\w+|_bittest\w*)\s*\(", text)
        return match[1] if match else None


def plain_options(args, sources):
    """The user's arguments without files, outputs, libraries and whatever turns a warning into a refusal."""
    kept = []
    rest = iter(expand_response_files(args))
    for arg in rest:
        if arg == "-x":
            next(rest, None)
        elif arg in DROPPED_WITH_VALUE:
            next(rest, None)
        elif arg in TAKES_VALUE:
            kept += [arg, *[value for value in [next(rest, None)] if value is not None]]
        elif arg in STOPS or arg in sources or DROPPED.match(arg) or not arg.startswith("-") or arg == "-":
            continue
        elif not arg.startswith("-x"):
            kept.append(arg)
    return kept


def all_errors(compiler):
    """Every error, uncoloured, and implicit declarations as warnings, whichever compiler it is."""
    version = subprocess.run([*compiler, "--version"], capture_output=True, text=True, check=False).stdout
    limit = ["-ferror-limit=0", "-fno-color-diagnostics"] if "clang" in version else ["-fmax-errors=0"]
    return [*limit, "-fno-diagnostics-color", "-Wno-error", "-Wimplicit-function-declaration"]
