#!/usr/bin/env python3
"""Random histories of three machines, with the real commands, and a model of what no history may lose.

    histories.py PREFIX DIRECTORY SEED SECONDS

Three machines with one remote register, import, edit, undo, tag, untag, forget, remove, refresh, edit .dev-infra.yml, gc,
pull and push in any order, with clocks that are minutes apart; each push takes the state of checkouts along. A fourth
machine may come in the midst of it, be removed by another, be there still and push again, or be gone for good. Every write is
an event with a value of its own, and knows the events that its machine had seen. After each history a pull and a push on each
machine in turn, and a pull on each, must leave all with the same tree and the states of all, and each field with the value
of a write that no other write has overwritten.

Histories go on until the time is over; the first that fails ends it with 1, its seed and its commands.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time

FIELDS = ["description", "organization", "template"]
MACHINES = ["laptop", "desktop", "server"]
# Comes later, and may go.
GUEST = "tablet"
PROJECTS = ["p0", "p1", "p2", "p3"]


class Lost(Exception):
    pass


class World:
    def __init__(self, prefix, directory, seed, steps):
        self.prefix, self.directory = prefix, directory
        self.random = random.Random(seed)
        self.log = []
        self.events = []
        # Numbers of events that no machine has any more, and of those that were taken back at once.
        self.gone = set()
        self.undone = set()
        self.machines = list(MACHINES)
        self.known = {name: set() for name in [*MACHINES, GUEST]}
        self.remote_known = set()
        self.steps = steps
        self.skew = {name: self.random.randint(-300, 300) for name in [*MACHINES, GUEST]}
        self.remote = os.path.join(directory, "remote.git")
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", self.remote], check=True)
        for name in MACHINES:
            self.furnish(name)
            self.run(name, "init", "--name", name)
            self.run(name, "remote", "add", "origin", self.remote)

    def furnish(self, name):
        home = self.home(name)
        os.makedirs(home)
        with open(os.path.join(home, ".gitconfig"), "w") as file:
            file.write(f"[user]\n\tname = {name}\n\temail = {name}@example.org\n[init]\n\tdefaultBranch = main\n")
        for project in PROJECTS:
            path = os.path.join(home, project)
            subprocess.run(["git", "init", "-q", "-b", "main", path], check=True)
            subprocess.run(["git", "-C", path, "remote", "add", "origin", f"https://example.org/{project}.git"], check=True)

    def home(self, name):
        return os.path.join(self.directory, name)

    def run(self, name, *words, allowed=(0,), typed=None):
        environment = {
            "PATH": f"{self.prefix}/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": self.home(name),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CEILING_DIRECTORIES": self.directory,
            "DEV_INFRA_TEST_CLOCK_OFFSET": str(self.skew[name]),
        }
        self.log.append(f"{name}: dev-infra {' '.join(words)}")
        result = subprocess.run(
            [f"{self.prefix}/bin/dev-infra", *words], env=environment, cwd=self.home(name), capture_output=True, text=True,
            input=typed or "", timeout=120,
        )
        if result.returncode not in allowed:
            raise Lost(f"{self.log[-1]} ended with {result.returncode}: {result.stderr}")
        return result

    # What a machine has, read from git alone.

    def entries(self, git_directory):
        names = subprocess.run(
            ["git", "--git-dir", git_directory, "ls-tree", "-r", "--name-only", "main", "projects/"], capture_output=True, text=True
        ).stdout.split()
        found = {}
        for path in names:
            text = subprocess.run(
                ["git", "--git-dir", git_directory, "cat-file", "blob", f"main:{path}"], capture_output=True, text=True, check=True
            ).stdout
            entry = json.loads(text)
            found[entry["remote_url"].rsplit("/", 1)[1][:-4]] = entry
        return found

    def registry(self, name):
        return os.path.join(self.home(name), ".dev-infra")

    def tree(self, git_directory):
        return subprocess.run(
            ["git", "--git-dir", git_directory, "rev-parse", "main^{tree}"], capture_output=True, text=True, check=True
        ).stdout.strip()

    # Events: (number, project, slot, value, what its machine had seen)

    def event(self, name, project, slot, value):
        number = len(self.events)
        self.events.append((number, project, slot, value, frozenset(self.known[name])))
        self.known[name].add(number)
        return number

    def machine_ids(self, git_directory):
        """The machines that a registry knows, by their names."""
        paths = subprocess.run(
            ["git", "--git-dir", git_directory, "ls-tree", "--name-only", "main", "machines/"], capture_output=True, text=True
        ).stdout.split()
        found = {}
        for path in paths:
            text = subprocess.run(
                ["git", "--git-dir", git_directory, "cat-file", "blob", f"main:{path}/machine.json"], capture_output=True, text=True
            ).stdout
            if text:
                found[json.loads(text)["name"]] = path.rsplit("/", 1)[1]
        return found

    def visit(self):
        """The guest comes, or is removed by another machine: for good, or while it goes on."""
        if GUEST not in self.machines:
            if os.path.exists(self.home(GUEST)) or not self.entries(self.remote):
                return
            self.furnish(GUEST)
            self.run(GUEST, "init", "--name", GUEST, self.remote)
            self.known[GUEST] |= self.remote_known
            self.machines.append(GUEST)
            return
        name = self.random.choice(MACHINES)
        guest = self.machine_ids(self.registry(name)).get(GUEST)
        if guest is None:
            return
        self.run(name, "machine", "remove", "--quiet", guest)
        if self.random.random() < 0.5:
            self.machines.remove(GUEST)
            # What it wrote and did not push is gone with it.
            self.gone |= self.known[GUEST] - self.remote_known - set().union(*(self.known[other] for other in MACHINES))

    def step(self):
        name = self.random.choice(self.machines)
        action = self.random.choices(
            ["set", "undo", "tag", "untag", "yml", "register", "import", "rm", "forget", "refresh", "pull", "push", "gc", "visit"],
            [8, 2, 4, 2, 2, 4, 1, 1, 1, 1, 6, 6, 1, 1],
        )[0]
        if action == "visit":
            return self.visit()
        project = self.random.choice(PROJECTS)
        entries = self.entries(self.registry(name))
        number = len(self.events)
        if action in ("pull", "push", "gc"):
            self.run(name, action)
            if action == "pull":
                self.known[name] |= self.remote_known
            elif action == "push":
                self.remote_known |= self.known[name]
            return
        if action == "refresh":
            self.run(name, "refresh")
            return
        if action == "register":
            self.run(name, "register", project)
            if project not in entries:
                # All of it is written: what an earlier entry had is gone, but for what comes back of one that was removed.
                self.event(name, project, "", "registered")
                self.recall(name, project)
                self.declare(name, project)
            return
        if action == "import":
            # What was removed is passed over, and that is a 1.
            done = self.run(name, "import", "--quiet", "urls", typed=f"https://example.org/{project}.git\n", allowed=(0, 1))
            if done.returncode == 1 and "was removed from the registry" not in done.stderr:
                raise Lost(f"{self.log[-1]} ended with 1: {done.stderr}")
            if done.returncode == 0 and project not in entries:
                self.event(name, project, "", "registered")
            return
        if project not in entries:
            return
        entry = entries[project]
        here = os.path.exists(os.path.join(self.home(name), project))
        if action == "set":
            field = self.random.choice(FIELDS[:2])
            self.run(name, "set", "--quiet", entry["id"], f"{field}=v{number}")
            self.event(name, project, field, f"v{number}")
        elif action == "undo":
            field = self.random.choice(FIELDS[:2])
            self.run(name, "set", "--quiet", entry["id"], f"{field}=v{number}")
            written = self.event(name, project, field, f"v{number}")
            self.run(name, "undo", "--quiet")
            # The entry is what it was, to the byte: nothing was written that a removal would have to give way to.
            self.undone |= {written, self.event(name, project, field, entry.get(field))}
        elif action == "tag":
            self.run(name, "set", "--quiet", entry["id"], f"tags+=t{number}")
            self.event(name, project, f"tag t{number}", True)
        elif action == "untag" and entry.get("tags"):
            tag = self.random.choice(entry["tags"])
            self.run(name, "set", "--quiet", entry["id"], f"tags-={tag}")
            self.event(name, project, f"tag {tag}", False)
        elif action == "yml" and here and name == MACHINES[PROJECTS.index(project) % len(MACHINES)]:
            # One machine a project, so that no two files contradict each other for ever.
            located = self.run(name, "path", f"./{project}", allowed=(0, 1))
            with open(os.path.join(self.home(name), project, ".dev-infra.yml"), "w") as file:
                file.write(f"template: y{number}\n")
            if located.returncode == 0:
                self.run(name, "refresh", f"./{project}")
                self.event(name, project, "template", f"y{number}")
        elif action == "rm":
            self.run(name, "rm", "--quiet", entry["id"])
            self.event(name, project, "", None)
        elif action == "forget":
            self.run(name, "forget", "--quiet", entry["id"], allowed=(0, 1))

    def recall(self, name, project):
        """What a registration has brought back counts as written by it."""
        entry = self.entries(self.registry(name))[project]
        for field in FIELDS:
            if field in entry:
                self.event(name, project, field, entry[field])
        for tag in entry.get("tags", []):
            self.event(name, project, f"tag {tag}", True)

    def declare(self, name, project):
        try:
            with open(os.path.join(self.home(name), project, ".dev-infra.yml")) as file:
                self.event(name, project, "template", file.read().split()[1])
        except FileNotFoundError:
            pass

    def settle(self):
        # Twice: a machine that pulls a removal drops its own checkout of the project, which is news to the others.
        for name in self.machines * 2:
            self.run(name, "pull")
            self.known[name] |= self.remote_known
            self.run(name, "push")
            self.remote_known |= self.known[name]
        for name in self.machines:
            self.run(name, "pull")
        trees = {self.tree(self.registry(name)) for name in self.machines} | {self.tree(self.remote)}
        if len(trees) != 1:
            raise Lost(f"{len(trees)} trees after all have pulled and pushed")
        self.judge_states()
        for name in self.machines:
            self.run(name, "verify")
            fsck = subprocess.run(
                ["git", "--git-dir", self.registry(name), "fsck", "--strict", "--no-dangling"], capture_output=True, text=True
            )
            if fsck.returncode != 0 or fsck.stdout.strip():
                raise Lost(f"git fsck on {name}: {fsck.stdout}{fsck.stderr}")
        self.judge(self.entries(self.remote))

    def judge_states(self):
        """The remote, and each machine, has the state of every machine that has a project and is still there."""
        known = self.machine_ids(self.remote)
        for name in self.machines:
            if name not in known:
                continue
            for place in [self.remote, *(self.registry(other) for other in self.machines)]:
                ref = f"refs/dev-infra/state/{known[name]}"
                found = subprocess.run(["git", "--git-dir", place, "rev-parse", "-q", "--verify", ref], capture_output=True, text=True)
                if found.returncode != 0:
                    raise Lost(f"{place} has no state of {name}")

    def is_repeated(self, event, gone):
        """Whether it registered what a removal that had not seen it took away as another had registered it.

        Beside that entry it wrote nothing but where its machine has the project, and that keeps none.
        """
        return event[3] == "registered" and any(
            other[1] == event[1] and other[3] == "registered" and other[0] not in event[4] and other[0] in removal[4]
            for other in self.events for removal in gone if event[0] not in removal[4])

    def judge(self, entries):
        for project in PROJECTS:
            mine = [event for event in self.events if event[1] == project and event[0] not in self.gone]
            whole = [event for event in mine if event[2] == ""]
            overwritten = set()
            for event in mine:
                for other in mine:
                    if event[0] in other[4] and other[2] in (event[2], ""):
                        overwritten.add(event[0])
            last = [event for event in mine if event[0] not in overwritten]
            entry = entries.get(project)
            # A removal that something else was written beside, unseen, is overruled.
            if entry is None:
                if any(event[3] is not None for event in last) and not any(event[3] is None and event[2] == "" for event in last):
                    raise Lost(f"{project} is gone, and nobody removed it after {last}")
                kept = [e for e in last if e[3] is not None and not (e[2].startswith("tag ") and e[3] is False)]
                gone = [e for e in whole if e[3] is None]
                kept = [e for e in kept if e[0] not in self.undone and not self.is_repeated(e, gone)]
                if any(all(e[0] not in g[4] for g in gone) for e in kept):
                    raise Lost(f"{project} is gone although {kept} was written beside the removal")
                continue
            if last and all(event[3] is None for event in last if event[2] == "") and all(event[2] == "" for event in last) and whole:
                raise Lost(f"{project} is there, and was removed last: {last}")
            for slot in sorted({event[2] for event in mine if event[2]}):
                finals = [event for event in last if event[2] == slot]
                # Where the whole entry was written beside it, unseen, either may have won.
                if any(w[0] not in e[4] and e[0] not in w[4] for e in finals for w in whole):
                    continue
                if not finals:
                    continue
                if slot.startswith("tag "):
                    value = slot[4:] in entry.get("tags", [])
                else:
                    value = entry.get(slot)
                if value not in [event[3] for event in finals]:
                    raise Lost(f"{project}: {slot} is {value!r}, and these were not overwritten: {finals}")


def main():
    prefix, directory, seed, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    start = time.monotonic()
    histories = commands = 0
    while histories == 0 or time.monotonic() - start < seconds:
        steps = random.Random(seed).randint(15, 60)
        world = None
        try:
            world = World(prefix, directory, seed, steps)
            for _ in range(steps):
                world.step()
            world.settle()
        except (Lost, subprocess.SubprocessError) as failure:
            print(f"history {seed}: {failure}")
            for line in world.log if world else []:
                print(f"  {line}")
            return 1
        histories += 1
        commands += len(world.log)
        seed += 1
    print(f"{histories} histories of {commands} commands, the last with seed {seed - 1}")
    return 0


sys.exit(main())
