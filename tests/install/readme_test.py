"""The first page says the truth: its program is the example, its command builds it, and it prints what stands there."""

import os
import re
import unittest

from installed import PREFIX, SOURCE, InEmptyFolder

EXAMPLE = "kinds_of_memory"
README = (SOURCE / "README.md").read_text(encoding="utf-8")


def indented_after(words):
    """The lines of the indented block that follows these words, without the indent."""
    block = README.split(words, 1)[1].lstrip("\n")
    return [line[4:] for line in re.match(r"(?: {4}.*\n)+", block)[0].splitlines()]


class FirstPage(InEmptyFolder):
    def test_its_program_is_the_example(self):
        shown = re.search(r"```cpp\n(.*?)```", README, re.DOTALL)[1]
        self.assertEqual(shown, (SOURCE / "examples" / f"{EXAMPLE}.cpp").read_text(encoding="ascii"))

    def test_its_command_builds_what_prints_the_shown_text(self):
        command = next(line.strip() for line in README.splitlines() if line.startswith("    winmem-c++ "))
        self.assertIn(EXAMPLE, command)
        (self.folder / "examples").symlink_to(SOURCE / "examples")
        output = self.run_ok("sh", "-c", command, PATH=f"{PREFIX / 'bin'}:{os.environ['PATH']}")
        self.assertEqual(output.splitlines(), indented_after("It prints:\n"))

    def test_the_shown_text_is_what_windows_programs_print(self):
        expected = (SOURCE / "tests" / "examples" / "expected" / f"{EXAMPLE}.txt").read_text(encoding="ascii")
        self.assertEqual(indented_after("It prints:\n"), expected.splitlines())


if __name__ == "__main__":
    unittest.main()
