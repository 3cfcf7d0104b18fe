"""The rows: what is measured against what, and what is allowed."""

import functools
import os
import shlex
from dataclasses import dataclass
from typing import Callable

from fixtures import EPOCH, Failed, git_daemon, run
from large import growth, init_beside_clone, memory_of, register_at_sizes, verify_beside_fsck
from measure import Command, peak_memory, times
from remote import change_beside_patches, push_beside_import
from screen import until_shown
from service import list_beside_nginx, page_beside_nginx, under_load


@dataclass
class Outcome:
    """What a row reached, or one of its parts."""

    text: str
    holds: bool = True


@dataclass
class Row:
    key: str
    work: str
    against: str
    limit: str
    run: Callable


def shown(seconds):
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def ratio(ours, theirs, limit=None, name=""):
    reached = ours / theirs
    text = f"{name}{reached:.2f} × ({shown(ours)} / {shown(theirs)})"
    return Outcome(text, limit is None or reached <= limit)


def home(registry, *words):
    """A command line on the machine that has the registry."""
    return ["env", f"HOME={registry.home}", *words]


def compare(world, ours, theirs, limit=None, name="", **counts):
    return ratio(*times([ours, theirs], world.directory, **counts), limit, name)


# Everything is started by `env` with the home that it belongs to, and so is what it is compared with.
def plain(*words):
    return Command(["env", "BENCH=1", *words])


def ls_repos(world):
    tree = world.tree()
    fd = "fdfind" if run("sh", "-c", "command -v fdfind || :") else "fd"
    ours = plain("dev-infra-ls-repos", tree)
    theirs = plain(fd, "-HI", "-t", "d", r"^\.git$", tree)
    found = [len(run(*command.words).split("\n")) for command in (ours, theirs)]
    if found != [world.size(1000)] * 2:
        raise Failed(f"{found} repositories found, not {world.size(1000)}")
    return [compare(world, ours, theirs, 0.5)]


def register_one(world):
    repository = world.path("one")
    run("git", "init", "-q", repository)
    run("git", "-C", repository, "commit", "-q", "--allow-empty", "-m", "Begin")

    def register(size):
        registry = world.registry(world.size(size))
        base = registry.main()
        config = shlex.quote(os.path.join(repository, ".git/config"))
        # A project that no registry has seen, each time.
        prepare = (
            f"git -C {shlex.quote(registry.directory)} update-ref refs/heads/main {base}\n"
            f"git config --file {config} remote.origin.url https://git.bench.example/new/$(date +%N).git")
        return Command(home(registry, "dev-infra", "register", repository), prepare)

    committed = world.path("committed")
    run("git", "init", "-q", committed)
    commit = plain("git", "-C", committed, "-c", "core.fsync=all", "commit", "-q", "--allow-empty", "-m", "Next")
    small, large, theirs = times([register(1000), register(10_000), commit], world.directory, rounds=10)
    return [
        ratio(small, theirs, 4, "1,000: "), ratio(large, theirs, 4, "10,000: "),
        Outcome(f"10,000 is {large / small:.2f} × of 1,000", large / small <= 1.3),
    ]


def register_recursive(bare, limit=None):
    def measured(world):
        tree = world.bare_tree() if bare else world.tree()
        here = make_home(world, f"register-{bare}")
        run("dev-infra", "init", home=here)
        registry = shlex.quote(os.path.join(here, ".dev-infra"))
        run("cp", "-a", os.path.join(here, ".dev-infra"), os.path.join(here, "empty"))
        ours = Command(
            ["env", f"HOME={here}", "dev-infra", "register", "--recursive", tree],
            f"rm -rf {registry}; cp -a {shlex.quote(os.path.join(here, 'empty'))} {registry}; sync -f {registry}")
        theirs = gita(world, "add", "-r", tree)
        directory = shlex.quote(world.path("gita"))
        theirs.prepare = f"rm -rf {directory}; mkdir {directory}"
        return [compare(world, ours, theirs, limit, rounds=6, runs=3)]

    return measured


