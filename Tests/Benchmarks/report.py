"""What was measured, kept in a file, and the tables that are written from it.

docs/performance.json has the last result of each row, and of which run it is: a run of some rows replaces these, and what it did not
measure stays, with the run that it is from. The verdicts are not kept: they follow from what is kept and from the limits of
today. Run by itself, this writes the tables of what is kept: for a limit that has changed, or a row that is called otherwise.
"""

import dataclasses
import json
import os

from judge import FAILED, Limit, Spread, spread, verdict, worst
from measure import shown

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEPT = os.path.join(SOURCE, "docs/performance.json")
DOCUMENT = os.path.join(SOURCE, "docs/performance.md")


def entry(result, world, took):
    """A row's result as it is kept."""
    return {
        "took": round(took, 1),
        "parts": [
            {"name": part.name, "unit": part.unit, "detail": part.detail, **dataclasses.asdict(spread(part.values))}
            for part in result.parts],
        "sides": [{"name": name, **lines(side, world)} for name, side in result.sides.items()],
    }


def failure(text, took):
    return {"took": round(took, 1), "failed": text, "parts": [], "sides": []}


def lines(side, world):
    """What a side ran, and before that, with short names for places that differ from run to run."""
    def short(text):
        return text.replace(world.directory, "$T").replace(os.environ["DEV_INFRA_PREFIX"], "$PREFIX")

    return {"line": short(side.line()), **({"before": short(side.prepare).strip()} if side.prepare else {})}


def part_spread(part):
    return Spread(part["low"], part["middle"], part["high"], part["rounds"])


def part_verdict(part, row):
    return verdict(part_spread(part), row.limits.get(part["name"]))


def row_verdict(entry_of_row, row):
    """What follows from a result. A part that has a limit and was not measured counts as failed."""
    names = {part["name"] for part in entry_of_row["parts"]}
    if entry_of_row.get("failed") or set(row.limits) - names:
        return FAILED
    return worst([part_verdict(part, row) for part in entry_of_row["parts"]])


def reached(part):
    """The median, and in brackets between what the middle half of the rounds is."""
    text = f"{part['name']}: " if part["name"] else ""
    text += shown(part["middle"], part["unit"])
    if part["rounds"] > 1:
        low, high = shown(part["low"], part["unit"]), shown(part["high"], part["unit"])
        if low != high:
            text += f" [{low.removesuffix(' ×')} to {high.removesuffix(' ×')}]"
    return text + (f" ({part['detail']})" if part["detail"] else "")


def bound(limit):
    """A limit as people write it."""
    if limit.unit == "s":
        text = f"{limit.value * 1e3:g} ms" if limit.value < 1 else f"{limit.value:g} s"
    elif limit.unit == "B":
        text = f"{limit.value / 1e6:g} MB" if limit.value >= 1e6 else f"{limit.value / 1e3:g} kB"
    else:
        text = f"{limit.value:g} {limit.unit}"
    return f"at least {text}" if limit.at_least else text


def allowed(row):
    def one(name, limit):
        text = bound(limit)
        return f"{name}: {text}" if name else text

    texts = {one("", limit) for limit in row.limits.values()}
    if len(row.limits) > 1 and len(texts) == 1:
        return texts.pop() + " each"
    return "; ".join(one(name, limit) for name, limit in row.limits.items())


def reached_by(result):
    return "failed" if result.get("failed") else "; ".join(reached(part) for part in result["parts"])


def unclear_parts(result, row):
    """Sentences that say of each part that is not ok why."""
    for part in result["parts"]:
        found = part_verdict(part, row)
        if found == "unclear":
            limit = row.limits[part["name"]]
            yield (
                f"{row.key}{': ' + part['name'] if part['name'] else ''}: the limit, {bound(limit)}, is within the spread, "
                f"{shown(part['low'], part['unit'])} to {shown(part['high'], part['unit'])} of {part['rounds']} rounds; "
                "measure again on a quieter machine")


