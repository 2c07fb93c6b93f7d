#!/usr/bin/env python3
"""Runs a Windows test program under Wine and compares its failures with the ones that are known.

A test that fails must be listed in the differences file with a reason (the rule says what Windows does, Wine does
something else), and a listed one must fail: so the list stays true. Tests that stop Wine for ever, or end the
program there, are listed as `hangs` and not run. What surprises is run twice more, alone: Wine does some things at
times only, on a busy machine above all, and a test that does as the list says then is told of, no more. Exit code 77
means skipped: Wine, or what it takes to build the program, is missing.
"""
import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import time

SKIPPED = 77

# What GoogleTest prints at the end of a test.
PRINTED = {"[       OK ": "passed", "[  FAILED  ": "failed", "[  SKIPPED ": "skipped"}


def read_differences(path):
    """Test name -> (outcome, reason)."""
    with open(path, newline="", encoding="utf-8") as file:
        lines = (line for line in file if not line.startswith("#"))
        return {row["test"]: (row["outcome"], row["reason"]) for row in csv.DictReader(lines, delimiter="\t")}


def wine_environment(prefix):
    """A prefix of our own, no display, no offers to install Mono or Gecko, no chatter."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment.update(
        WINEPREFIX=prefix, WINEDEBUG="-all", WINEDLLOVERRIDES="mscoree,mshtml=", WINEARCH="win64", LC_ALL="C.UTF-8")
    environment.setdefault("HOME", os.path.dirname(prefix))
    return environment


def outcomes(result):
    """Test name -> passed | failed | skipped, from GoogleTest's JSON."""
    seen = {}
    for suite in result["testsuites"]:
        for test in suite["testsuite"]:
            name = f"{suite['name']}.{test['name']}"
            if test.get("result") == "SKIPPED":
                seen[name] = "skipped"
            elif test.get("status") == "RUN":
                seen[name] = "failed" if test.get("failures") else "passed"
    return seen


def outcomes_told(output):
    """The same from what the program printed, and the test that was begun last and not ended, if there is one."""
    seen = {}
    begun = None
    for line in output.splitlines():
        mark, _, rest = line.partition("] ")
        name = rest.split(",")[0].split(" ")[0]
        if mark == "[ RUN      ":
            begun = name
        elif mark in PRINTED and name == begun:
            seen[name] = PRINTED[mark]
            begun = None
    return seen, begun


def run_once(wine, program, environment, chosen, seconds):
    """What the program printed, and its report, or none."""
    folder = os.path.dirname(program)
    report = os.path.join(folder, os.path.splitext(os.path.basename(program))[0] + ".json")
    if os.path.exists(report):
        os.remove(report)
    command = [wine, program, f"--gtest_output=json:{os.path.basename(report)}",
               f"--gtest_filter={chosen}"]
    try:
        done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", timeout=seconds, check=False)
        output = done.stdout
    except subprocess.TimeoutExpired as expired:
        output = (expired.stdout or b"").decode(errors="replace") + f"\nno end after {seconds} s\n"
    finally:
        wineserver = shutil.which("wineserver") or "/usr/lib/wine/wineserver"
        if os.path.exists(wineserver):
            subprocess.run([wineserver, "-k"], env=environment, check=False, stderr=subprocess.DEVNULL)
    if not os.path.exists(report):
        return None, output
    with open(report, encoding="utf-8") as file:
        return json.load(file), output


def run(wine, program, prefix, hanging, seconds):
    """The outcomes of all tests that do not hang. One that ends the program costs itself: the others are run again
    without those that were. Ends this program when Wine gives nothing at all."""
    os.makedirs(prefix, exist_ok=True)
    environment = wine_environment(prefix)
    end = time.monotonic() + seconds
    seen = {}
    output = ""
    while True:
        report, printed = run_once(wine, program, environment, "*-" + ":".join(hanging + list(seen)),
                                   max(1, end - time.monotonic()))
        output += printed
        if report is not None:
            seen.update(outcomes(report))
            return seen, output
        told, culprit = outcomes_told(printed)
        if culprit is None or time.monotonic() > end:
            print(printed[-4000:])
            sys.exit(f"{program} ended without a report, last in {culprit}; {len(seen) + len(told)} tests were run")
        seen.update(told)
        seen[culprit] = "ended"


def block_of(output, name):
    """What GoogleTest printed of one test."""
    start = output.find(f"[ RUN      ] {name}\n")
    end = output.find(f"] {name}", start + 20)
    return output[start:end if end > 0 else start + 3000][:3000] if start >= 0 else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", help="the Windows test program")
    parser.add_argument("--differences", help="the table of known differences")
    parser.add_argument("--prefix", help="Wine's folder for this run, made if absent")
    parser.add_argument("--missing", help="say that these packages are missing, and count as skipped")
    parser.add_argument("--seconds", type=int, default=240, help="give up after so long")
    arguments = parser.parse_args()
    wine = shutil.which("wine")
    if arguments.missing or wine is None:
        print(f"skipped: missing {arguments.missing or 'wine'}")
        return SKIPPED

    differences = read_differences(arguments.differences)
    hanging = [name for name, (outcome, _) in differences.items() if outcome == "hangs"]
    expected = {name: reason for name, (outcome, reason) in differences.items() if outcome == "fails"}
    seen, output = run(wine, os.path.abspath(arguments.program), os.path.abspath(arguments.prefix), hanging,
                       arguments.seconds)

    def as_listed(name, outcome):
        return outcome == ("failed" if name in expected else "passed") or outcome == "skipped"

    environment = wine_environment(os.path.abspath(arguments.prefix))
    for _ in range(2):
        for name in [name for name, outcome in seen.items() if not as_listed(name, outcome)]:
            report, printed = run_once(wine, os.path.abspath(arguments.program), environment, name, 60)
            told = outcomes(report) if report is not None else outcomes_told(printed)[0]
            if as_listed(name, told.get(name, "ended")):
                print(f"{seen[name]} at first, then not: {name}")
                seen[name] = told[name]

    surprises = 0
    for name, outcome in seen.items():
        if outcome == "failed" and name not in expected:
            surprises += 1
            print(f"FAILED, not listed: {name}\n{block_of(output, name)}")
        elif outcome == "ended":
            surprises += 1
            print(f"ENDED THE PROGRAM, not listed as one that hangs: {name}\n{block_of(output, name)}")
        elif outcome == "passed" and name in expected:
            surprises += 1
            print(f"PASSED, though listed as a difference: {name} ({expected[name]})")
    failed = sum(outcome == "failed" for outcome in seen.values())
    print(f"{len(seen)} tests under Wine: {sum(o == 'passed' for o in seen.values())} as Windows, "
          f"{failed} otherwise, {len(hanging)} not run")
    return 1 if surprises or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