def make_home(world, name):
    os.makedirs(world.path(name))
    run("cp", os.path.join(os.environ["HOME"], ".gitconfig"), world.path(name))
    return world.path(name)


def gita(world, *words):
    return Command(["env", f"XDG_CONFIG_HOME={world.path('gita')}", "gita", *words])


def list_of(size, limit=None, pack=False):
    def measured(world):
        registry = world.registry(world.size(size))
        refs = world.packed_refs(world.size(size), pack)
        ours = Command(home(registry, "dev-infra", "list"))
        theirs = plain("git", "-C", refs, "for-each-ref")
        counts = {"rounds": 4, "runs": 3} if size > 10_000 else {"rounds": 10, "runs": 10}
        return [compare(world, ours, theirs, limit, **counts)]

    return measured


def path_of(size, limit=None):
    def measured(world):
        def path(number):
            registry = world.registry(world.size(number))
            return Command(home(registry, "dev-infra", "path", f"p{world.size(number) // 2:05}"))

        return [compare(world, path(size), path(100), limit, rounds=10, runs=10)]

    return measured


@functools.cache
def zoxide(world):
    """The environment of a zoxide that knows 1,000 directories, and one of them."""
    data = make_home(world, "zoxide")
    for number in range(world.size(1000)):
        directory = os.path.join(data, "src", f"p{number:05}")
        os.makedirs(directory)
        run("env", f"_ZO_DATA_DIR={data}", "zoxide", "add", directory)
    return data, f"p{world.size(1000) // 2:05}"


def path_part(world):
    registry = world.registry(world.size(10_000))
    data, name = zoxide(world)
    # Some twenty fit, and it is the uses that decide between them.
    used = world.size(1000)
    run("dev-infra", "rank", "add", *[f"p{number:05}" for number in range(used)], home=registry.home)
    run("dev-infra", "rank", "add", f"p{used // 2:05}", home=registry.home)
    ours = Command(home(registry, "dev-infra", "path", f"team {used // 2:04}"))
    theirs = Command(["env", f"_ZO_DATA_DIR={data}", "zoxide", "query", name])
    return [compare(world, ours, theirs, 1.5, rounds=10, runs=10)]


def pick_screen(world):
    registry = world.registry(world.size(10_000))
    data, name = zoxide(world)
    # Other rows may have added some.
    count = len(run("dev-infra", "ls-projects", home=registry.home).splitlines())
    ours = until_shown(["dev-infra", "pick"], {"HOME": registry.home}, f"{count}/{count}")
    theirs = until_shown(["zoxide", "query", name], {"_ZO_DATA_DIR": data}, name)
    return [ratio(ours, theirs, 1.5)]


def push(world):
    _, there, base = world.sides(world.size(1000), 0)
    remote = there.git("remote", "get-url", "origin")
    pristine = remote + ".base"
    new = there.main()
    run("cp", "-a", remote, pristine)
    run("git", "-C", pristine, "update-ref", "refs/heads/main", base)
    run("git", "-C", pristine, "-c", "gc.reflogExpire=now", "repack", "-q", "-a", "-d")
    remote, pristine = shlex.quote(remote), shlex.quote(pristine)
    prepare = (
        f"rm -rf {remote}; cp -a {pristine} {remote}\n"
        f"git -C {shlex.quote(there.directory)} update-ref refs/remotes/origin/main {base}")
    # git sends nothing of the state of checkouts; see push_state.
    ours = Command(home(there, "dev-infra", "push", "--no-state"), prepare)
    theirs = Command(
        home(there, "git", "-C", there.directory, "push", "-q", "origin", f"{new}:refs/heads/main"), prepare)
    return [compare(world, ours, theirs, 2, rounds=6, runs=4)]


