"""Prints what was measured."""

import json


def number(value):
    if value is None:
        return "-"
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def ratio_text(value):
    return "-" if value is None else f"{value:.2f}"


def verdict(ok):
    return "" if ok is None else ("met" if ok else "missed")


def print_table(header, rows):
    widths = [max(len(str(row[i])) for row in [header, *rows]) for i in range(len(header))]
    for row in [header, ["-" * w for w in widths], *rows]:
        print("  ".join(str(cell).ljust(w) if i == 0 else str(cell).rjust(w)
                        for i, (cell, w) in enumerate(zip(row, widths))).rstrip())
    print()


def print_machine(about, rounds):
    print(f"\n{about['processor']}, {about['cpus']} CPUs, Linux {about['kernel']}, {rounds} rounds\n")


def write_figures(path, record):
    with open(path, "w", encoding="utf-8") as out:
        json.dump(record, out, indent=1)
    print(f"figures: {path}")
