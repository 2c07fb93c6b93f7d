#!/usr/bin/env python3
"""Runs the virtual memory benchmarks in interleaved rounds and prints one table.

A round is: winmem and raw Linux randomly interleaved in one process (vm), winmem linked statically (vm_static), then
the same operations under Wine (vm_wine.exe). A ratio is the median over the rounds of "winmem / raw within this round",
so that a machine that slows down between rounds does not touch it. Called by script/bench; see docs/performance.md.
"""

import argparse
import os

from running import machine, median, prepare_wine, progress, run_for_figures, run_google_benchmark, run_wine
from tables import number, print_machine, print_table, ratio_text, verdict, write_figures

# Row, threads, what is printed, goal for winmem / raw, goal in nanoseconds. The goals are those of docs/performance.md.
ROWS = [
    ("reserve_release", 1, "reserve, release 64 KiB", 0.07, None),
    ("reserve_commit_touch_release", 1, "reserve+commit 64 KiB, touch, release", 0.85, None),
    ("reserve_commit_touch_release", 2, "  the same, two threads", 0.80, None),
    ("reserve_then_commit_touch_release", 1, "reserve, commit 64 KiB, touch, release", 0.85, None),
    ("reserve_then_commit_touch_release", 2, "  the same, two threads", 0.80, None),
    ("commit_touch_decommit", 1, "commit, touch, decommit a page", 0.65, None),
    ("commit_touch_decommit_after_scatter", 1, "  the same, once 200 places were used", 0.65, None),
    ("query_regions", 1, "query any of 60,000 regions", 0.10, None),
    ("walk_regions", 1, "query 60,000 regions in order", 0.10, None),
    ("protect_toggle", 1, "protect a page, toggled", 1.10, None),
    ("protect_unchanged", 1, "protect a page, unchanged", None, 50.0),
    ("memory_status", 1, "GlobalMemoryStatusEx, a read of /proc/meminfo", 1.20, None),
    ("read_process", 1, "ReadProcessMemory of 1 MiB", 1.10, None),
    ("test_pointer", 1, "IsBadReadPtr of a page", None, 60.0),
    ("fault_handle_continue", 1, "access violation, handler, continue", 1.20, None),
    ("fault_reserved_continue", 1, "  the same, of a reserved page", 1.20, None),
    ("guard_hit_continue", 1, "arm a guard page, touch, handler, continue", 1.10, None),
    ("write_watch", 1, "write 1,000 of 16,384 watched pages, ask, forget", 0.12, None),
]

# What calls that don't fault cost with a vectored handler registered, beside the same without: these rows, no goal but
# that nothing shows.
LISTENING = ["reserve_release", "commit_touch_decommit", "walk_regions", "protect_toggle", "protect_unchanged"]

# Raw figures without a winmem row of their own.
EXTRA_RAW = [
    ("commit_touch_remap", "commit, touch, decommit by mmap over it"),
    ("touch_give_back", "touch, MADV_DONTNEED (floor of the row)"),
    ("read_maps", "read /proc/self/maps of 60,000 mappings"),
]

GROWTH = [
    ("query_any_region", "query any region"),
    ("load_any_record", "  one load from any of n records"),
    ("query_one_region", "query always the same region"),
    ("reserve_release_beside_regions", "reserve, release beside regions"),
    ("commit_decommit_in_one_region", "commit, decommit in the same region"),
    ("commit_decommit_in_any_region", "commit, decommit in any region"),
    ("query_any_island", "query any island"),
    ("query_one_island", "query always the same island"),
    ("decommit_commit_any_island", "decommit, commit any island"),
]
GROWTH_GOAL = 2.0
BYTES_GOAL = 256
LONGEST_QUERY_GOAL = 10_000


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", required=True, help="folder of the built benchmarks")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--no-wine", action="store_true", help="leave Wine out")
    parser.add_argument("--no-growth", action="store_true", help="leave the growth rows out")
    parser.add_argument("--rounds", type=int, help="number of rounds")
    parser.add_argument("--json", help="where the figures go (default: vm.json beside the programs)")
    return parser.parse_args()