def push_state(world):
    there, work = make_home(world, "push-state"), world.bare_tree()
    remote, paths = world.path("push-state.git"), world.path("push-state-paths")
    run("git", "init", "-q", "--bare", remote)
    run("dev-infra", "init", home=there)
    run("dev-infra", "register", "--quiet", "--recursive", work, home=there)
    run("dev-infra", "remote", "add", "origin", remote, home=there)
    run("dev-infra", "push", "--quiet", home=there)
    with open(paths, "w", encoding="utf-8") as file:
        file.write(run("dev-infra-ls-repos", work))
    commands = [
        ["dev-infra", "push"], ["dev-infra", "fetch"],
        ["sh", "-c", f"dev-infra-ls-state --stdin <{shlex.quote(paths)} >/dev/null"]]
    ours, fetch, state = times(
        [Command(["env", f"HOME={there}", *words]) for words in commands], world.directory, rounds=6, runs=3)
    beyond = ours - max(fetch, state)
    return [Outcome(f"{shown(ours)}; fetch {shown(fetch)}, ls-state {shown(state)}", beyond <= 0.05)]


@functools.cache
def worked_home(world):
    """A machine whose projects are the repositories that work was left in."""
    here = make_home(world, "worked-home")
    tree, _ = world.worked_tree()
    run("dev-infra", "init", home=here)
    run("dev-infra", "register", "--quiet", "--recursive", tree, home=here)
    count = len(run("dev-infra-ls-projects", "--format=%(path)", home=here).split("\n"))
    if count != len(os.listdir(tree)):
        raise Failed(f"{count} projects registered, not {len(os.listdir(tree))}")
    return here


def state_command(world, *words):
    return Command(["env", f"HOME={worked_home(world)}", "dev-infra", "state", *words])


def git_status(world):
    _, paths = world.worked_tree()
    return plain(
        "xargs", "-a", paths, "-P2", "-I{}", "git", "--no-optional-locks", "-C", "{}", "status", "--porcelain=v2",
        "--branch", "--show-stash")


def state(world):
    return [compare(world, state_command(world), git_status(world), 0.9, rounds=6, runs=2)]


def state_unsaved(world):
    home_of = shlex.quote(f"HOME={worked_home(world)}")
    # There is something, which is its 1.
    ours = Command(["sh", "-c", f"env {home_of} dev-infra state --unsaved >/dev/null 2>&1; test $? -eq 1"])
    return [compare(world, ours, git_status(world), 2, rounds=6, runs=2)]


def state_gita(world):
    tree, _ = world.worked_tree()
    directory = world.path("gita-worked")
    os.makedirs(directory)
    words = ["env", f"XDG_CONFIG_HOME={directory}", "gita"]
    run(*words, "add", "-r", tree)
    return [compare(world, state_command(world), Command([*words, "ll"]), 0.2, rounds=2, runs=2)]


def state_memory(world):
    megabytes = peak_memory(state_command(world)) / 1e6
    return [Outcome(f"{megabytes:.0f} MB", megabytes <= 100)]


def pull_beside_merge(world, repositories=None, limit=None):
    size, conflicts = world.size(1000), world.size(100)
    here, there, base = world.sides(size, conflicts, repositories)
    pull = pull_command(here)

    # The same trees, merged by git in a work tree. It could not resolve the conflicts: what this side changed there is
    # one file that the other did not touch.
    merged = os.path.join(os.path.dirname(here.home), "merged")
    run("git", "init", "-q", merged)
    run("git", "-C", merged, "fetch", "-q", there.directory, f"{there.main()}:refs/heads/theirs")
    run("git", "-C", merged, "checkout", "-q", "-b", "ours", base)
    with open(os.path.join(merged, "machines", here.machine + ".txt"), "w", encoding="utf-8") as file:
        file.write(f"{EPOCH}\n")
    run("git", "-C", merged, "add", "-A")
    run("git", "-C", merged, "commit", "-q", "-m", "Ours")
    ours = run("git", "-C", merged, "rev-parse", "ours")
    merge = Command(
        ["env", "BENCH=1", "git", "-C", merged, "merge", "-q", "--no-edit", "theirs"],
        f"git -C {shlex.quote(merged)} reset -q --hard {ours}")
    return [compare(world, pull, merge, limit, rounds=6, runs=2)]


