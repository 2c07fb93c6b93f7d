#!/usr/bin/env python3
"""Runs the benchmarks of sections, handles and waits in interleaved rounds and prints one table.

A round is: winmem and raw Linux randomly interleaved in one process (section), then the same operations under Wine
(section_wine.exe). A ratio is the median over the rounds of the ratio within each round. Called by script/bench; see
docs/performance.md.
"""

import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from running import machine, median, prepare_wine, progress, run_google_benchmark, run_wine  # noqa: E402
from tables import number, print_machine, print_table, ratio_text, verdict, write_figures  # noqa: E402

# Row, what is printed, goals: winmem / raw, nanoseconds, "times as fast as Wine".
ROWS = [
    ("map_unmap/1", "map, unmap a view of 64 KiB", 1.15, None, None),
    ("map_touch_unmap/1", "  the same, a page touched", None, None, None),
    ("create_touch_close/1", "create 1 MiB, map, touch, unmap, close", 1.0, None, None),
    ("duplicate_close/1", "DuplicateHandle, CloseHandle", None, 60, None),
    ("stream_file/1", "map a file of 1 GiB, read it through, unmap", 1.02, None, None),
    ("event_pair/1", "SetEvent, WaitForSingleObject (eventfd)", None, 80, 10),
    ("mutex_pair/1", "WaitForSingleObject, ReleaseMutex (robust pthread mutex)", None, 80, 10),
    ("semaphore_pair/1", "ReleaseSemaphore, WaitForSingleObject (sem_t)", None, None, None),
    ("open_named/1", "open a name that the process has, map, unmap, close (shm_open)", 1.5, None, 10),
    ("open_others/1", "  the same, a name that only another process has", 1.5, None, None),
]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", required=True, help="folder of the built benchmarks")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--no-wine", action="store_true", help="leave Wine out")
    parser.add_argument("--rounds", type=int, help="number of rounds")
    parser.add_argument("--json", help="where the figures go (default: section.json beside the programs)")
    return parser.parse_args()


def measure(arguments, folder):
    """A dictionary of side -> row -> nanoseconds for each round."""
    quick = arguments.quick
    min_time, repetitions, milliseconds = (0.02, 1, 15) if quick else (0.08, 3, 60)
    wine_program = os.path.join(folder, "section_wine.exe")
    wine = prepare_wine(wine_program, not arguments.no_wine)
    rounds = []
    count = arguments.rounds or (2 if quick else 7)
    for index in range(count):
        progress(f"round {index + 1} of {count}")
        linux = run_google_benchmark(os.path.join(folder, "section"), ".", min_time, repetitions)
        one = {side: {name[len(side) + 1:]: median(times) for name, times in linux.items()
                      if name.startswith(side + "/")} for side in ("winmem", "raw")}
        one["wine"] = run_wine(wine_program, wine, milliseconds) if wine else {}
        rounds.append(one)
    return rounds


def goals(ratio_goal, ns_goal, wine_goal):
    texts = [f"≤ {ratio_goal:.2f} x raw" if ratio_goal else None, f"≤ {ns_goal} ns" if ns_goal else None,
             f"≥ {wine_goal} x Wine" if wine_goal else None]
    return ", ".join(text for text in texts if text)


def report(rounds):
    lines, records = [], []
    for row, text, ratio_goal, ns_goal, wine_goal in ROWS:
        ours, raw, wine = (median([one[side][row] for one in rounds if row in one[side]])
                           for side in ("winmem", "raw", "wine"))
        to_raw, to_wine = (median([one["winmem"][row] / one[side][row] for one in rounds if row in one[side]])
                           for side in ("raw", "wine"))
        checks = [to_raw <= ratio_goal if ratio_goal and to_raw else None, ours <= ns_goal if ns_goal else None,
                  1 / to_wine >= wine_goal if wine_goal and to_wine else None]
        known = [check for check in checks if check is not None]
        met = all(known) if known else None
        records.append({"row": row, "what": text.strip(), "winmem_ns": ours, "raw_ns": raw, "wine_ns": wine,
                        "ratio": to_raw, "ratio_to_wine": to_wine, "met": met})
        lines.append([text, number(ours), number(raw), ratio_text(to_raw), number(wine), ratio_text(to_wine),
                      goals(ratio_goal, ns_goal, wine_goal), verdict(met)])
    print_table(["operation, ns a step", "winmem", "raw Linux", "ratio", "Wine", "to Wine", "goal", ""], lines)
    return records


def main():
    arguments = parse_arguments()
    folder = os.path.join(arguments.programs, "section")
    about = machine()
    rounds = measure(arguments, folder)
    print_machine(about, len(rounds))
    records = report(rounds)
    write_figures(arguments.json or os.path.join(folder, "section.json"),
                  {"machine": about, "rounds": len(rounds), "rows": records})


if __name__ == "__main__":
    main()