def load():
    if not os.path.exists(KEPT):
        return {"runs": {}, "rows": {}}
    with open(KEPT, encoding="utf-8") as file:
        return json.load(file)


def merged(kept, run_name, run, entries, rows):
    """What is kept after a run: its rows in place of earlier ones, none that are gone, and no run of which no row is left."""
    known = {row.key for row in rows}
    results = {key: value for key, value in kept["rows"].items() if key in known}
    results.update({key: {**value, "run": run_name} for key, value in entries.items()})
    runs = {**kept["runs"], run_name: run}
    used = {value["run"] for value in results.values()}
    return {"runs": {name: runs[name] for name in sorted(used)}, "rows": dict(sorted(results.items()))}


def save(kept):
    replace(KEPT, json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def replace(path, text):
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".new", path)


def between(document, name, text):
    """A document with what is between two markers replaced."""
    begin, end = f"<!-- {name}: written by a program -->\n", f"<!-- end of {name} -->\n"
    before, found, rest = document.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise SystemExit(f"bench: a document has no markers of {name}")
    return before + begin + "\n" + (text.strip() + "\n\n" if text.strip() else "") + end + after


def table(heads, rows):
    line = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(line + ["| " + " | ".join(cells) + " |" for cells in rows])


def limits_table(kept, rows, numbers):
    lines_of_table = []
    for row in rows:
        if not row.limits:
            continue
        result = kept["rows"].get(row.key)
        if result is None:
            cells = ["not measured yet", allowed(row), "", ""]
        else:
            cells = [reached_by(result), allowed(row), row_verdict(result, row), numbers[result["run"]]]
        lines_of_table.append([row.work, row.against, *cells])
    return table(["work", "against", "reached", "at most", "", "run"], lines_of_table)


def looks_table(kept, rows, numbers):
    looks = [row for row in rows if not row.limits and row.key in kept["rows"]]
    return table(
        ["beside these", "against", "reached", "run"],
        [[row.work, row.against, reached_by(kept["rows"][row.key]), numbers[kept["rows"][row.key]["run"]]] for row in looks])


def commands_text(kept, rows):
    """Each side of each row, as it was run."""
    blocks = []
    for row in rows:
        result = kept["rows"].get(row.key)
        if result is None or not result["sides"]:
            continue
        blocks.append(f"**`{row.key}`**: {row.made}. {rounds_text(result)}\n\n```sh\n{commands_of(result)}\n```\n")
    return "\n".join(blocks)


def rounds_text(result):
    counts = sorted({part["rounds"] for part in result["parts"]})
    return "Rounds: " + ", ".join(f"{count}" for count in counts) + "."


def commands_of(result):
    """Commands that all sides have before them are shown once."""
    befores = {side.get("before") for side in result["sides"]}
    common = befores.pop() if len(befores) == 1 else None
    text = [f"# before each\n{common}"] if common else []
    for side in result["sides"]:
        if side.get("before") and not common:
            text.append(f"# before {side['name']}\n{side['before']}")
        text.append(f"# {side['name']}\n{side['line']}")
    return "\n".join(text)


def runs_text(kept, numbers):
    return "\n".join(f"{number}. {name}: {'; '.join(kept['runs'][name])}." for name, number in numbers.items())


def write(kept, rows):
    """Writes the tables of docs/performance.md."""
    # The latest run first.
    numbers = {name: str(number) for number, name in enumerate(sorted(kept["runs"], reverse=True), 1)}
    with open(DOCUMENT, encoding="utf-8") as file:
        document = file.read()
    document = between(document, "runs", runs_text(kept, numbers))
    document = between(document, "limits", limits_table(kept, rows, numbers))
    document = between(document, "looks", looks_table(kept, rows, numbers))
    document = between(document, "commands", commands_text(kept, rows))
    replace(DOCUMENT, document)


if __name__ == "__main__":
    from rows import ROWS

    write(load(), ROWS)