def pull_command(registry):
    """A pull that starts from the same state each time."""
    directory, pristine = shlex.quote(registry.directory), shlex.quote(registry.directory + ".base")
    return Command(
        home(registry, "dev-infra", "pull"),
        f"test -e {pristine} || cp -a {directory} {pristine}\n"
        f"rm -rf {directory}; cp -a {pristine} {directory}; sync -f {directory}")


def pull(world):
    return pull_beside_merge(world, limit=3)


def pull_checked_out(world):
    return pull_beside_merge(world, world.bare_tree())


def memory(world):
    registry = world.registry(world.size(10_000))
    here, _, _ = world.sides(world.size(10_000), world.size(1000))
    outcomes = []
    for name, command in [("list", Command(home(registry, "dev-infra", "list"))), ("pull", pull_command(here))]:
        megabytes = peak_memory(command) / 1e6
        outcomes.append(Outcome(f"`{name}` {megabytes:.0f} MB", megabytes <= 100))
    return outcomes


def verify(world):
    return [ratio(*verify_beside_fsck(world, world.size(100_000)))]


def init_url(world):
    return [ratio(*init_beside_clone(world, world.size(100_000)))]


def register_large(world):
    small, large = register_at_sizes(world, [world.size(1000), world.size(100_000)])
    return [ratio(large, small)]


def memory_large(world):
    commands = [["list"], ["list", "--json"]]
    outcomes = []
    for words, megabytes in zip(commands, memory_of(world, world.size(100_000), *commands)):
        outcomes.append(Outcome(f"`{' '.join(words)}` {megabytes:.0f} MB", megabytes <= 100))
    return outcomes


def growth_of(name, *words):
    def measured(world):
        sizes = [world.size(size) for size in (1000, 10_000, 100_000)]
        results = zip(sizes, *growth(world, sizes, name, words))
        return [Outcome("; ".join(f"{shown(taken)}, {megabytes:.0f} MB" for _, taken, megabytes in results))]

    return measured


def clone_all(world):
    count = max(4, world.size(50))
    top = world.path("clone")
    served, work = os.path.join(top, "served"), os.path.join(top, "work")
    seed = os.path.join(top, "seed")
    run("git", "init", "-q", seed)
    for number in range(100):
        with open(os.path.join(seed, f"file-{number}"), "wb") as file:
            file.write(os.urandom(4096))
    run("git", "-C", seed, "add", "-A")
    run("git", "-C", seed, "commit", "-q", "-m", "Begin")
    with git_daemon(served) as url:
        for number in range(count):
            # Each has a root of its own to the registry by its URL; the content is the same.
            run("git", "clone", "-q", "--bare", seed, os.path.join(served, f"p{number:02}.git"))
            run("git", "init", "-q", os.path.join(work, f"p{number:02}"))
            run("git", "-C", os.path.join(work, f"p{number:02}"), "remote", "add", "origin", f"{url}/p{number:02}.git")
        run("git", "init", "-q", "--bare", os.path.join(top, "registry.git"))
        there, here = make_home(world, "clone-there"), make_home(world, "clone-here")
        run("dev-infra", "init", home=there)
        run("dev-infra", "register", "--quiet", "--recursive", work, home=there)
        run("dev-infra", "remote", "add", "origin", os.path.join(top, "registry.git"), home=there)
        run("dev-infra", "push", "--quiet", home=there)
        run("dev-infra", "init", os.path.join(top, "registry.git"), home=here)
        registry, pristine = os.path.join(here, ".dev-infra"), os.path.join(here, "pristine")
        run("cp", "-a", registry, pristine)
        registry, pristine = shlex.quote(registry), shlex.quote(pristine)
        ours = Command(
            ["env", f"HOME={here}", "dev-infra", "clone", "--all", "-j", "2"],
            f"rm -rf {shlex.quote(here)}/src {registry}; cp -a {pristine} {registry}; sync -f {registry}")
        target = os.path.join(top, "clones")
        with open(os.path.join(top, "urls"), "w", encoding="utf-8") as file:
            file.writelines(f"{url}/p{number:02}.git\n" for number in range(count))
        theirs = plain("env", "-C", target, "xargs", "-a", os.path.join(top, "urls"), "-P2", "-n1", "git", "clone", "-q")
        target = shlex.quote(target)
        theirs.prepare = f"rm -rf {target}; mkdir {target}; sync -f {target}"
        outcome = compare(world, ours, theirs, 1.2, rounds=4, runs=1)
        made = len(run("find", os.path.join(here, "src"), "-name", ".git").split("\n"))
        if made != count:
            raise Failed(f"{made} clones made, not {count}")
        return [outcome]