class Measurement:
    """All rounds: `rounds[i][side][name]` is the median of that round, in nanoseconds."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.rounds = []
        self.growth = {}
        self.bookkeeping = {}
        self.longest_query = {}

    def program(self, name):
        return os.path.join(self.arguments.programs, name)

    def run(self):
        quick = self.arguments.quick
        rounds = self.arguments.rounds or (2 if quick else 7)
        min_time, repetitions, milliseconds = (0.02, 1, 15) if quick else (0.08, 3, 60)
        wine = prepare_wine(self.program("vm_wine.exe"), not self.arguments.no_wine)
        for index in range(rounds):
            progress(f"round {index + 1} of {rounds}")
            linux = run_google_benchmark(self.program("vm"), "^(winmem|raw)/", min_time, repetitions)
            static = run_google_benchmark(self.program("vm_static"), "^winmem/", min_time, 1)
            # Signal handlers stay once they are there, so what needs them is measured in a process of its own.
            listening = run_google_benchmark(
                self.program("vm"), f"^(winmem|raw)/({'|'.join(['fault_', 'guard_', *LISTENING])})", min_time,
                repetitions, "--listen")
            for name in [n for n in listening if "/fault_" in n or "/guard_" in n]:
                linux[name] = listening.pop(name)
            self.rounds.append({
                "winmem": {n[len("winmem/"):]: median(t) for n, t in linux.items() if n.startswith("winmem/")},
                "raw": {n[len("raw/"):]: median(t) for n, t in linux.items() if n.startswith("raw/")},
                "static": {n[len("winmem/"):]: median(t) for n, t in static.items()},
                "listening": {n[len("winmem/"):]: median(t) for n, t in listening.items() if n.startswith("winmem/")},
                "wine": run_wine(self.program("vm_wine.exe"), wine, milliseconds) if wine else {},
            })
        if not self.arguments.no_growth:
            progress("growth")
            times = run_google_benchmark(self.program("vm"), "^growth/", 0.02 if quick else 0.1, 1 if quick else 5)
            self.growth = {name[len("growth/"):]: median(values) for name, values in times.items()}
        progress("bookkeeping")
        self.bookkeeping = run_for_figures(self.program("vm_bookkeeping"))
        progress("longest query")
        self.longest_query = run_for_figures(self.program("vm_longest_query"))

    def of(self, side, name):
        return median([r[side][name] for r in self.rounds if name in r[side]])

    def ratio(self, side, other, name):
        pairs = [(r[side].get(name), r[other].get(name)) for r in self.rounds]
        return median([a / b for a, b in pairs if a and b])


def report_rows(measured):
    lines, records = [], []
    for row, threads, text, ratio_goal, ns_goal in ROWS:
        name = f"{row}/{threads}"
        ours, raw, wine = (measured.of(side, name) for side in ("winmem", "raw", "wine"))
        ratio = measured.ratio("winmem", "raw", name)
        wine_ratio = measured.ratio("winmem", "wine", name)
        goal = f"≤ {ratio_goal:.2f}" if ratio_goal else f"≤ {ns_goal:.0f} ns"
        met = None
        if ratio_goal and ratio:
            met = ratio <= ratio_goal
        elif ns_goal and ours:
            met = ours <= ns_goal
        records.append({"row": name, "what": text.strip(), "winmem_ns": ours, "static_ns": measured.of("static", name),
                        "raw_ns": raw, "ratio": ratio, "ratio_goal": ratio_goal, "ns_goal": ns_goal, "met": met,
                        "wine_ns": wine, "ratio_to_wine": wine_ratio})
        lines.append([text, number(ours), number(measured.of("static", name)), number(raw),
                      ratio_text(ratio), goal, verdict(met), number(wine), ratio_text(wine_ratio)])
    for row, text in EXTRA_RAW:
        raw = measured.of("raw", f"{row}/1")
        records.append({"row": f"{row}/1", "what": text, "raw_ns": raw})
        lines.append([text, "", "", number(raw), "", "", "", "", ""])
    header = ["operation, ns a step", "winmem", "static", "raw Linux", "ratio", "goal", "", "Wine", "to Wine"]
    print_table(header, lines)
    return records


def report_listening(measured):
    lines, records = [], []
    for row, _, text, _, _ in ROWS:
        name = f"{row}/1"
        ratio = measured.ratio("listening", "winmem", name)
        if row not in LISTENING or ratio is None or any(record["row"] == name for record in records):
            continue
        with_handler, without = measured.of("listening", name), measured.of("winmem", name)
        records.append({"row": name, "with_handler_ns": with_handler, "without_ns": without, "ratio": ratio})
        lines.append([text.strip(), number(with_handler), number(without), f"{ratio:.2f}"])
    print_table(["calls that don't fault, ns a step", "a handler listens", "none", "ratio"], lines)
    return records


def report_growth(measured):
    lines, records = [], []
    counts = sorted({int(name.split("/")[1]) for name in measured.growth})
    for row, text in GROWTH:
        times = [measured.growth.get(f"{row}/{count}") for count in counts]
        if not times or times[0] is None:
            continue
        ratio = max(t for t in times if t) / times[0]
        if row == "load_any_record":  # no goal: it shows what the caches do to the row above
            lines.append([text, *[number(t) for t in times], f"{ratio:.2f}", "", ""])
            records.append({"row": row, "what": text.strip(), "ns": dict(zip(map(str, counts), times))})
            continue
        records.append({"row": row, "what": text, "ns": dict(zip(map(str, counts), times)), "worst_ratio": ratio})
        lines.append([text, *[number(t) for t in times], f"{ratio:.2f}", f"≤ {GROWTH_GOAL:.2f}",
                      verdict(ratio <= GROWTH_GOAL)])
    if lines:
        print_table(["growth, ns a step with n alive", *[f"n = {c:,}" for c in counts], "worst / n = 10", "goal", ""],
                    lines)
    return records


def report_bookkeeping(measured):
    figures = measured.bookkeeping
    lines = []
    for name, value in figures.items():
        goal, met = "", None
        if name == "bytes_per_region":
            goal, met = f"≤ {BYTES_GOAL}", value <= BYTES_GOAL
        elif name.endswith("_queries"):
            goal, met = "0", value == 0 if value >= 0 else None
        lines.append([name.replace("_", " "), f"{value:,}", goal, verdict(met)])
    print_table(["bookkeeping of a million 64 KiB regions", "measured", "goal", ""], lines)


def report_longest_query(measured):
    lines = []
    for name, value in measured.longest_query.items():
        goal, met = "", None
        if name == "longest_query_ns":
            goal, met = f"≤ {LONGEST_QUERY_GOAL:,}", value <= LONGEST_QUERY_GOAL
            if not met and measured.longest_query["longest_nothing_ns"] > LONGEST_QUERY_GOAL:
                met = None  # the machine stopped the thread that long without any query as well
        lines.append([name.replace("_", " "), f"{value:,}", goal, verdict(met)])
    print_table(["queries while a writer commits without pause", "measured", "goal", ""], lines)


def main():
    arguments = parse_arguments()
    measured = Measurement(arguments)
    measured.run()

    about = machine()
    print_machine(about, len(measured.rounds))
    record = {"machine": about, "rows": report_rows(measured),
              "listening": report_listening(measured), "growth": report_growth(measured),
              "bookkeeping": measured.bookkeeping, "longest_query": measured.longest_query,
              "rounds": measured.rounds}
    report_bookkeeping(measured)
    report_longest_query(measured)

    write_figures(arguments.json or os.path.join(arguments.programs, "vm.json"), record)


if __name__ == "__main__":
    main()
