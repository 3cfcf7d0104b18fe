"""How the cost of commands grows with projects, machines, history and conflicts; bench.sh sets up what this needs.

Usage: scaling.py SCRATCH-DIRECTORY

AXES='projects machines history conflicts' chooses; MILLION=1 adds 1,000,000 projects, which takes half an hour and 10 GB of disk. WRITE=1
writes docs/scaling.json, the tables of docs/scaling.md and the pictures docs/scaling-*.svg; what was not measured stays.

The figures are processor time, of all processes of a command, which other work on the machine changes little: the median of
three runs after one that is not counted, and of a command that takes more than a second of it, one run.
"""

import json
import os
import shlex
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, replace as replace_fields
from typing import Callable

import large
import machine
from bench import say
from chart import chart
from fixtures import EPOCH, Failed, Registry, World, canonical, git_object, machine_ids, run, set_aside
from measure import Command, shown, take_turns
from report import SOURCE, between, replace, table
from rows import pull_command

KEPT = os.path.join(SOURCE, "docs/scaling.json")
DOCUMENT = os.path.join(SOURCE, "docs/scaling.md")
ROUNDS = 3


def measured(command):
    """What is kept of a command: seconds of processor time and of waiting, and bytes of its largest process."""
    with tempfile.NamedTemporaryFile("r", encoding="ascii") as most:
        first = replace_fields(command, words=["/usr/bin/time", "-q", "-f", "%M", "-o", most.name, *command.words])
        first.ready()
        samples = [first.sample()]
        memory = int(most.read()) * 1024
    if samples[0].processor <= 1:
        (samples,) = take_turns([command], seconds=0, least=ROUNDS)
    return {
        "processor": round(statistics.median(sample.processor for sample in samples), 4),
        "waited": round(statistics.median(sample.value for sample in samples), 4), "memory": memory}


@dataclass
class Axis:
    """Something that grows.

    - commands: gives the commands of a world and a size, by what they are called.
    - sizes_of: gives further figures of a size, in bytes, by what has them.
    """

    key: str
    name: str
    sizes: list
    commands: Callable
    title: str
    drawn: list
    sizes_of: Callable = lambda world, size: {}


def of(registry, *words, **more):
    return Command(["dev-infra", *words], home=registry.home, **more)


def by_git(registry, remote, here):
    """What git does with the same repository."""
    clone = os.path.join(here, "clone.git")
    return {
        "git fsck": Command(["git", "-C", registry.directory, "fsck", "--no-dangling", "--no-progress"], home=registry.home),
        "git clone --bare": Command(["git", "clone", "-q", "--bare", remote, clone], set_aside(clone), home=here)}


def projects(world, size):
    url, here = large.cloned(world, size)
    return {**large.memory_commands(world, size), **by_git(world.registry(size), url, here)}


class Grown:
    """A registry that is made by hand, with a remote of the same and an empty home to bring it to."""

    def __init__(self, world, name):
        self.registry = Registry(world.path(name, "here"))
        self.here = world.path(name, "empty")
        self.remote = f"file://{world.path(name, 'remote.git')}"
        os.makedirs(self.here)
        run("cp", os.path.join(os.environ["HOME"], ".gitconfig"), self.here)
        self.fill(world)
        self.registry.base = self.registry.main()
        run("git", "-C", self.registry.directory, "repack", "-q", "-a", "-d")
        run("git", "clone", "-q", "--bare", self.registry.directory, world.path(name, "remote.git"))
        run("dev-infra", "remote", "add", "origin", self.remote, home=self.registry.home)
        run("dev-infra", "list", home=self.registry.home)

    def commands(self, project):
        registry = self.registry
        view = shlex.quote(os.path.join(registry.directory, "cache/projects.tsv"))
        back = large.back(registry)
        remote = shlex.quote(self.remote.removeprefix("file://"))
        both = f"git -C {remote} update-ref refs/heads/main {registry.base}\n" + back
        changed = f"HOME={shlex.quote(registry.home)} dev-infra set {project} status=paused >/dev/null\n"
        return {
            "list": of(registry, "list"), "first list": of(registry, "list", prepare=back + f"rm -f {view}"),
            "list after a change": of(registry, "list", prepare=back + changed), "path": of(registry, "path", project),
            "show": of(registry, "show", project), "status": of(registry, "status"),
            "machine list": of(registry, "machine", "list"), "log -n 10": of(registry, "log", "-n", "10"),
            f"log {project}": of(registry, "log", project), "set": of(registry, "set", project, "status=paused", prepare=back),
            "push of one change": of(registry, "push", "--no-state", prepare=both + changed), "pull of nothing": of(registry, "pull", prepare=both),
            "verify": of(registry, "verify"), "gc": of(registry, "gc"),
            "init URL": Command(["dev-infra", "init", self.remote], set_aside(os.path.join(self.here, ".dev-infra")), home=self.here),
            **by_git(registry, self.remote, self.here)}

    def on_disk(self):
        view = os.path.getsize(os.path.join(self.registry.directory, "cache/projects.tsv"))
        objects = run("du", "-s", "-b", os.path.join(self.remote.removeprefix("file://"), "objects")).split()[0]
        return {"objects in one pack": int(objects), "the view": view}


