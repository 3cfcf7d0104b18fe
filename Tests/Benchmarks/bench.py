"""Runs the rows and prints the table: see bench.sh, which sets up what this needs.

Usage: bench.py SCRATCH-DIRECTORY
"""

import fnmatch
import os
import sys

import machine
from fixtures import Failed, World
from rows import LOOKS, ROWS


def wanted(rows):
    patterns = os.environ.get("ROWS", "*").split()
    return [row for row in rows if any(fnmatch.fnmatch(row.key, pattern) for pattern in patterns)]


def progress(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def measured(row, world):
    """What a row reached, in words, and whether that is enough; a row that cannot be measured does not end the others."""
    try:
        outcomes = row.run(world)
    except Failed as error:
        progress(str(error))
        return "—", "FAILED"
    return "; ".join(outcome.text for outcome in outcomes), "ok" if all(outcome.holds for outcome in outcomes) else "MISSED"


def main():
    world = World(sys.argv[1], scale=float(os.environ.get("SCALE", "1")))
    missed = 0
    table = []
    for row in wanted(ROWS):
        progress(row.key)
        reached, verdict = measured(row, world)
        missed += verdict != "ok"
        table.append(f"| {row.work} | {row.against} | {reached} | {row.limit} | {verdict} |")
        progress(f"  {reached}: {verdict}")
    looks = []
    for row in wanted(LOOKS):
        progress(row.key)
        reached, verdict = measured(row, world)
        missed += verdict == "FAILED"
        looks.append(f"| {row.work} | {row.against} | {reached} |")
        progress(f"  {reached}")

    for line in machine.description(world.directory):
        print(line)
    if world.scale != 1:
        print(f"All sizes times {world.scale:g}: this says nothing about the rows as they read.")
    if table:
        print("\n| work | against | reached | at most | |\n|---|---|---|---|---|")
        print("\n".join(table))
    if looks:
        print("\n| beside these | against | reached |\n|---|---|---|")
        print("\n".join(looks))
    return 1 if missed and os.environ.get("STRICT") == "1" else 0


if __name__ == "__main__":
    sys.exit(main())
