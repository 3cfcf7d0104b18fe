"""Times, processor times and peak memory, taken in turns."""

import os
import shlex
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field

from fixtures import Failed
from judge import LEAST, ratios


@dataclass
class Command:
    """A command line, on which machine (home) and where it is run, and a shell script that is run before each time.

    - status: the exit status that it has to end with.
    """

    words: list
    prepare: str = ""
    home: str = ""
    settings: dict = field(default_factory=dict)
    cwd: str = ""
    status: int = 0

    def __post_init__(self):
        self.words = [str(word) for word in self.words]
        if self.home:
            self.settings = {"HOME": str(self.home), **self.settings}

    def line(self):
        """What one would type to do the same."""
        typed = " ".join([*(f"{name}={shlex.quote(str(value))}" for name, value in self.settings.items()), shlex.join(self.words)])
        return f"cd {shlex.quote(self.cwd)} && {typed}" if self.cwd else typed

    def environment(self):
        return {**os.environ, **{name: str(value) for name, value in self.settings.items()}}

    def ready(self):
        if self.prepare:
            done = subprocess.run(["sh", "-ec", self.prepare], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise Failed(f"what comes before {self.line()} failed:\n{done.stdout}{done.stderr}")

    def sample(self):
        """Runs it once; gives the seconds that it took, and those of processor time of it and all that it waited for.

        What it prints is read from a pipe: there are programs that do less where they write to /dev/null.
        """
        program = shutil.which(self.words[0])
        if program is None:
            raise Failed(f"there is no {self.words[0]}")
        environment = self.environment()
        reading, writing = os.pipe()
        before = os.getcwd()
        with tempfile.TemporaryFile() as errors:
            actions = [
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, writing, 1),
                (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)]
            if self.cwd:
                os.chdir(self.cwd)
            try:
                start = time.perf_counter()
                # Python ignores these.
                child = os.posix_spawn(
                    program, self.words, environment, file_actions=actions, setsigdef=[signal.SIGPIPE, signal.SIGXFSZ])
                os.close(writing)
                while os.read(reading, 1 << 16):
                    pass
                _, status, usage = os.wait4(child, 0)
                taken = time.perf_counter() - start
            finally:
                os.close(reading)
                os.chdir(before)
            if os.waitstatus_to_exitcode(status) != self.status:
                errors.seek(0)
                raise Failed(f"{self.line()} ended with {os.waitstatus_to_exitcode(status)}:\n{errors.read().decode(errors='replace')}")
        return Sample(taken, usage.ru_utime + usage.ru_stime)


@dataclass(frozen=True)
class Sample:
    """What one run gave: seconds as a rule, of what a clock shows and of processor time."""

    value: float
    processor: float = 0


class Probe:
    """Something that is measured otherwise than by running a command to its end."""

    def __init__(self, line, measure, prepare=""):
        self._line = line
        self._measure = measure
        self.prepare = prepare

    def line(self):
        return self._line

    def ready(self):
        pass

    def sample(self):
        return Sample(self._measure())


def take_turns(sides, seconds=3.0, least=LEAST, most=201, clock=time.perf_counter):
    """A list of samples for each side.

    A round has each side once, and every other round has them the other way about, so that what the machine does otherwise
    meets all alike, and none always finds what another has just warmed. A first round is not counted. There are at least
    `least` rounds, and more while these have not taken so many seconds; or thrice that, with what goes before each run.
    """
    taken = [[] for _ in sides]
    begun, measured, number = clock(), 0.0, -1
    while number < least or (measured < seconds and clock() - begun < 3 * seconds and number < most):
        if number == 0:
            begun = clock()
        order = list(range(len(sides)))
        for index in order[::-1] if number % 2 else order:
            sides[index].ready()
            start = clock()
            sample = sides[index].sample()
            if number >= 0:
                taken[index].append(sample)
                measured += clock() - start
        number += 1
    return taken


def values(samples):
    return [sample.value for sample in samples]


def shown(value, unit="s"):
    """A value with its unit, to three digits."""
    if unit == "s":
        if value >= 1:
            return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"
        return f"{value * 1e3:.1f} ms" if value < 0.1 else f"{value * 1e3:.0f} ms"
    if unit == "B" and value >= 1e9:
        return f"{value / 1e9:.2f} GB"
    if unit == "B":
        return f"{value / 1e6:.0f} MB" if value >= 1e8 else f"{value / 1e6:.1f} MB" if value >= 1e6 else f"{value / 1e3:.0f} kB"
    if unit.startswith("×"):
        return f"{value:.2f} {unit}"
    return f"{value:,.0f} {unit}"


@dataclass
class Part:
    """One value of a row, as each round gave it; `detail` is what the value was made of."""

    values: list
    name: str = ""
    unit: str = "×"
    detail: str = ""


@dataclass
class Result:
    """What a row gave, and the sides that it ran, by what they are called."""

    parts: list
    sides: dict


def ratio(ours, theirs, name="", unit="s"):
    """The part that says how two sides of the same rounds compare."""
    mine, others = values(ours), values(theirs)
    detail = f"{shown(statistics.median(mine), unit)} / {shown(statistics.median(others), unit)}"
    return Part(ratios(mine, others), name, "×", detail)


def compare(ours, theirs, name="", **counts):
    taken = take_turns([ours, theirs], **counts)
    return Result([ratio(*taken, name=name)], {"dev-infra": ours, "beside": theirs})


def peak_memory(command, runs=3):
    """The most memory, in bytes, that a process of a command had resident, children included one by one; of each run.

    A small program starts it: what a child has before it becomes another program counts too.
    """
    taken = []
    for _ in range(runs):
        command.ready()
        done = subprocess.run(
            ["/usr/bin/time", "-f", "%M", *command.words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            check=False, env=command.environment(), cwd=command.cwd or None)
        if done.returncode != command.status:
            raise Failed(f"{command.line()} ended with {done.returncode}:\n{done.stderr}")
        taken.append(int(done.stderr.strip().split("\n")[-1]) * 1024)
    return taken
