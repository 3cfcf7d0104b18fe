"""Rows of a large registry: each command beside what git does with the same repository."""

import os
import shlex

from fixtures import Failed, run
from measure import Command, peak_memory, times


def home(directory, *words):
    return ["env", f"HOME={directory}", *words]


def verify_beside_fsck(world, size):
    """The times of verify and of fsck, over the same objects."""
    registry = world.registry(size)
    ours = Command(home(registry.home, "dev-infra", "verify"))
    # All that verify has git look at, and no more.
    theirs = Command(
        home(registry.home, "git", "-C", registry.directory, "fsck", "--no-dangling", "--no-progress"))
    return times([ours, theirs], world.directory, rounds=4, runs=1)


def cloned(world, size):
    """A remote with a registry of so many projects, and an empty home to bring it to."""
    registry = world.registry(size)
    remote, here = world.path(f"large-{size}.git"), world.path(f"large-{size}")
    if not os.path.exists(remote):
        run("git", "clone", "-q", "--bare", registry.directory, remote)
        os.makedirs(here)
        run("cp", os.path.join(os.environ["HOME"], ".gitconfig"), here)
    return f"file://{remote}", here


def init_beside_clone(world, size):
    """The times of `init URL` and of a bare clone of the same URL."""
    url, here = cloned(world, size)
    registry, clone = os.path.join(here, ".dev-infra"), os.path.join(here, "clone.git")
    ours = Command(home(here, "dev-infra", "init", url), f"rm -rf {shlex.quote(registry)}")
    theirs = Command(home(here, "git", "clone", "-q", "--bare", url, clone), f"rm -rf {shlex.quote(clone)}")
    taken = times([ours, theirs], world.directory, rounds=2, runs=1)
    got = [run("git", "-C", place, "rev-parse", "main^{tree}") for place in (registry, clone)]
    if got[0] != got[1]:
        raise Failed("init has not brought what the remote has")
    return taken


def register_at_sizes(world, sizes):
    """The time of registering one repository in registries of these sizes."""
    repository = world.path("one-at-sizes")
    run("git", "init", "-q", repository)
    run("git", "-C", repository, "commit", "-q", "--allow-empty", "-m", "Begin")
    config = shlex.quote(os.path.join(repository, ".git/config"))

    def register(size):
        registry = world.registry(size)
        # A project that no registry has seen, each time; the view is that of the registry without it.
        prepare = (
            f"git -C {shlex.quote(registry.directory)} update-ref refs/heads/main {registry.main()}\n"
            f"HOME={shlex.quote(registry.home)} dev-infra list >/dev/null\n"
            f"git config --file {config} remote.origin.url https://git.bench.example/new/$(date +%N).git")
        return Command(home(registry.home, "dev-infra", "register", repository), prepare)

    return times([register(size) for size in sizes], world.directory, rounds=6, runs=3)


def memory_of(world, size, *commands):
    """The peak memory of commands in a registry of this size, in megabytes."""
    registry = world.registry(size)
    return [peak_memory(Command(home(registry.home, "dev-infra", *words))) / 1e6 for words in commands]


def growth(world, sizes, name, words):
    """The times of a command in registries of these sizes, which take turns, and its peak memory in each."""
    def command(size):
        if name == "init":
            url, here = cloned(world, size)
            return Command(home(here, *words, url), f"rm -rf {shlex.quote(os.path.join(here, '.dev-infra'))}")
        registry = world.registry(size)
        view = shlex.quote(os.path.join(registry.directory, "cache/projects.tsv"))
        return Command(home(registry.home, *words), f"rm -f {view}" if name == "list without a view" else "")

    commands = [command(size) for size in sizes]
    taken = times(commands, world.directory, rounds=2, runs=2)
    return taken, [peak_memory(each) / 1e6 for each in commands]
