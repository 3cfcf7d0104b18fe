"""Whether what was measured keeps a limit, and whether that can be known from it. Nothing here runs or reads anything."""

import statistics
from dataclasses import dataclass

# How many rounds a time has to be measured in before anything is said of it.
LEAST = 7

OK, UNCLEAR, MISSED, FAILED = "ok", "unclear", "MISSED", "FAILED"
# From best to worst; a row is as good as the worst of its parts.
ORDER = [OK, UNCLEAR, MISSED, FAILED]


@dataclass(frozen=True)
class Limit:
    """What a value may be at most, or has to be at least."""

    value: float
    unit: str = "×"
    at_least: bool = False


@dataclass(frozen=True)
class Spread:
    """The median of what some rounds gave, and between what the middle half of them is."""

    low: float
    middle: float
    high: float
    rounds: int


def spread(values):
    """The spread of at least LEAST values is their middle half; of fewer, all of them: few rounds look no better than many."""
    if not values:
        raise ValueError("nothing was measured")
    if len(values) < LEAST:
        return Spread(min(values), statistics.median(values), max(values), len(values))
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(low, middle, high, len(values))


def times_need_rounds(unit):
    """Whether a value differs from run to run by what else the machine does, as times do and sizes do not."""
    return unit in ("×", "s", "requests/s")


def verdict(reached, limit):
    """OK or MISSED where the whole spread is on one side of the limit, and UNCLEAR where the limit is within it."""
    if limit is None:
        return OK
    if times_need_rounds(limit.unit) and reached.rounds < LEAST:
        return UNCLEAR
    good, bad = (reached.high, reached.low) if not limit.at_least else (-reached.low, -reached.high)
    bound = limit.value if not limit.at_least else -limit.value
    if good <= bound:
        return OK
    return MISSED if bad > bound else UNCLEAR


def worst(verdicts):
    return max(verdicts, key=ORDER.index, default=FAILED)


def ratios(ours, theirs):
    """What each round says of the two: what was run side by side had the same machine."""
    return [one / other for one, other in zip(ours, theirs, strict=True)]
