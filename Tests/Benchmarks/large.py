"""Rows of a large registry: each command beside what git does with the same repository, or the same in a small one."""

import copy
import functools
import os
import shlex

from fixtures import Failed, Registry, git_daemon, run, set_aside
from measure import Command, Part, Result, compare, peak_memory, take_turns

SMALL, LARGE = 1000, 100_000


def verify_beside_fsck(world):
    registry = world.registry(world.size(LARGE))
    ours = Command(["dev-infra", "verify"], home=registry.home)
    # All that verify has git look at, and no more.
    theirs = Command(["git", "-C", registry.directory, "fsck", "--no-dangling", "--no-progress"], home=registry.home)
    return compare(ours, theirs, seconds=0)


def cloned(world, size):
    """A remote with a registry of so many projects, and an empty home to bring it to."""
    registry = world.registry(size)
    remote, here = world.path(f"large-{size}.git"), world.path(f"large-{size}")
    if not os.path.exists(remote):
        run("git", "clone", "-q", "--bare", registry.directory, remote)
        os.makedirs(here)
        run("cp", os.path.join(os.environ["HOME"], ".gitconfig"), here)
    return f"file://{remote}", here


def init_command(world, size, remote=None):
    url, here = cloned(world, size)
    return Command(["dev-infra", "init", remote or url], set_aside(os.path.join(here, ".dev-infra")), home=here)


def clone_command(world, size):
    url, here = cloned(world, size)
    clone = os.path.join(here, "clone.git")
    return Command(["git", "clone", "-q", "--bare", url, clone], set_aside(clone), home=here)


def init_beside_clone(world):
    size = world.size(LARGE)
    ours, theirs = init_command(world, size), clone_command(world, size)
    result = compare(ours, theirs, seconds=0)
    _, here = cloned(world, size)
    got = [run("git", "-C", os.path.join(here, place), "rev-parse", "main^{tree}") for place in (".dev-infra", "clone.git")]
    if got[0] != got[1]:
        raise Failed("init has not brought what the remote has")
    return result


def first_list(world, size):
    registry = world.registry(size)
    return Command(["dev-infra", "list"], f"rm -f {shlex.quote(registry.directory)}/cache/projects.tsv", home=registry.home)


def first_list_beside_clone(world):
    return compare(first_list(world, world.size(LARGE)), clone_command(world, world.size(LARGE)), seconds=0)


def back(registry):
    """Commands that put main back to what it was made as, with a fresh view of it."""
    return (
        f"git -C {shlex.quote(registry.directory)} update-ref refs/heads/main {registry.base}\n"
        f"HOME={shlex.quote(registry.home)} dev-infra list >/dev/null\n")


def register_command(world, size):
    """Registers a repository that no registry has seen, each time."""
    repository = world.path("one")
    if not os.path.exists(repository):
        run("git", "init", "-q", repository)
        run("git", "-C", repository, "commit", "-q", "--allow-empty", "-m", "Begin")
    config = shlex.quote(os.path.join(repository, ".git/config"))
    registry = world.registry(size)
    new = f"git config --file {config} remote.origin.url https://git.bench.example/new/$(date +%N).git"
    return Command(["dev-infra", "register", repository], back(registry) + new, home=registry.home)


def set_command(world, size):
    registry = world.registry(size)
    return Command(["dev-infra", "set", f"p{size // 2:05}", "status=paused"], back(registry), home=registry.home)


def beside_small(command):
    def measured(world):
        large, small = command(world, world.size(LARGE)), command(world, world.size(SMALL))
        result = compare(large, small, seconds=2)
        result.sides = {"large": large, "small": small}
        return result

    return measured


