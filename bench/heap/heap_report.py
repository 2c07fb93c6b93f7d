#!/usr/bin/env python3
"""Measures allocators on the same workloads in interleaved rounds and prints tables of times and of memory.

A round goes through the rows, and for each row through the allocators: one process for each, the allocator preloaded.
A ratio is the median over the rounds of "ours / theirs within this round". Time is processor time where each thread
works for itself; where threads wait for one another, and in the tables with Wine, it is the time that passed. Called by
script/bench; docs/performance.md explains the tables.
"""

import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from against_peers import report_against_peers, report_memory  # noqa: E402
from peers import find_peers, find_winmem_malloc  # noqa: E402
from running import (geomean, google_benchmark_entries, machine, median, prepare_wine, processor_ns,  # noqa: E402
                     progress, real_ns, run_for_figures, run_wine)
from tables import number, print_machine, print_table, verdict, write_figures  # noqa: E402

# Row, threads, what is printed. Rows of the same text stand below each other.
ROWS = [
    ("pair_8", [1], "malloc, free 8 bytes"),
    ("pair_64", [1, 2, 4, 16], "malloc, free 64 bytes"),
    ("pair_512", [1], "malloc, free 512 bytes"),
    ("pair_4k", [1], "malloc, free 4 KiB"),
    ("pair_32k", [1], "malloc, free 32 KiB"),
    ("pair_256k", [1], "malloc, free 256 KiB"),
    ("pair_1m", [1], "malloc, free 1 MiB"),
    ("pair_64m", [1], "malloc, free 64 MiB"),
    ("zeroed_256", [1], "calloc, free 256 bytes"),
    ("zeroed_64k", [1], "calloc, free 64 KiB"),
    ("churn_small", [1, 2, 4, 8, 16], "replace one of 4,000 blocks, 8 B to 1 KiB"),
    ("churn_mixed", [1, 2, 16], "replace one of 1,000 blocks, 8 B to 64 KiB"),
    ("churn_large", [1], "replace one of 32 blocks, 8 B to 64 MiB"),
    ("batch_last_first", [1], "10,000 of 32 bytes, freed last first"),
    ("batch_first_first", [1], "10,000 of 96 bytes, freed first first"),
    ("batch_any_order", [1], "10,000 of 8 B to 2 KiB, freed in any order"),
    ("grow_to_64k", [1], "realloc by halves to 64 KiB"),
    ("grow_to_16m", [1], "realloc by halves to 16 MiB"),
    ("grow_two_to_16m", [1], "  the same, two in turns"),
    ("grow_many", [1], "100 strings grow in turns"),
    ("tree", [1, 2], "build, walk, free a tree"),
    ("server", [1, 2, 4, 8, 16], "server, blocks change hands (larson)"),
    ("sessions", [1, 2, 4, 8, 16], "sessions, mixed lives (mstress)"),
    ("producer_consumer", [1, 4], "freed by a consumer thread"),
    ("hand_over", [2, 4, 16], "batches of 100 exchanged"),
    ("short_lived_threads", [1], "threads come and go"),
]

# Row, what is printed, goal in nanoseconds, goal in "times as fast as Wine".
HEAP_ROWS = [
    ("pair_64/1", "HeapAlloc, HeapFree 64 bytes", None, 8),
    ("pair_64_kept_handle/1", "  without GetProcessHeap", None, 8),
    ("churn_small/1", "replace one of 4,000 blocks, 8 B to 1 KiB", None, 15),
    ("churn_small/2", "  the same, two threads", None, 50),
    ("grow_many/1", "100 strings grow in turns", None, None),
    ("heap_size/1", "HeapSize", 3, None),
    ("create_destroy/1", "HeapCreate, HeapDestroy", 1000, None),
    ("create_use_destroy/1", "  the same, a block between", None, None),
    ("create_destroy_beside_100000/1", "  beside 100,000 heaps", 1000, None),
    ("global_moveable/1", "GlobalAlloc moveable, lock, unlock, free", None, 1 / 0.3),
    ("walk_1000000/1", "HeapWalk, a block of a million", 20, None),
]

