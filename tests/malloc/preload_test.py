"""Real programs with libwinmem-malloc.so preloaded do what they do without: same output, same status, nothing more."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

LIBRARY = os.environ["WINMEM_MALLOC"]

PYTHON = """
import json, re, threading
words = [str(i) * (i % 40) for i in range(30000)]
data = json.loads(json.dumps({word: [word] * 3 for word in words}))
threads = [threading.Thread(target=lambda: [re.findall(r"\\\\d+", word) for word in words[:3000]]) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(data), sum(map(len, data)), hex(sum(sum(word.encode()) for word in words)))
"""

PERL = 'my %h; $h{$_ x ($_ % 30)} = [$_] for 1..50000; my $t = join(",", sort keys %h); print length($t), "\\n"'

C_SOURCE = """
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  char* text = malloc(100);
  strcpy(text, "compiled");
  puts(text);
  free(text);
  return 0;
}
"""


class Preloaded(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="winmem-preload-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_program(self, words, preload, text=""):
        environment = {**os.environ, "LC_ALL": "C", **({"LD_PRELOAD": LIBRARY} if preload else {})}
        result = subprocess.run(words, cwd=self.folder, env=environment, input=text, capture_output=True, text=True,
                                check=False)
        return result.returncode, result.stdout, result.stderr

    def same(self, *words, text=""):
        if shutil.which(words[0]) is None:
            self.skipTest(f"{words[0]} is not installed")
        without = self.run_program(words, False, text)
        self.assertEqual(self.run_program(words, True, text), without)
        return without

    def test_it_is_malloc(self):
        """The library is there, and free is its own: a child that frees static data says so in our words."""
        status, _, error = self.run_program(
            ["python3", "-c", "import ctypes; c = ctypes.CDLL(None); c.free(ctypes.c_void_p(4096))"], True)
        self.assertIn("winmem: free(0x1000): not mapped", error)
        self.assertNotEqual(status, 0)

    def test_a_shell(self):
        self.same("sh", "-c", 'for i in 1 2 3 4 5; do x="$x$(echo $i)"; done; echo "$x" | cat')

    def test_ls(self):
        self.same("ls", "-lR", "/usr/share/doc/libc6", "/etc/alternatives")

    def test_python(self):
        self.assertEqual(self.same("python3", "-c", PYTHON)[0], 0)

    def test_python_without_its_own_allocator(self):
        self.assertEqual(self.same("env", "PYTHONMALLOC=malloc", "python3", "-c", PYTHON)[0], 0)

    def test_perl(self):
        self.assertEqual(self.same("perl", "-e", PERL)[0], 0)

    def test_git(self):
        self.same("git", "--version")
        (self.folder / "a.txt").write_text("text\n" * 5000, encoding="ascii")
        self.same("git", "hash-object", "a.txt")
        self.same("git", "diff", "--no-index", "--stat", "/dev/null", "a.txt")

    def test_gcc_compiles_and_links(self):
        (self.folder / "small.c").write_text(C_SOURCE, encoding="ascii")
        self.assertEqual(self.same("gcc", "-O2", "-S", "small.c", "-o", "-")[0], 0)
        self.assertEqual(self.run_program(["gcc", "-O2", "small.c", "-o", "small"], True)[0], 0)
        self.assertEqual(self.run_program([self.folder / "small"], True), (0, "compiled\n", ""))

    def test_sort_of_a_large_input(self):
        text = "".join(f"{number * 7919 % 1000003:07} line\n" for number in range(300000))
        status, output, _ = self.same("sort", "--parallel=4", "-S", "64M", text=text)
        self.assertEqual((status, output.count("\n")), (0, 300000))

    def test_programs_that_fork_a_lot(self):
        self.same("xargs", "-n1", "-P4", "true", text=" ".join("x" * 200))


if __name__ == "__main__":
    unittest.main()
