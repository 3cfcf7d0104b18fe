"""Runs the rows and says what became of them: see bench.sh, which sets up what this needs.

Usage: bench.py SCRATCH-DIRECTORY
"""

import fnmatch
import os
import sys
import time

import machine
import report
from fixtures import Failed, World
from judge import FAILED, MISSED, OK, UNCLEAR
from rows import ROWS


def wanted(rows, patterns):
    """The rows whose key or group matches one of the patterns."""
    return [row for row in rows if any(fnmatch.fnmatch(name, pattern) for name in (row.key, row.group) for pattern in patterns)]


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def duration(seconds):
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"


def expected(rows, kept):
    """The seconds that rows took when they were measured last; of one that never was, what they take in the mean."""
    return sum(kept["rows"].get(row.key, {"took": 11})["took"] for row in rows)


def measured(row, world):
    """A row's result; one that cannot be measured does not end the others."""
    begun = time.monotonic()
    try:
        return report.entry(row.run(world), world, time.monotonic() - begun)
    except Failed as error:
        return report.failure("; ".join(str(error).split("\n"))[:500], time.monotonic() - begun)


def show(row, result):
    """What was done, and what came of it."""
    print(f"\n{row.key}: {row.work}, against {row.against}")
    print(f"  on: {row.made}")
    for line in report.commands_of(result).split("\n"):
        print(f"  | {line}")
    print(f"  {report.rounds_text(result)}")
    allowed = report.allowed(row) or "anything"
    if not allowed.startswith("at least"):
        allowed = f"at most {allowed}"
    print(f"  {report.reached_by(result)}; {allowed}: {report.row_verdict(result, row)}", flush=True)
    if result.get("failed"):
        say(f"{row.key}: {result['failed']}")


def run_rows(rows, world, each):
    """Results of rows by their keys; `each` is told of them after every row."""
    results = {}
    for number, row in enumerate(rows, 1):
        say(f"{number} of {len(rows)}: {row.key}")
        results[row.key] = measured(row, world)
        show(row, results[row.key])
        each(results)
    return results


def summary(rows, results):
    """Lines that say how many rows hold, and name the others; and whether all do."""
    verdicts = {row.key: report.row_verdict(results[row.key], row) for row in rows}
    for row in rows:
        yield from report.unclear_parts(results[row.key], row)
    counted = {verdict: [key for key, found in verdicts.items() if found == verdict] for verdict in (OK, UNCLEAR, MISSED, FAILED)}
    yield ", ".join(
        f"{len(keys)} {verdict}" + (f" ({' '.join(keys)})" if verdict != OK and keys else "") for verdict, keys in counted.items())


def all_hold(rows, results):
    return all(report.row_verdict(results[row.key], row) == OK for row in rows)


def main(rows=None):
    settings = os.environ
    world = World(sys.argv[1], scale=float(settings.get("SCALE") or "1"))
    rows = wanted(rows if rows is not None else ROWS, (settings.get("ROWS") or "*").split())
    writes = settings.get("WRITE") == "1"
    if not rows:
        say("no row has such a name; Tests/Benchmarks/rows.py has them all")
        return 2
    if writes and world.scale != 1:
        say("the document is about the full sizes: WRITE=1 goes with no SCALE")
        return 2
    kept = report.load()
    say(f"{len(rows)} rows, about {duration(expected(rows, kept))} by what they took when they were measured last")
    begun, name = time.monotonic(), time.strftime("%Y-%m-%d %H:%M", time.gmtime())
    described = machine.description(world.directory)

    def write(results):
        now = report.merged(kept, name, described, results, ROWS)
        report.save(now)
        report.write(now, ROWS)

    # After every row, so that a run which is ended has not measured for nothing.
    results = run_rows(rows, world, write if writes else lambda _: None)
    described.append(f"load {machine.load()} after it")

    print("\n" + "\n".join(described))
    if world.scale != 1:
        print(f"All sizes times {world.scale:g}: this says nothing about the rows as they read.")
    now = report.merged({"runs": {}, "rows": {}}, name, described, results, ROWS)
    print("\n" + report.limits_table(now, [row for row in rows if row.limits], {name: "this"}))
    print("\n" + report.looks_table(now, rows, {name: "this"}))
    print()
    for line in summary(rows, results):
        print(line)
    say(f"done in {duration(time.monotonic() - begun)}")
    if writes:
        write(results)
        say("docs/performance.json and the tables of docs/performance.md are written")
    return 0 if settings.get("STRICT") != "1" or all_hold(rows, results) else 1


if __name__ == "__main__":
    sys.exit(main())