FIGURES = [
    ("fresh_process_kib", 1024, "peak of a fresh process, MiB"),
    ("overhead_centibytes_a_block", 100, "bytes beside each of a million 32-byte blocks"),
    ("kept_of_small_blocks_kib", 1024, "MiB kept when they are freed"),
    ("kept_of_256_mib_kib", 1024, "MiB kept a second after 256 MiB were freed"),
]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", required=True, help="folder of the built benchmarks")
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--no-wine", action="store_true", help="leave Wine out")
    parser.add_argument("--rounds", type=int, help="number of rounds")
    parser.add_argument("--rows", default="", help="only rows with this text in their names")
    parser.add_argument("--json", help="where the figures go (default: heap.json beside the programs)")
    return parser.parse_args()


class Side:
    """An allocator: the program that measures it, and what is preloaded."""

    def __init__(self, program, names, preload=None):
        self.program = program
        self.names = names
        self.preload = preload


class Measurement:
    """`rounds[i][allocator][row]` has real_ns, processor_ns and peak_kib."""

    def __init__(self, arguments):
        self.folder = os.path.join(arguments.programs, "heap")
        self.rounds = []
        self.wine = []
        self.figures = {}
        self.min_time = 0.005 if arguments.quick else 0.05
        self.wine_milliseconds = 10 if arguments.quick else 50
        self.count = arguments.rounds or (1 if arguments.quick else 5)
        self.rows = [f"{row}/{n}" for row, threads, _ in ROWS for n in threads if arguments.rows in row]
        self.heap_rows = [name for name, *_ in HEAP_ROWS if name not in self.rows and arguments.rows in name]

        malloc = self.program("malloc_workloads")
        self.sides = {name: Side(malloc, "malloc", library) for name, library in find_peers().items()}
        self.peers = list(self.sides)
        ours = find_winmem_malloc(os.path.join(arguments.programs, ".."))
        if ours:
            self.sides["winmem"] = Side(malloc, "malloc", ours)
        self.sides["HeapAlloc"] = Side(self.program("heap_workloads"), "heap")
        self.ours = "winmem" if ours else "HeapAlloc"

    def program(self, name):
        return os.path.join(self.folder, name)

    def run(self, wine_wanted):
        wine = prepare_wine(self.program("heap_wine.exe"), wine_wanted)
        for index in range(self.count):
            progress(f"round {index + 1} of {self.count}")
            measured = {name: {} for name in self.sides}
            for at, row in enumerate(self.rows):
                for name in self.in_turn(index + at):
                    measured[name][row] = self.measure(self.sides[name], row)
            for row in self.heap_rows:
                measured["HeapAlloc"][row] = self.measure(self.sides["HeapAlloc"], row)
            self.rounds.append(measured)
            if wine:
                self.wine.append(run_wine(self.program("heap_wine.exe"), wine, self.wine_milliseconds))
        for name, side in self.sides.items():
            self.figures[name] = run_for_figures(side.program.replace("_workloads", "_figures"), side.preload)

    def in_turn(self, first):
        """The allocators, each time beginning with another one."""
        names = list(self.sides)
        first %= len(names)
        return names[first:] + names[:first]

    def measure(self, side, row):
        entry, = google_benchmark_entries(side.program, f"^{side.names}/{row}/", self.min_time, 1, preload=side.preload)
        return {"real_ns": real_ns(entry), "processor_ns": processor_ns(entry), "peak_kib": entry["peak_kib"]}

    def of(self, side, row, what):
        return median([r[side][row][what] for r in self.rounds if row in r[side]])

    def ratio(self, side, other, row, what):
        return median([r[side][row][what] / r[other][row][what] for r in self.rounds if row in r[side]])

    def wine_ns(self, row):
        return median([r[row] for r in self.wine if row in r])

    def times_wine(self, row):
        """How many times as fast as Wine."""
        return median([w[row] / r["HeapAlloc"][row]["real_ns"] for w, r in zip(self.wine, self.rounds)
                       if row in w and row in r["HeapAlloc"]])


