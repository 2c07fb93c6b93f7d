"""The table of functions in docs/compatibility.md: two columns are written by hand, the others come from the tests.

Names of the first column: `GetTempPathA/W` is both, `WaitForSingleObject(Ex)` and `GetNumaNodeProcessorMask(Ex, 2)` are
all of them. A Zw name belongs to the row of its Nt name, a K32 name to that of the name without it.
"""

import re

HEADING = "## Functions"
HEADER = ("| function | state, and what differs from Windows | rules | tests | of these, otherwise under Wine |\n"
          "|---|---|---|---|---|")
ROW = re.compile(r"^\| (.*?) \| (.*?) \|")
ENDINGS = re.compile(r"(\w+)\s?\(([^)]*)\)")


class Wrong(Exception):
    pass


def _expanded(cell):
    """The names in a cell of the first column."""
    cell = ENDINGS.sub(lambda match: ", ".join(
        [match[1], *(match[1] + ending for ending in match[2].split(", "))]), cell)
    names = []
    for item in cell.split(", "):
        item = item.strip()
        if item.endswith("A/W"):
            names += [item[:-2], item[:-3] + "W"]
        else:
            names.append(item)
    return names


def _row_of(name, rows):
    for known in (name, re.sub("^Zw", "Nt", name), re.sub("^K32", "", name)):
        if known in rows:
            return rows[known]
    return None


def _cells(functions, names, proof):
    rules = dict.fromkeys(rule for function in functions for rule in proof.rules(function))
    tests = proof.tests(functions, names)
    missed = proof.did_not_pass(tests)
    wine = proof.differs_under_wine(tests)
    count = f"{len(tests) - len(missed)} of {len(tests)}" if missed else str(len(tests) or "")
    return f"| {_ranges(rules)} | {count} | {len(wine) or ''} |"


def _ranges(rules):
    """V1, V2, V3, C4 -> V1–V3, C4."""
    found = sorted(((re.match(r"[A-Z]", rule)[0], int(rule[1:])) for rule in rules))
    runs = []
    for kind, number in found:
        if runs and runs[-1][0] == kind and runs[-1][2] == number - 1:
            runs[-1][2] = number
        else:
            runs.append([kind, number, number])
    return ", ".join(f"{kind}{first}" if first == last else f"{kind}{first}–{kind}{last}" for kind, first, last in runs)


def rewrite(page, functions, declared_otherwise, proof):
    """The page with the table's columns of rules and tests anew. Every exported function must be in one row, and every
    name in a row must be a function's or one of declared_otherwise: macros, and what is libc's own."""
    before, _, rest = page.partition(HEADING)
    table, _, after = rest.partition("\n## ")
    lines = table.split("\n")
    first = next(number for number, line in enumerate(lines) if line.startswith("| function |"))

    rows, by_row = {}, {}
    for number in range(first + 2, len(lines)):
        if match := ROW.match(lines[number]):
            for name in _expanded(match[1]):
                if name in rows:
                    raise Wrong(f"docs/compatibility.md has {name} in two rows")
                rows[name] = number
    lost = []
    for function in functions:
        row = _row_of(function.name, rows)
        if row is not None:
            by_row.setdefault(row, []).append(function)
        elif function.exported:
            lost.append(function.name)
    unknown = sorted(set(rows) - {function.name for function in functions} - declared_otherwise)
    if lost or unknown:
        raise Wrong("docs/compatibility.md" + (f" has no row for {', '.join(lost)}" if lost else "")
                    + (f" has rows for {', '.join(unknown)}, which no header declares" if unknown else ""))

    lines[first:first + 2] = HEADER.split("\n")
    for row in sorted(set(rows.values())):
        match = ROW.match(lines[row])
        lines[row] = f"| {match[1]} | {match[2]} {_cells(by_row.get(row, []), _expanded(match[1]), proof)}"
    return before + HEADING + "\n".join(lines) + "\n## " + after