def for_each(world):
    registry = world.registry(world.size(1000))
    paths = world.path("foreach-paths")
    with open(paths, "w", encoding="utf-8") as file:
        file.write(run("dev-infra-ls-projects", "--format=%(path)", home=registry.home) + "\n")
    ours = Command(home(registry, "dev-infra", "foreach", "-j2", "--", "true"))
    theirs = plain("xargs", "-a", paths, "-P2", "-n1", "true")
    return [compare(world, ours, theirs, 1.1, rounds=6, runs=2)]


def update(world):
    count = max(4, world.size(100))
    top = world.path("update")
    served, work, seed = (os.path.join(top, name) for name in ("served", "work", "seed"))
    run("git", "init", "-q", seed)
    with git_daemon(served) as url:
        paths = []
        for number in range(count):
            # Each has a first commit of its own, by which it is a project of its own.
            run("git", "-C", seed, "checkout", "-q", "--orphan", f"b{number}")
            run("git", "-C", seed, "commit", "-q", "--allow-empty", "-m", f"Begin {number}")
            run("git", "clone", "-q", "--bare", "--single-branch", seed, os.path.join(served, f"p{number:03}.git"))
            paths.append(os.path.join(work, f"p{number:03}"))
            run("git", "clone", "-q", f"{url}/p{number:03}.git", paths[-1])
        here = make_home(world, "update-here")
        run("dev-infra", "init", home=here)
        run("dev-infra", "register", "--quiet", "--recursive", work, home=here)
        with open(os.path.join(top, "paths"), "w", encoding="utf-8") as file:
            file.writelines(f"{path}\n" for path in paths)
        ours = Command(["env", f"HOME={here}", "dev-infra", "update", "--fetch-only", "--quiet"])
        theirs = plain("xargs", "-a", os.path.join(top, "paths"), "-P8", "-I{}", "git", "-C", "{}", "fetch", "-q")
        found = len(run(*ours.words, "--json").split("\n"))
        if found != count:
            raise Failed(f"{found} repositories fetched, not {count}")
        return [compare(world, ours, theirs, 1.1, rounds=6, runs=1)]