def checkouts_of(world):
    """The directory with a directory for each of 1,000 projects."""
    world.registry(world.size(1000))
    return world.checkouts(world.size(1000))


class Machines(Grown):
    """1,000 projects, each checked out on every one of some machines."""

    def __init__(self, world, count):
        self.count = count
        super().__init__(world, f"machines-{count}")

    def fill(self, world):
        self.registry.fill(range(world.size(1000)), checkouts=checkouts_of(world), others=machine_ids(self.count - 1))


class History(Grown):
    """1,000 projects, with so many commits, each of which changed one."""

    def __init__(self, world, count):
        self.count = count
        super().__init__(world, f"history-{count}")

    def fill(self, world):
        size = world.size(1000)
        registry = self.registry
        registry.fill(range(size), checkouts=checkouts_of(world))
        stream, entries = [], {}
        for number in range(self.count):
            identity = f"remote git.bench.example/team/p{number % size:05}"
            name, _ = git_object("blob", (identity + "\n").encode())
            if name not in entries:
                entries[name] = json.loads(registry.git("show", f"main:projects/{name[:2]}/{name[2:]}.json"))
            entry = entries[name]
            # After what fill says, and before today.
            entry["updated"] = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(1_770_000_000 + number))
            entry["description"] = f"change {number}"
            content, message = canonical(entry), f"set: p{number % size:05}\n".encode()
            stamp = f"{EPOCH + number} +0000"
            stream.append(
                f"commit refs/heads/bench\nauthor Ann <ann@bench.example> {stamp}\n"
                f"committer bench <{registry.machine}@machine.dev-infra> {stamp}\ndata {len(message)}\n".encode() + message
                + (b"from refs/heads/main^0\n" if number == 0 else b"")
                + f"M 100644 inline projects/{name[:2]}/{name[2:]}.json\ndata {len(content)}\n".encode() + content + b"\n")
        registry.git("-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--depth=10", stdin=b"".join(stream))
        registry.git("update-ref", "refs/heads/main", "refs/heads/bench")
        registry.git("update-ref", "-d", "refs/heads/bench")
        run("dev-infra", "verify", home=registry.home)


MADE = {}


def grown(kind):
    def commands(world, size):
        MADE[size, kind] = kind(world, size)
        return MADE[size, kind].commands("p00005")

    return commands, lambda world, size: MADE[size, kind].on_disk()


def conflicts(world, count):
    here, _, _ = world.sides(world.size(10_000), count)
    return {"pull": pull_command(here)}


def projects_on_disk(world, size):
    registry, (url, _) = world.registry(size), large.cloned(world, size)
    view = os.path.getsize(os.path.join(registry.directory, "cache/projects.tsv"))
    return {"objects in one pack": int(run("du", "-s", "-b", url.removeprefix("file://") + "/objects").split()[0]), "the view": view}


AXES = [
    Axis(
        "projects", "projects", [1000, 10_000, 100_000], projects, "Cost by the number of projects",
        ["path", "set", "status", "list", "push", "first list", "verify", "init URL", "git fsck", "git clone --bare"], projects_on_disk),
    Axis(
        "machines", "machines, each with all of 1,000 projects", [1, 10, 50, 200], grown(Machines)[0], "Cost by the number of machines",
        ["path", "list", "set", "machine list", "push of one change", "first list", "verify", "init URL", "git clone --bare"], grown(Machines)[1]),
    Axis(
        "history", "commits, each a change of one of 1,000 projects", [100, 1000, 10_000, 100_000], grown(History)[0],
        "Cost by the length of history",
        ["list", "set", "log -n 10", "log p00005", "push of one change", "verify", "gc", "init URL", "git clone --bare"], grown(History)[1]),
    Axis(
        "conflicts", "conflicts in a pull of 10,000 changed projects", [0, 10, 100, 1000, 10_000], conflicts,
        "Cost of a pull by its conflicts", ["pull"]),
]


