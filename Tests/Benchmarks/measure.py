"""Times as hyperfine measures them, and peak memory."""

import json
import os
import shlex
import statistics
import subprocess

from fixtures import Failed


class Command:
    """A command line, and a shell script that puts things as they have to be before each run of it."""

    def __init__(self, words, prepare=""):
        self.words = [str(word) for word in words]
        self.prepare = prepare


def times(commands, scratch, rounds=6, runs=5, cwd=None, settings=None):
    """Each command's median time in seconds.

    The commands take turns, some runs each, so that whatever else the machine does meets all of them alike.

    - cwd, settings: the directory that they start in, and what is added to the environment, for commands so short that
      env(1) before each would count.
    """
    taken = [[] for _ in commands]
    report = os.path.join(scratch, "hyperfine.json")
    for number in range(rounds):
        # The second one finds warmer caches, so the order changes too.
        order = list(range(len(commands)))[:: -1 if number % 2 else 1]
        line = ["hyperfine", "-N", "--style", "none", "--output", "pipe", "--export-json", report]
        line += ["--warmup", "1" if number == 0 else "0", "--runs", str(runs)]
        for index in order:
            line += ["--prepare", shlex.join(["sh", "-ec", commands[index].prepare or ":"])]
        line += [shlex.join(commands[index].words) for index in order]
        done = subprocess.run(
            line, capture_output=True, text=True, check=False, cwd=cwd, env={**os.environ, **(settings or {})})
        if done.returncode != 0:
            raise Failed(f"{shlex.join(line)} failed:\n{done.stdout}{done.stderr}")
        with open(report, encoding="utf-8") as file:
            results = json.load(file)["results"]
        for index, result in zip(order, results):
            taken[index] += result["times"]
    return [statistics.median(each) for each in taken]


def peak_memory(command):
    """The most memory, in bytes, that a process of a command had resident, children included one by one."""
    subprocess.run(["sh", "-ec", command.prepare or ":"], check=True)
    done = subprocess.run(
        ["/usr/bin/time", "-f", "%M", *command.words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        check=True)
    return int(done.stderr.strip().split("\n")[-1]) * 1024
