#!/usr/bin/env python3
"""Runs a program with a handled fault under gdb: the debugger sees the fault at its place, the handler above the frame
of the signal, and the program ends as without it. Exit code 77 means skipped: no gdb.
"""
import re
import shutil
import subprocess
import sys

SKIPPED = 77


def session(gdb, program, *commands):
    """What gdb prints for these commands."""
    arguments = [gdb, "-batch", "-nx", "-iex", "set debuginfod enabled off"]
    for command in ("set pagination off", "set confirm off", *commands):
        arguments += ["-ex", command]
    done = subprocess.run([*arguments, "--args", program, "--scenario", "Debugger.a_handled_fault"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=240, check=False)
    return done.stdout


def demand(output, *patterns):
    """Whether the patterns occur in this order; says which one does not."""
    position = 0
    for pattern in patterns:
        match = re.compile(pattern, re.MULTILINE).search(output, position)
        if match is None:
            print(f"not found: {pattern}\n{output}")
            return False
        position = match.end()
    return True


def main():
    gdb = shutil.which("gdb")
    if gdb is None:
        print("skipped: no gdb")
        return SKIPPED
    program = sys.argv[1]
    if "not permitted" in session(gdb, program, "run"):
        print("skipped: no program may be traced here")
        return SKIPPED

    at_fault = session(gdb, program, "run", "backtrace", "print/x $rcx", "continue")
    in_handler = session(gdb, program, "handle SIGSEGV nostop noprint pass", "break apitest::Watch::answer", "run",
                         "backtrace", "continue")
    right = demand(at_fault, r"received signal SIGSEGV", r"#0 .*exception_probe_read_at",
                   r"#1 .*scenario_Debugger_a_handled_fault", r"= 0x18$", r"exited normally")
    right &= demand(in_handler, r"#0 .*apitest::Watch::answer", r"<signal handler called>",
                    r"exception_probe_read_at", r"scenario_Debugger_a_handled_fault", r"exited normally")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
