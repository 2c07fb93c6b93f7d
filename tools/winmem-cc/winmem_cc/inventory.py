"""What is known of functions: those of Windows, those of winmem, those that libc has under the same name."""

import ctypes
import dataclasses
import os

from .compiler import Broken


@dataclasses.dataclass
class Function:
    name: str
    header: str
    dll: str
    kind: str


class Inventory:
    def __init__(self, share):
        # Both tables are tab separated under a header line.
        self.windows = {
            row["name"]: Function(row["name"], row["header"], row["dll"], row["kind"])
            for row in _rows(os.path.join(share, "functions.tsv"))
        }
        self.winmem = {row["name"] for row in _rows(os.path.join(share, "names.tsv"))}
        self._libc = [ctypes.CDLL(name) for name in ("libc.so.6", "libm.so.6")]

    def has(self, symbol):
        """Whether winmem has it. Programs with 32-bit wchar_t are bound to …W_utf32."""
        return symbol.removesuffix("_utf32") in self.winmem

    def lacks(self, symbol):
        """A function of Windows that neither winmem nor libc has."""
        return symbol in self.windows and not self.has(symbol) and not self.in_libc(symbol)

    def is_function(self, name):
        """A function of Windows: not a macro, an inline or an intrinsic, which headers define completely."""
        known = self.windows.get(name)
        return known is not None and known.kind == "function"

    def in_libc(self, symbol):
        return any(hasattr(library, symbol) for library in self._libc)

    def describe(self, name):
        known = self.windows.get(name)
        if known is None:
            return "not in winmem's inventory"
        where = [part for part in (known.dll, known.header) if part not in ("-", "none")]
        return ", ".join(where)


def _rows(path):
    try:
        with open(path, encoding="utf-8") as file:
            header = next(file).rstrip("\n").split("\t")
            return [dict(zip(header, line.rstrip("\n").split("\t"))) for line in file]
    except (OSError, StopIteration) as error:
        raise Broken(f"winmem is not installed completely: {path}: {error}") from error
