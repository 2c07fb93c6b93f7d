"""What the tests of an installation share: where it is, running commands, and an empty folder per test."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

PREFIX = pathlib.Path(os.environ["WINMEM_PREFIX"])
SOURCE = pathlib.Path(os.environ["WINMEM_SOURCE"])
BUILD = pathlib.Path(os.environ["WINMEM_BUILD"])
PROGRAMS = pathlib.Path(__file__).parent / "programs"

COMPILERS = [pair for pair in (("gcc", "g++"), ("clang", "clang++")) if shutil.which(pair[1])]


class InEmptyFolder(unittest.TestCase):
    """Each test runs in a new, empty folder, with nothing of winmem in the environment."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="winmem-install-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def take(self, name):
        """A copy of one of the test programs."""
        return shutil.copy(PROGRAMS / name, self.folder)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
        return path

    def run_any(self, *words, **environment):
        """Runs a command to its end; its status, output and messages together."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("WINMEM_")}
        result = subprocess.run(
            [str(word) for word in words],
            cwd=self.folder,
            env={**inherited, "LC_ALL": "C", **{key: str(value) for key, value in environment.items()}},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return result.returncode, result.stdout

    def run_ok(self, *words, **environment):
        status, output = self.run_any(*words, **environment)
        self.assertEqual(status, 0, f"{' '.join(map(str, words))}\n{output}")
        return output
