"""The tables that comparisons of allocators end in: a row for each workload, beside the peer that is best at it."""

from running import geomean
from tables import number, print_table, ratio_text, verdict

WORST_RATIO = 1.15


def report_against_peers(title, rows, peers, ours, worst=WORST_RATIO):
    """rows: (row, text, {allocator: value}, ratio of ours to a peer). No row may lose more than `worst` to its best
    peer, and the geometric mean may not lose to the peer whose mean is best. Returns the figures."""
    lines, records = [], []
    names = list(rows[0][2])
    for row, text, values, ratio_to in rows:
        best = min(peers, key=values.get)
        ratio = ratio_to(best)
        records.append({"row": row, "values": values, "best_peer": best, "ratio": ratio, "met": ratio <= worst})
        lines.append([text, *[number(values[name]) for name in names], best, ratio_text(ratio), f"≤ {worst:.2f}",
                      verdict(ratio <= worst)])
    means = {name: geomean([record["values"][name] for record in records]) for name in names}
    best = min(peers, key=means.get)
    ratio = means[ours] / means[best]
    records.append({"row": "geomean", "values": means, "best_peer": best, "ratio": ratio, "met": ratio <= 1})
    lines.append(["geometric mean", *[number(means[name]) for name in names], best, ratio_text(ratio), "≤ 1.00",
                  verdict(ratio <= 1)])
    print_table([title, *names, "best peer", f"{ours} to it", "goal", ""], lines)
    return records


def report_memory(title, rows, ours):
    """rows: (row, text, {allocator: MiB}). The goal is mimalloc's geometric mean. Returns the figures."""
    names = list(rows[0][2])
    lines = [[text, *[number(values[name]) for name in names]] for _, text, values in rows]
    means = {name: geomean([values[name] for *_, values in rows]) for name in names}
    lines.append(["geometric mean", *[number(means[name]) for name in names]])
    print_table([title, *names], lines)
    ratio = means[ours] / means["mimalloc"]
    print(f"{ours} to mimalloc: {ratio:.2f}, goal ≤ 1.00: {verdict(ratio <= 1)}\n")
    return [{"row": row, "mib": values} for row, _, values in rows] + [{"row": "geomean", "mib": means}]