def clock_of(row):
    """Threads beyond the processors take turns, which says nothing about the allocator; two may wait for each other."""
    name, threads = row.split("/")
    waiting = threads == "2" or name in ("producer_consumer", "short_lived_threads")
    return "real_ns" if waiting else "processor_ns"


def texts():
    return {f"{row}/{n}": text if n == threads[0] == 1 else f"{text}, {n} threads" if n == threads[0]
            else f"  the same, {n} threads" for row, threads, text in ROWS for n in threads}


def report_times(measured):
    rows = []
    for row in measured.rows:
        clock = clock_of(row)
        values = {name: measured.of(name, row, clock) for name in measured.sides}
        rows.append((row, texts()[row], values,
                     lambda peer, row=row, clock=clock: measured.ratio(measured.ours, peer, row, clock)))
    return report_against_peers("ns a step", rows, measured.peers, measured.ours)


def report_peaks(measured):
    rows = [(row, texts()[row], {name: measured.of(name, row, "peak_kib") / 1024 for name in measured.sides})
            for row in measured.rows]
    return report_memory("peak memory of the process, MiB", rows, measured.ours)


def report_figures(measured):
    names = list(measured.sides)
    lines = [[text, *[number(measured.figures[name][figure] / divisor) for name in names]]
             for figure, divisor, text in FIGURES]
    print_table(["memory", *names], lines)


def report_heap(measured):
    lines, records = [], []
    for row, text, ns_goal, times_goal in HEAP_ROWS:
        ours = measured.of("HeapAlloc", row, "real_ns")
        if ours is None:
            continue
        wine, times = measured.wine_ns(row), measured.times_wine(row)
        goal, met = "", None
        if ns_goal:
            goal, met = f"≤ {ns_goal} ns", ours <= ns_goal
        elif times_goal and times:
            goal, met = f"≥ {times_goal:.2g} x", times >= times_goal
        records.append({"row": row, "ns": ours, "wine_ns": wine, "times_as_fast_as_wine": times, "met": met})
        lines.append([text, number(ours), number(wine), f"{times:.1f} x" if times else "-", goal, verdict(met)])
    print_table(["heap calls, ns a step", "winmem", "Wine", "as fast", "goal", ""], lines)
    return records


def report_heap_beside_malloc(measured):
    """HeapAlloc beside our malloc on the same workloads: one engine, so little may lie between."""
    if measured.ours != "winmem" or not measured.rows:
        return {}
    ratios = {row: measured.ratio("HeapAlloc", "winmem", row, clock_of(row)) for row in measured.rows}
    worst = max(ratios, key=ratios.get)
    mean = geomean(list(ratios.values()))
    print(f"HeapAlloc to winmem's malloc: geometric mean {mean:.2f}, goal ≤ 1.15: {verdict(mean <= 1.15)}; "
          f"most {ratios[worst]:.2f} ({worst})\n")
    return ratios


def main():
    arguments = parse_arguments()
    measured = Measurement(arguments)
    measured.run(not arguments.no_wine)

    about = machine()
    print_machine(about, len(measured.rounds))
    record = {"machine": about, "preloaded": {name: side.preload for name, side in measured.sides.items()}}
    if measured.rows:
        record["times"] = report_times(measured)
        record["peaks"] = report_peaks(measured)
    report_figures(measured)
    record["heap"] = report_heap(measured)
    record["heap_to_malloc"] = report_heap_beside_malloc(measured)
    record.update({"figures": measured.figures, "rounds": measured.rounds, "wine": measured.wine})
    write_figures(arguments.json or os.path.join(measured.folder, "heap.json"), record)


if __name__ == "__main__":
    main()
