#!/usr/bin/env python3
"""Runs whole programs on one allocator after the other and prints processor time and peak memory beside each other.

The allocator is preloaded. In each round all allocators run a program before the next program's turn comes; a ratio is
the median over the rounds of "ours / theirs within this round". Called by script/bench.
"""

import argparse
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from against_peers import report_against_peers, report_memory  # noqa: E402
from peers import find_peers, find_winmem_malloc  # noqa: E402
from running import machine, median, progress, read_figures  # noqa: E402
from tables import print_machine, write_figures  # noqa: E402
from workloads import make_programs  # noqa: E402


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", required=True, help="folder of the built benchmarks")
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--rounds", type=int, help="number of rounds")
    parser.add_argument("--rows", default="", help="only programs with this text in their names")
    parser.add_argument("--json", help="where the figures go (default: programs.json beside the programs)")
    return parser.parse_args()


def measure(program, measured_run, library, folder):
    figures = os.path.join(folder, "figures")
    program.run([measured_run, figures, library])
    with open(figures, encoding="utf-8") as text:
        return read_figures(text.read(), int)


def main():
    arguments = parse_arguments()
    libraries = find_peers()
    peers = list(libraries)
    libraries["winmem"] = find_winmem_malloc(os.path.join(arguments.programs, ".."))
    if libraries["winmem"] is None:
        sys.exit("bench: the build has no libwinmem-malloc.so")
    measured_run = os.path.abspath(os.path.join(arguments.programs, "programs", "measured_run"))

    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        programs = [program for program in make_programs(folder) if arguments.rows in program.name]
        if not programs:
            sys.exit(f"bench: no program's name has '{arguments.rows}' in it")
        for index in range(arguments.rounds or (1 if arguments.quick else 5)):
            rounds.append({})
            for program in programs:
                progress(f"round {index + 1}: {program.name}")
                rounds[-1][program.name] = {name: measure(program, measured_run, library, folder)
                                            for name, library in libraries.items()}

    def of(name, allocator, what):
        return median([r[name][allocator][what] for r in rounds])

    about = machine()
    print_machine(about, len(rounds))
    names = [program.name for program in programs]
    times = report_against_peers(
        "processor time, ms",
        [(name, name, {allocator: of(name, allocator, "processor_us") / 1000 for allocator in libraries},
          lambda peer, name=name: median([r[name]["winmem"]["processor_us"] / r[name][peer]["processor_us"]
                                          for r in rounds])) for name in names], peers, "winmem")
    peaks = report_memory(
        "peak memory, MiB",
        [(name, name, {allocator: of(name, allocator, "peak_kib") / 1024 for allocator in libraries})
         for name in names], "winmem")
    write_figures(arguments.json or os.path.join(arguments.programs, "programs", "programs.json"),
                  {"machine": about, "times": times, "peaks": peaks, "rounds": rounds})


if __name__ == "__main__":
    main()