def measure_axis(axis, world):
    """All figures of an axis, by what is measured and by its size."""
    found, bytes_of = {}, {}
    sizes = axis.sizes + ([1_000_000] if axis.key == "projects" and os.environ.get("MILLION") == "1" else [])
    # As few machines as they are, in a try with small sizes.
    for size in dict.fromkeys(size if size < 1000 else world.size(size) for size in sizes):
        begun = time.monotonic()
        for name, command in axis.commands(world, size).items():
            begun_command = time.monotonic()
            try:
                found.setdefault(name, {})[str(size)] = measured(command)
            except Failed as error:
                say(f"{axis.key} {size} {name}: {error}")
                continue
            say(f"{axis.key} {size} {name}: {found[name][str(size)]} in {time.monotonic() - begun_command:.0f} s")
        for name, value in axis.sizes_of(world, size).items():
            bytes_of.setdefault(name, {})[str(size)] = value
        say(f"{axis.key} {size}: {time.monotonic() - begun:.0f} s")
    return {"commands": found, "bytes": bytes_of}


def counted(value):
    return f"{int(value):,}"


def growth(values):
    """How much the last is of the one before."""
    return f"{values[-1] / values[-2]:.1f} ×" if len(values) > 1 and values[-2] else ""


def axis_table(axis, kept):
    """A line a command, a column a size: processor time and memory; and how it grew with the last step."""
    sizes = sorted({size for figures in kept["commands"].values() for size in figures}, key=int)
    lines = []
    for name, figures in kept["commands"].items():
        cells = [f"{shown(figures[size]['processor'])}, {shown(figures[size]['memory'], 'B')}" if size in figures else "—" for size in sizes]
        known = [figures[size]["processor"] for size in sizes if size in figures]
        lines.append([f"`{name}`", *cells, growth(known) if len(known) == len(sizes) else ""])
    for name, figures in kept["bytes"].items():
        lines.append([f"size of {name}", *(shown(figures[size], "B") for size in sizes), growth([figures[size] for size in sizes])])
    last = f"from {counted(sizes[-2])} to {counted(sizes[-1])}" if len(sizes) > 1 else ""
    return table([axis.name, *(counted(size) for size in sizes), last], lines)


def points(kept, name, what):
    return [(int(size), figures[what]) for size, figures in sorted(kept["commands"][name].items(), key=lambda each: int(each[0])) if int(size) and figures[what]]


def pictures(axis, kept):
    """The pictures of an axis, by the names of their files."""
    drawn = [name for name in axis.drawn if len(points(kept, name, "processor")) > 1] if kept["commands"] else []
    made = {
        f"scaling-{axis.key}.svg": chart(
            axis.title, "Processor time, user and system, of all processes of a command", axis.name,
            [(name, points(kept, name, "processor")) for name in drawn], counted, seconds)}
    if axis.key == "projects":
        made["scaling-memory.svg"] = chart(
            "Memory by the number of projects", "Peak memory of the largest process of a command", axis.name,
            [(name, points(kept, name, "memory")) for name in drawn], counted, megabytes)
    return made


def megabytes(value):
    """A size as the axis and the description of a picture show it."""
    return f"{value / 1e6:,.3g} MB" if value < 1e9 else f"{value / 1e9:.3g} GB"


def seconds(value):
    """A time as the axis and the description of a picture show it."""
    if value >= 100:
        return f"{value:,.0f} s"
    return f"{value:.3g} s" if value >= 1 else f"{value * 1e3:.3g} ms"


def write(kept):
    with open(DOCUMENT, encoding="utf-8") as file:
        document = file.read()
    for axis in AXES:
        if axis.key not in kept:
            continue
        document = between(document, axis.key, axis_table(axis, kept[axis.key]) + f"\n\n{kept[axis.key]['run']}")
        for name, picture in pictures(axis, kept[axis.key]).items():
            replace(os.path.join(SOURCE, "docs", name), picture)
    replace(DOCUMENT, document)


def load():
    if not os.path.exists(KEPT):
        return {}
    with open(KEPT, encoding="utf-8") as file:
        return json.load(file)


def main():
    world = World(sys.argv[1], scale=float(os.environ.get("SCALE") or "1"))
    chosen = (os.environ.get("AXES") or " ".join(axis.key for axis in AXES)).split()
    writes = os.environ.get("WRITE") == "1"
    if unknown := set(chosen) - {axis.key for axis in AXES}:
        say(f"what grows is one of {' '.join(axis.key for axis in AXES)}, not {' '.join(unknown)}")
        return 2
    if writes and world.scale != 1:
        say("the document is about the full sizes: WRITE=1 goes with no SCALE")
        return 2
    for axis in AXES:
        if axis.key not in chosen:
            continue
        found = measure_axis(axis, world)
        described = f"{time.strftime('%Y-%m-%d', time.gmtime())}: {'; '.join(machine.description(world.directory)[:-1])}; load {machine.load()}."
        found["run"] = described
        print(axis_table(axis, found) + f"\n\n{described}\n", flush=True)
        if writes:
            # One at a time: an axis that is measured is not lost when a later one fails.
            kept = {**load(), axis.key: found}
            replace(KEPT, json.dumps(kept, indent=1, sort_keys=False, ensure_ascii=False) + "\n")
            write(kept)
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main())
    write(load())
