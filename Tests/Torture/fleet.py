#!/usr/bin/env python3
"""Many machines with one git remote: what an hour of pushes is to it, in less.

    fleet.py PREFIX DIRECTORY SEED MACHINES PUSHES

Each machine registers a project of its own and one that all have, changes one of them, and pushes; PUSHES times, at times that
are drawn from one span, in which as many pushes follow each other as the computer has time for. A machine does nothing
else about it than what a script of cron's does, `dev-infra push`: no push may fail, and when all have pulled, all registries
are the same, pass `verify`, and have every change that nobody has overwritten.
"""

import heapq
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor


class Failed(Exception):
    pass


class Fleet:
    def __init__(self, prefix, directory, seed, size):
        self.prefix, self.directory, self.size = prefix, directory, size
        self.random = random.Random(seed)
        self.remote = os.path.join(directory, "remote.git")
        self.expected = {}
        self.times = []
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        self.git("init", "-q", "--bare", "-b", "main", self.remote)

    @staticmethod
    def git(*words):
        return subprocess.run(["git", *words], capture_output=True, text=True, check=True).stdout

    def home(self, number):
        return os.path.join(self.directory, f"m{number}")

    def run(self, number, *words):
        environment = {
            "PATH": f"{self.prefix}/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": self.home(number), "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CEILING_DIRECTORIES": self.directory}
        done = subprocess.run(
            [f"{self.prefix}/bin/dev-infra", *words], env=environment, cwd=self.home(number), capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=600)
        if done.returncode != 0:
            raise Failed(f"m{number}: dev-infra {' '.join(words)} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def furnish(self, number):
        home = self.home(number)
        os.makedirs(home)
        with open(os.path.join(home, ".gitconfig"), "w") as file:
            file.write(f"[user]\n\tname = m{number}\n\temail = m{number}@example.org\n[init]\n\tdefaultBranch = main\n")
        for project in (f"own{number}", "shared"):
            path = os.path.join(home, project)
            self.git("init", "-q", "-b", "main", path)
            self.git("-C", path, "remote", "add", "origin", f"https://example.org/{project}.git")
        self.run(number, "init", "--name", f"m{number}")
        self.run(number, "remote", "add", "origin", self.remote)
        self.run(number, "register", "--quiet", f"own{number}", "shared")

    def change_and_push(self, number, turn):
        self.run(number, "set", "--quiet", f"own{number}", f"description=turn {turn}", f"tags+=t{turn}")
        self.expected[f"own{number}"] = turn
        if number % 10 == turn % 10:
            # Some change what all have.
            self.run(number, "set", "--quiet", "shared", f"tags+=m{number}-{turn}")
            self.expected.setdefault("shared", set()).add(f"m{number}-{turn}")
        begun = time.monotonic()
        self.run(number, "push", "--quiet")
        self.times.append(time.monotonic() - begun)

    def at_times(self, pushes, workers):
        """Runs (time, machine, turn) in the order of time, as many at once as there are workers; one machine does one at a time."""
        events = [(self.random.random(), number, 0) for number in range(self.size) for _ in range(pushes)]
        turns = dict.fromkeys(range(self.size), 0)
        heapq.heapify(events)
        busy, waiting = {}, []
        with ThreadPoolExecutor(workers) as pool:
            while events or busy:
                while events and len(busy) < workers:
                    _, number, _ = heapq.heappop(events)
                    if number in busy:
                        waiting.append(number)
                        continue
                    turns[number] += 1
                    busy[number] = pool.submit(self.change_and_push, number, turns[number])
                time.sleep(0.005)
                for number in [number for number, future in busy.items() if future.done()]:
                    busy.pop(number).result()
                for number in waiting:
                    heapq.heappush(events, (0, number, 0))
                waiting.clear()

    def settle(self):
        def whole(number):
            self.run(number, "pull", "--quiet")
            self.run(number, "verify")
            return self.git("--git-dir", os.path.join(self.home(number), ".dev-infra"), "rev-parse", "main^{tree}")

        with ThreadPoolExecutor(4) as pool:
            trees = set(pool.map(whole, range(self.size)))
        trees.add(self.git("--git-dir", self.remote, "rev-parse", "main^{tree}"))
        if len(trees) != 1:
            raise Failed(f"{len(trees)} trees after all have pulled")
        entries = {entry["name"]: entry for entry in json.loads(self.run(0, "list", "--all", "--json"))}
        if set(entries) != {"shared", *(f"own{number}" for number in range(self.size))}:
            raise Failed(f"{len(entries)} projects, and not {self.size + 1}")
        for name, turn in self.expected.items():
            if name == "shared":
                if set(entries[name].get("tags", [])) != turn:
                    raise Failed(f"shared has the tags {entries[name].get('tags')}, and not {sorted(turn)}")
            elif entries[name].get("description") != f"turn {turn}" or len(entries[name]["tags"]) != turn:
                raise Failed(f"{name} is {entries[name]}, and turn {turn} was its last")
        states = self.git("--git-dir", self.remote, "for-each-ref", "refs/dev-infra/state").count("\n")
        if states != self.size:
            raise Failed(f"the remote has the state of {states} machines, and not of {self.size}")


def main():
    prefix, directory, (seed, size, pushes) = sys.argv[1], sys.argv[2], map(int, sys.argv[3:6])
    workers = 2 * (os.cpu_count() or 1)
    try:
        fleet = Fleet(prefix, directory, seed, size)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(fleet.furnish, range(size)))
        begun = time.monotonic()
        fleet.at_times(pushes, workers)
        span = time.monotonic() - begun
        fleet.settle()
    except (Failed, subprocess.SubprocessError) as failure:
        print(f"seed {seed}: {failure}")
        return 1
    times = sorted(fleet.times)
    print(f"{size} machines, {len(times)} pushes in {span:.0f} s, {workers} at a time, seed {seed}: none failed")
    print(f"a push takes {statistics.median(times):.2f} s at the median, {times[len(times) * 99 // 100]:.2f} s in 99 of 100 cases, "
          f"{times[-1]:.2f} s at most")
    return 0


sys.exit(main())