def hook(world):
    here, repository = make_home(world, "hook"), world.path("hook-repository")
    settings = {"DEV_INFRA_DIR": os.path.join(here, ".dev-infra")}
    run("dev-infra", "init", home=here)
    run("git", "init", "-q", repository)
    run("git", "-C", repository, "commit", "-q", "--allow-empty", "-m", "Begin")
    run("dev-infra", "hooks", "install", home=here, cwd=repository)
    installed = os.path.join(repository, ".git/hooks/pre-push")
    words = [installed, "origin", "https://git.bench.example/team/app.git"]
    if not os.path.exists(installed):
        # From git 2.54 on it is a command of the configuration, which git hands to the shell as this.
        command = run("git", "-C", repository, "config", "hook.dev-infra.command")
        words = ["sh", "-c", command + ' "$@"', command, *words[1:]]
    run(*words, home=here, cwd=repository)
    traced = run("sh", "-c", 'DEV_INFRA_TRACE=1 "$@" 2>&1', "sh", *words, home=here, cwd=repository)
    if "is known and has not changed" not in traced:
        raise Failed(f"the hook says {traced!r}")
    script = world.path("rev-parse.sh")
    with open(script, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\ngit rev-parse --show-toplevel\n")
    os.chmod(script, 0o755)
    return [compare(
        world, Command(words), Command([script]), 1.5, rounds=20, runs=20, cwd=repository, settings=settings)]


def complete(prefix, found, limit=None):
    def measured(world):
        registry = world.registry(world.size(10_000))
        words = ["dev-infra-complete", "-z", "--describe", "--", "dev-infra", "path", prefix]
        names = run(*words, home=registry.home).count("\0")
        if names != (found or world.size(10_000)) and world.scale == 1:
            raise Failed(f"{names} names for {prefix}")
        settings = {"HOME": registry.home}
        return [compare(
            world, Command(words), Command(["git", "--version"]), limit, rounds=20, runs=20, settings=settings)]

    return measured


def work_prod_push(world):
    return [ratio(*push_beside_import(world), 3)]


def work_prod_change(world):
    return [ratio(*change_beside_patches(world), 1)]


def daemon_list(world):
    ours, theirs, size = list_beside_nginx(world)
    text = f"{ours / theirs:.2f} × ({ours:.0f} / {theirs:.0f} requests a second, {size / 1e6:.1f} MB each)"
    return [Outcome(text, ours / theirs >= 0.5)]


def daemon_page(world):
    firsts, packed, ours, theirs = page_beside_nginx(world)
    text = (
        f"first byte after {shown(firsts[0])}, {shown(firsts[1])} for a search; {packed / 1e3:.0f} kB packed; "
        f"{ours / theirs:.2f} × ({ours:.0f} / {theirs:.0f} requests a second)")
    return [Outcome(text, max(firsts) <= 0.05 and packed <= 150e3 and ours / theirs >= 0.5)]


def daemon_load(world):
    memory, most, writes, reads, faults = under_load(world, 60 * min(1, world.scale))
    half = len(memory) // 2
    growth = max(memory[half:]) / max(memory[:half])
    text = (
        f"{most / 1e6:.0f} MB at most, {growth:.2f} × in the second half; {writes:,} writes, {reads:,} reads, "
        f"{len(faults)} errors")
    return [Outcome(text, most <= 150e6 and growth <= 1.1 and not faults)]


# What starting a command takes. It is not to get slower than it was when the rows were made; whatever is loaded beside git counts.
def start_version(world):
    return [ratio(*times([plain("dev-infra", "version"), plain("git", "version")], world.directory, rounds=10, runs=10), 2)]


def start_list(world):
    """Of a single project, so that nothing but the start is measured."""
    registry = world.registry(1)
    theirs = Command(home(registry, "git", f"--git-dir={registry.directory}", "for-each-ref"))
    return [compare(world, Command(home(registry, "dev-infra", "list")), theirs, 12, rounds=10, runs=10)]


def start_hash(world):
    repository = world.path("hashed")
    run("git", "init", "-q", repository)
    run("git", "-C", repository, "remote", "add", "origin", "https://git.bench.example/ann/hashed.git")
    theirs = plain("git", "-C", repository, "config", "remote.origin.url")
    return [compare(world, plain("dev-infra-hash-project", repository), theirs, 20, rounds=10, runs=10)]


def installed_size(world):
    """Of each file once, whatever links there are to it."""
    size = int(run("du", "-s", "-k", os.environ["DEV_INFRA_PREFIX"]).split()[0]) * 1024
    return [Outcome(f"{size / 1e6:.0f} MB", size <= 90e6)]


def package_size(world):
    """What of the tree is not the server's alone, packed as dpkg-deb packs it."""
    prefix = os.environ["DEV_INFRA_PREFIX"]
    source = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    left_out = world.path("server-files")
    with open(left_out, "w", encoding="utf-8") as file:
        file.write("".join(f"./{name}\n" for name in run(os.path.join(source, "packaging/server-files"), prefix).splitlines()))
    command = f"tar -C {shlex.quote(prefix)} -c -X {shlex.quote(left_out)} . | xz -6 -T2 | wc -c"
    size = int(run("sh", "-c", command))
    return [Outcome(f"{size / 1e6:.1f} MB", size <= 25e6)]


ROWS = [
    Row("start-version", "`dev-infra version`", "`git version`", "2 ×", start_version),
    Row("start-list", "`list` of one project", "`git for-each-ref` in the same", "12 ×", start_list),
    Row("start-hash", "`hash-project` of a repository", "`git config remote.origin.url` in it", "20 ×", start_hash),
    Row("size-installed", "size of what `make install` installs, the server with it", "—", "90 MB", installed_size),
    Row("size-package", "size of the package `dev-infra`, to download", "—", "25 MB", package_size),
    Row(
        "ls-repos", "`ls-repos` over a tree with 1,000 repositories and 100,000 other files",
        r"`fd -HI -t d '^\.git$'` on the same tree", "0.5 ×", ls_repos),
    Row(
        "register", "`register` of one repository into a registry of 1,000; of 10,000",
        "`git -c core.fsync=all commit --allow-empty` in a repository", "4 ×; and 10,000 at most 1.3 × of 1,000",
        register_one),
    Row(
        "register-recursive", "`register --recursive` of 1,000 new repositories",
        "`gita add -r` of the same (it stores paths alone)", "1.0 ×", register_recursive(bare=False, limit=1.0)),
    Row(
        "list", "`list` of 1,000 projects, view fresh", "`git for-each-ref` over 1,000 packed refs", "1.0 ×",
        list_of(1000, 1.0)),
    Row(
        "path-part", "`path PART` in 10,000 projects, of which 1,000 are used",
        "`zoxide query NAME` in 1,000 directories", "1.5 ×", path_part),
    Row(
        "pick", "`pick` of 10,000 projects, until the terminal shows them",
        "`zoxide query NAME` in 1,000 directories, on a terminal", "1.5 ×", pick_screen),
    Row("path", "`path NAME` in 10,000 projects", "the same in 100", "2 ×", path_of(10_000, 2)),
    Row(
        "push", "push of 1,000 changed entries to a bare remote on disk", "`git push` of the same commit by hand", "2 ×",
        push),
    Row(
        "push-state", "`push` of the state of 1,000 checkouts", "`fetch`, and `ls-state` of the same, at the same time",
        "the longer one and 50 ms", push_state),
    Row(
        "state", "`state` of 1,000 repositories with 108,800 files, as work leaves them",
        "`xargs -P2 git --no-optional-locks status --porcelain=v2 --branch --show-stash` of the same", "0.9 ×", state),
    Row("state-unsaved", "`state --unsaved` of the same", "the same", "2 ×", state_unsaved),
    Row("state-gita", "`state` of the same", "`gita ll` of the same", "0.2 ×", state_gita),
    Row("state-memory", "peak memory of `state` of the same", "—", "100 MB", state_memory),
    Row(
        "pull", "pull of 1,000 changed entries with 100 conflicts",
        "`git merge` of the same trees, 1,000 files, no conflicts", "3 ×", pull),
    Row(
        "clone", "`clone --all -j 2` of 50 repositories from a local server, registered",
        "`xargs -P2 -n1 git clone -q` of the same", "1.2 ×", clone_all),
    Row(
        "foreach", "`foreach -j2 -- true` in 1,000 projects", "`xargs -P2 -n1 true` of as many", "1.1 ×", for_each),
    Row(
        "update", "`update --fetch-only` of 100 repositories from a local server, nothing new",
        "`xargs -P8 git fetch -q` of the same", "1.1 ×", update),
    Row(
        "hook", "the pre-push hook in a repository that is known and has not changed",
        "a `sh` script that runs `git rev-parse --show-toplevel`", "1.5 ×", hook),
    Row(
        "complete", "completion of a project's name among 10,000", "`git --version`", "4 ×",
        complete("p0500", 10, 4)),
    Row(
        "work-prod-push", "`push` of 1,000 new projects to `daemon` over REST on loopback",
        "`curl` that posts the same as one import", "3 ×", work_prod_push),
    Row(
        "work-prod-change", "`push` of 1,000 changed projects to `daemon` over REST on loopback",
        "`xargs -P8 curl -X PATCH` of the same", "1.0 ×", work_prod_change),
    Row(
        "daemon-list", "requests for the list of 10,000 projects that `daemon` answers, `wrk` with 8 connections",
        "nginx with the same bytes in a file", "at least 0.5 ×", daemon_list),
    Row(
        "daemon-page", "the page of 10,000 projects on 5 machines that `daemon` shows", "nginx with the same bytes in a file",
        "first byte 50 ms, 150 kB packed, at least 0.5 ×", daemon_page),
    Row(
        "daemon-load", "memory of `daemon` with 10,000 projects, 8 writers and 8 readers for a minute", "—",
        "150 MB, flat, no error", daemon_load),
    Row("memory", "peak memory of `list` and `pull` at 10,000", "—", "100 MB", memory),
    Row("memory-large", "peak memory of `list` and `list --json` at 100,000", "—", "100 MB", memory_large),
]


def beside_zoxide(world):
    registry = world.registry(world.size(1000))
    data, name = zoxide(world)
    ours = Command(home(registry, "dev-infra", "path", name))
    theirs = Command(["env", f"_ZO_DATA_DIR={data}", "zoxide", "query", name])
    return [compare(world, ours, theirs, rounds=10, runs=10)]


def beside_gita(world):
    tree = world.bare_tree()
    os.makedirs(world.path("gita"), exist_ok=True)
    run(*gita(world, "add", "-r", tree).words)
    registry = world.registry(world.size(1000))
    return [compare(world, Command(home(registry, "dev-infra", "list")), gita(world, "ls"), rounds=5, runs=3)]


# Rows without a limit: the other sizes, other peers, and the same under other conditions.
LOOKS = [
    Row(
        f"list-{size}-packed" if pack else f"list-{size}", f"`list` of {size:,} projects",
        f"`git for-each-ref` over {size:,} packed refs" + (", the commits in a pack too" if pack else ""), "",
        list_of(size, pack=pack))
    for size, pack in ((100, False), (1000, True), (10_000, False), (10_000, True), (100_000, True))
] + [
    Row("complete-all", "completion of nothing yet: all 10,000 names", "`git --version`", "", complete("p", None)),
    Row("path-100000", "`path NAME` in 100,000 projects", "the same in 100", "", path_of(100_000)),
    Row("path-zoxide", "`path NAME` in 1,000 projects", "`zoxide query NAME` in 1,000 directories", "", beside_zoxide),
    Row("list-gita", "`list` of 1,000 projects", "`gita ls` of 1,000 repositories", "", beside_gita),
    Row(
        "register-bare", "`register --recursive` of 1,000 repositories with nothing but a README in their work trees",
        "`gita add -r` of the same", "", register_recursive(bare=True)),
    Row(
        "pull-checked-out", "the pull above, with all 1,000 projects checked out here",
        "`git merge` of the same trees", "", pull_checked_out),
] + [
    Row(
        "verify-large", "`verify` of 100,000 projects, each checked out here", "`git fsck --no-dangling` of the same", "",
        verify),
    Row("init-large", "`init URL` of the same", "`git clone --bare` of the same URL", "", init_url),
    Row(
        "register-large", "`register` of one repository into 100,000 projects", "the same into 1,000", "", register_large),
] + [
    Row(
        f"growth-{name.replace(' ', '-')}", f"`{name}` of 1,000; 10,000; 100,000 projects", "—", "",
        growth_of(name, *words))
    for name, words in (
        ("list", ["dev-infra", "list"]), ("list without a view", ["dev-infra", "list"]),
        ("list --json", ["dev-infra", "list", "--json"]), ("path", ["dev-infra", "path", "p00005"]),
        ("status", ["dev-infra", "status"]), ("verify", ["dev-infra", "verify"]), ("init", ["dev-infra", "init"]),
    )
]
