"""Tools that watch a program see what it does to blocks of heaps: AddressSanitizer, Valgrind, and tracers.

WATCHED_PLAIN and WATCHED_ASAN are the program of mistakes.cpp, the latter built with AddressSanitizer;
WATCHED_COMPILER is who built them, WATCHED_CORE the library.
"""

import os
import re
import subprocess
import unittest

MISTAKES = ["read_of_freed", "write_to_freed", "write_behind", "write_behind_without_slack", "read_behind_what_shrank"]
HEAPS = ["process", "private"]


def run(*words, **environment):
    return subprocess.run(words, capture_output=True, text=True, errors="replace", env={**os.environ, **environment})


class AddressSanitizer(unittest.TestCase):
    def run_one(self, mistake, heap):
        return run(os.environ["WATCHED_ASAN"], mistake, heap, ASAN_OPTIONS="detect_leaks=0:abort_on_error=0")

    def test_it_has_nothing_to_say_of_a_sound_program(self):
        for heap in HEAPS:
            done = self.run_one("nothing", heap)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_it_finds_each_mistake(self):
        for mistake in MISTAKES:
            for heap in HEAPS:
                done = self.run_one(mistake, heap)
                self.assertIn("AddressSanitizer: use-after-poison", done.stderr, f"{mistake}, {heap}")
                self.assertIn(f"in {mistake}", done.stderr.replace("(anonymous namespace)::", ""))


@unittest.skipIf(os.environ["WATCHED_COMPILER"] == "Clang", "Valgrind 3.19 cannot read debug information of clang")
class Valgrind(unittest.TestCase):
    def run_one(self, mistake, heap):
        return run("valgrind", "--leak-check=full", "--error-exitcode=9", os.environ["WATCHED_PLAIN"], mistake, heap)

    def test_it_has_nothing_to_say_of_a_sound_program(self):
        for heap in HEAPS:
            done = self.run_one("nothing", heap)
            self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
            self.assertIn("ERROR SUMMARY: 0 errors", done.stderr)

    def test_it_finds_each_mistake(self):
        for number, mistake in enumerate(MISTAKES):  # each run takes a second
            done = self.run_one(mistake, HEAPS[number % 2])
            self.assertEqual(done.returncode, 9, done.stderr)
            self.assertRegex(done.stderr, "Invalid (read|write) of size 1", mistake)

    def test_it_tells_who_allocated_and_freed_the_block(self):
        said = self.run_one("read_of_freed", "process").stderr
        self.assertIn("50 bytes inside a block of size 100 free'd", said)
        self.assertIn("Block was alloc'd at", said)

    def test_it_finds_lost_blocks(self):
        said = self.run_one("lost", "process").stderr
        self.assertRegex(said, r"definitely lost: 1[12],\d{3} bytes in (9|10) blocks")

    def test_it_finds_decisions_by_undefined_contents(self):
        self.assertIn("depends on uninitialised value", self.run_one("undefined", "process").stderr)


class Probes(unittest.TestCase):
    def test_tracers_find_the_probes_and_their_arguments(self):
        notes = run("readelf", "--notes", "--wide", os.environ["WATCHED_CORE"]).stdout
        found = set(re.findall(r"Provider: winmem\s+Name: (\w+)\s.*\n?.*Arguments: (.*)", notes))
        arguments = {"alloc": 2, "free": 1, "resize": 2}
        self.assertEqual({name for name, _ in found}, set(arguments), notes)
        for name, places in found:
            self.assertEqual(len(re.findall(r"-?8@", places)), arguments[name], places)


if __name__ == "__main__":
    unittest.main()