class One:
    """A registry of some size and its remote, which is ahead of what both had."""

    def __init__(self, world, size):
        top = world.path(f"one-change-{size}")
        self.remote = os.path.join(top, "remote.git")
        run("git", "init", "-q", "--bare", self.remote)
        self.here = Registry(os.path.join(top, "here"), self.remote)
        # Its checkouts are the directories of the other, since one that is not there would be reported by a pull.
        world.registry(size)
        world.fill(self.here, size)
        # And the project that another machine changes is not here, where a pull would look at its checkout.
        self.here.fill([size])
        run("dev-infra", "push", "--no-state", home=self.here.home)
        self.base = self.here.main()
        # Where it is at the remote: the change of another machine, to another project.
        self.theirs = self._change_there(size)
        self.here.fill([1], status="paused", updated=10)
        self.ours = self.here.main()
        for directory in (self.here.directory, self.remote):
            run("git", "-C", directory, "repack", "-q", "-a", "-d")
        if self.here.git("cat-file", "--batch-check", stdin=self.theirs.encode()) != f"{self.theirs} missing":
            raise Failed("what is to be fetched is here already")
        run("dev-infra", "list", home=self.here.home)
        self.top, self.packs = top, {}
        for directory in (self.here.directory, self.remote):
            self._note_pack(directory)

    @functools.cached_property
    def tree(self):
        """A work tree of the same, for git alone: of a million projects it would be two million files."""
        tree = os.path.join(self.top, "tree")
        run("git", "clone", "-q", "--no-checkout", self.here.directory, tree)
        for words in (["remote", "set-url", "origin", self.remote], ["checkout", "-q", "-B", "ours", self.ours], ["repack", "-q", "-a", "-d"]):
            run("git", "-C", tree, *words)
        self._note_pack(tree + "/.git")
        return tree

    def _note_pack(self, directory):
        packs = [name for name in os.listdir(f"{directory}/objects/pack") if name.endswith(".pack")]
        self.packs[directory] = packs[0].removesuffix(".pack")

    def _change_there(self, number):
        there = copy.copy(self.here)
        there.home = self.here.home + "-2"
        there.directory = os.path.join(there.home, ".dev-infra")
        run("cp", "-a", self.here.home, there.home)
        changed = there.fill([number], status="completed", updated=20)
        there.git("push", "-q", "origin", f"{changed}:refs/heads/there")
        return changed

    def fresh(self, directory, **refs):
        """Puts refs back, and takes away the objects that came since: all that are not in the one pack of the beginning."""
        quoted = shlex.quote(directory)
        return "".join(f"git -C {quoted} update-ref refs/{name} {commit}\n" for name, commit in refs.items()) + (
            f"rm -rf {quoted}/objects/[0-9a-f][0-9a-f]\n"
            f"find {quoted}/objects/pack -type f ! -name {self.packs[directory]}.\\* -delete\n")

    def at_remote(self, commit):
        return self.fresh(self.remote, **{"heads/main": commit})

    def push(self):
        both = {"heads/main": self.ours, "remotes/origin/main": self.base}
        prepare = self.at_remote(self.base) + self.fresh(self.here.directory, **both)
        words = ["git", "-C", self.here.directory, "push", "-q", "origin", f"{self.ours}:refs/heads/main"]
        return (
            Command(["dev-infra", "push", "--no-state"], prepare, home=self.here.home),
            Command(words, prepare, home=self.here.home))

    def pull_here(self):
        both = {"heads/main": self.ours, "remotes/origin/main": self.base}
        here = (
            self.at_remote(self.theirs) + self.fresh(self.here.directory, **both)
            + f"HOME={shlex.quote(self.here.home)} dev-infra list >/dev/null\n")
        return Command(["dev-infra", "pull"], here, home=self.here.home)

    def pull(self):
        # A hard reset would write the whole index; what differs is what the merge brought.
        tree = self.at_remote(self.theirs) + f"git -C {shlex.quote(self.tree)} checkout -q -B ours {self.ours}\n" + self.fresh(
            self.tree + "/.git", **{"heads/ours": self.ours, "remotes/origin/main": self.base})
        script = "git fetch -q origin main && git merge -q --no-edit FETCH_HEAD"
        return self.pull_here(), Command(["sh", "-c", script], tree, home=self.here.home, cwd=self.tree)


one_change_of = functools.cache(One)


def one_change(what):
    def measured(world):
        ours, theirs = getattr(one_change_of(world, world.size(LARGE)), what)()
        return compare(ours, theirs, seconds=2)

    return measured


def status_large(world):
    registry = world.registry(world.size(LARGE))
    # What was measured before it may have left main elsewhere, and the view with it.
    command = Command(["dev-infra", "status"], back(registry), home=registry.home)
    (taken,) = take_turns([command], seconds=2)
    return Result(
        [Part([sample.value for sample in taken], "time", "s"), Part(peak_memory(command), "memory", "B")], {"dev-infra": command})


def memory_commands(world, size, remote=None):
    """Commands of a registry of this size, by what they are called, whose memory is looked at.

    - remote: the URL of another way to the remote that it is brought from.
    """
    registry = world.registry(size)
    project = f"p{size // 2:05}"

    def of(*words, status=0):
        # What was measured before it may have left main elsewhere, and the view with it.
        return Command(["dev-infra", *words], back(registry), home=registry.home, status=status)

    one = one_change_of(world, size)
    return {
        "list": of("list"), "list --json": of("list", "--json"), "first list": first_list(world, size),
        "path": of("path", project), "show": of("show", project), "status": of("status"),
        "log": of("log", "-n", "10"), "export json": of("export", "json"), "machine list": of("machine", "list"),
        "set": set_command(world, size),
        "register": register_command(world, size),
        # In a directory that is empty its project is gone, which is a 1.
        "refresh": of("refresh", status=1),
        "verify": of("verify"), "gc": of("gc"), "init URL": init_command(world, size, remote),
        "push": one.push()[0], "pull": one.pull_here(),
    }


def memory_large(world):
    size, served = world.size(LARGE), world.path("large-served")
    path = cloned(world, size)[0].removeprefix("file://")
    # What sends the registry would be a child of the command otherwise, and is the remote's.
    with git_daemon(served) as url:
        os.symlink(path, os.path.join(served, "registry.git"))
        commands = memory_commands(world, size, f"{url}/registry.git")
        return Result([Part(peak_memory(command, 1), name, "B") for name, command in commands.items()], commands)
