"""The rows: what is measured against what, and what is allowed."""

import functools
import os
import shlex
import statistics
from dataclasses import dataclass, field
from typing import Callable

import large
import service
from fixtures import EPOCH, Failed, git_daemon, put_back, run, set_aside
from judge import Limit
from measure import Command, Part, Result, compare, peak_memory, ratio, shown, take_turns, values
from remote import change_beside_patches, push_beside_import
from screen import until_shown


@dataclass
class Row:
    """One line of the tables.

    - group: `main` is what every change is measured by; `large` has 100,000 projects; `long` takes minutes a row.
    - made: what it works on.
    - limits: of each part that has one, by the part's name. A row without any is a look beside the others.
    """

    key: str
    group: str
    work: str
    against: str
    made: str
    run: Callable
    limits: dict = field(default_factory=dict)


def of(registry, *words, **more):
    """A command line on the machine that has the registry."""
    return Command(words, home=registry.home, **more)


def make_home(world, name):
    os.makedirs(world.path(name))
    run("cp", os.path.join(os.environ["HOME"], ".gitconfig"), world.path(name))
    return world.path(name)


def beside(result, **sides):
    result.sides = {name.replace("_", " "): side for name, side in sides.items()}
    return result


# What starting a command takes. It is not to get slower than it was when the rows were made; whatever is loaded beside git counts.
def start_version(world):
    return compare(Command(["dev-infra", "version"]), Command(["git", "version"]))


def start_list(world):
    """Of a single project, so that nothing but the start is measured."""
    registry = world.registry(1)
    return compare(of(registry, "dev-infra", "list"), of(registry, "git", f"--git-dir={registry.directory}", "for-each-ref"))


def start_hash(world):
    repository = world.path("hashed")
    run("git", "init", "-q", repository)
    run("git", "-C", repository, "remote", "add", "origin", "https://git.bench.example/ann/hashed.git")
    return compare(
        Command(["dev-infra-hash-project", repository]), Command(["git", "-C", repository, "config", "remote.origin.url"]))


def installed_size(world):
    """Of each file once, whatever links there are to it."""
    command = Command(["du", "-s", "-k", os.environ["DEV_INFRA_PREFIX"]])
    size = int(run(*command.words).split()[0]) * 1024
    return Result([Part([size], unit="B")], {"measured by": command})


def package_size(world):
    """What of the tree is not the server's alone, packed as dpkg-deb packs it."""
    prefix = os.environ["DEV_INFRA_PREFIX"]
    source = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    left_out = world.path("server-files")
    with open(left_out, "w", encoding="utf-8") as file:
        file.write("".join(f"./{name}\n" for name in run(os.path.join(source, "packaging/server-files"), prefix).splitlines()))
    command = Command(["sh", "-c", f"tar -C {shlex.quote(prefix)} -c -X {shlex.quote(left_out)} . | xz -6 -T2 | wc -c"])
    return Result([Part([int(run(*command.words))], unit="B")], {"measured by": command})


def ls_repos(world):
    tree = world.tree()
    fd = "fdfind" if run("sh", "-c", "command -v fdfind || :") else "fd"
    ours = Command(["dev-infra-ls-repos", tree])
    theirs = Command([fd, "-HI", "-t", "d", r"^\.git$", tree])
    found = [len(run(*command.words).split("\n")) for command in (ours, theirs)]
    if found != [world.size(1000)] * 2:
        raise Failed(f"{found} repositories found, not {world.size(1000)}")
    return compare(ours, theirs)


def register_one(world):
    committed = world.path("committed")
    run("git", "init", "-q", committed)
    commit = Command(["git", "-C", committed, "-c", "core.fsync=all", "commit", "-q", "--allow-empty", "-m", "Next"])
    return compare(large.register_command(world, world.size(1000)), commit)


def register_new(world, name, tree):
    """Registers all of a tree, in a registry that has nothing."""
    here = make_home(world, name)
    run("dev-infra", "init", home=here)
    registry, empty = (os.path.join(here, each) for each in (".dev-infra", "empty"))
    run("cp", "-a", registry, empty)
    return Command(["dev-infra", "register", "--recursive", tree], put_back(registry, empty), home=here)


def register_recursive(bare):
    def measured(world):
        tree = world.bare_tree() if bare else world.tree()
        theirs = gita(world, "add", "-r", tree)
        directory = world.path("gita")
        theirs.prepare = f"{set_aside(directory)}mkdir {shlex.quote(directory)}"
        return compare(register_new(world, f"register-{bare}", tree), theirs, seconds=5)

    return measured


def register_shared(world):
    shared = register_new(world, "register-shared", world.shared_tree())
    single = register_new(world, "register-single", world.bare_tree())
    return beside(compare(shared, single, seconds=4), shared=shared, not_shared=single)


def gita(world, *words):
    return Command(["gita", *words], settings={"XDG_CONFIG_HOME": world.path("gita")})


def list_of(size):
    def measured(world):
        registry, refs = world.registry(world.size(size)), world.packed_refs(world.size(size))
        run("sh", "-ec", large.back(registry))
        ours, theirs = of(registry, "dev-infra", "list"), Command(["git", "-C", refs, "for-each-ref"])
        found = [len(run(*command.words, home=command.home).split("\n")) for command in (ours, theirs)]
        if found != [world.size(size)] * 2:
            raise Failed(f"{found} lines, not {world.size(size)}")
        return compare(ours, theirs)

    return measured


def path_of(size, other):
    def measured(world):
        def path(number):
            return of(world.registry(world.size(number)), "dev-infra", "path", f"p{world.size(number) // 2:05}")

        ours, theirs = path(size), path(other)
        return beside(compare(ours, theirs), large=ours, small=theirs)

    return measured


@functools.cache
def zoxide(world):
    """The directory of a zoxide that knows 1,000 directories, and one of these."""
    data = make_home(world, "zoxide")
    for number in range(world.size(1000)):
        directory = os.path.join(data, "src", f"p{number:05}")
        os.makedirs(directory)
        run("env", f"_ZO_DATA_DIR={data}", "zoxide", "add", directory)
    return data, f"p{world.size(1000) // 2:05}"


def zoxide_query(world):
    data, name = zoxide(world)
    return Command(["zoxide", "query", name], settings={"_ZO_DATA_DIR": data})


def path_zoxide(world):
    _, name = zoxide(world)
    return compare(of(world.registry(world.size(1000)), "dev-infra", "path", name), zoxide_query(world))


def path_part(world):
    registry = world.registry(world.size(10_000))
    # Some twenty fit, and it is the uses that decide between them.
    used = world.size(1000)
    run("dev-infra", "rank", "add", *[f"p{number:05}" for number in range(used)], home=registry.home)
    run("dev-infra", "rank", "add", f"p{used // 2:05}", home=registry.home)
    return compare(of(registry, "dev-infra", "path", f"team {used // 2:04}"), zoxide_query(world))


def pick_screen(world):
    registry = world.registry(world.size(10_000))
    data, name = zoxide(world)
    # Other rows may have added some.
    count = len(run("dev-infra", "ls-projects", home=registry.home).splitlines())
    return compare(
        until_shown(["dev-infra", "pick"], {"HOME": registry.home}, f"{count}/{count}"),
        until_shown(["zoxide", "query", name], {"_ZO_DATA_DIR": data}, name))


def push(world):
    _, there, base = world.sides(world.size(1000), 0)
    remote = there.git("remote", "get-url", "origin")
    pristine = remote + ".base"
    new = there.main()
    run("cp", "-a", remote, pristine)
    run("git", "-C", pristine, "update-ref", "refs/heads/main", base)
    run("git", "-C", pristine, "-c", "gc.reflogExpire=now", "repack", "-q", "-a", "-d")
    prepare = (
        f"{put_back(remote, pristine)}\n"
        f"git -C {shlex.quote(there.directory)} update-ref refs/remotes/origin/main {base}")
    # git sends nothing of the state of checkouts; see push_state.
    ours = of(there, "dev-infra", "push", "--no-state", prepare=prepare)
    theirs = of(there, "git", "-C", there.directory, "push", "-q", "origin", f"{new}:refs/heads/main", prepare=prepare)
    return compare(ours, theirs)


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
    sides = {
        "push": Command(["dev-infra", "push"], home=there), "fetch": Command(["dev-infra", "fetch"], home=there),
        "ls-state": Command(["sh", "-c", f"dev-infra-ls-state --stdin <{shlex.quote(paths)}"], home=there)}
    ours, fetch, state = (values(taken) for taken in take_turns(list(sides.values()), seconds=5))
    beyond = [one - max(others) for one, *others in zip(ours, fetch, state)]
    detail = ", ".join(f"{name} {shown(statistics.median(each))}" for name, each in zip(sides, (ours, fetch, state)))
    return Result([Part(beyond, unit="s", detail=detail)], sides)


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


def state_command(world, *words, status=0):
    return Command(["dev-infra", "state", *words], home=worked_home(world), status=status)


def git_status(world):
    _, paths = world.worked_tree()
    return Command([
        "xargs", "-a", paths, "-P2", "-I{}", "git", "--no-optional-locks", "-C", "{}", "status", "--porcelain=v2", "--branch",
        "--show-stash"])


def state(world):
    return compare(state_command(world), git_status(world), seconds=0)


def state_unsaved(world):
    # There is something, which is its 1.
    return compare(state_command(world, "--unsaved", status=1), git_status(world), seconds=0)


def state_gita(world):
    tree, _ = world.worked_tree()
    directory = world.path("gita-worked")
    os.makedirs(directory)
    theirs = Command(["gita", "ll"], settings={"XDG_CONFIG_HOME": directory})
    run("env", f"XDG_CONFIG_HOME={directory}", "gita", "add", "-r", tree)
    listed = len(run("env", f"XDG_CONFIG_HOME={directory}", "gita", "ls").split())
    if listed != len(os.listdir(tree)):
        raise Failed(f"gita knows {listed} repositories, not {len(os.listdir(tree))}")
    return compare(state_command(world), theirs, seconds=0)


def state_memory(world):
    command = state_command(world)
    return Result([Part(peak_memory(command), unit="B")], {"dev-infra": command})


def pull_beside_merge(checked_out):
    def measured(world):
        here, there, base = world.sides(world.size(1000), world.size(100), world.bare_tree() if checked_out else None)
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
            ["git", "-C", merged, "merge", "-q", "--no-edit", "theirs"], f"git -C {shlex.quote(merged)} reset -q --hard {ours}")
        return compare(pull_command(here), merge, seconds=5)

    return measured


def pull_command(registry):
    """A pull that starts from the same state each time."""
    pristine = registry.directory + ".base"
    directory, copy = shlex.quote(registry.directory), shlex.quote(pristine)
    return of(
        registry, "dev-infra", "pull",
        prepare=f"test -e {copy} || cp -a {directory} {copy}\n{put_back(registry.directory, pristine)}")


def memory(world):
    here, _, _ = world.sides(world.size(10_000), world.size(1000))
    sides = {"list": of(world.registry(world.size(10_000)), "dev-infra", "list"), "pull": pull_command(here)}
    return Result([Part(peak_memory(command), name, "B") for name, command in sides.items()], sides)


def clone_all(world):
    count = max(4, world.size(20))
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
        ours = Command(
            ["dev-infra", "clone", "--all", "-j", "2"],
            set_aside(os.path.join(here, "src")) + put_back(registry, pristine), home=here)
        target = os.path.join(top, "clones")
        with open(os.path.join(top, "urls"), "w", encoding="utf-8") as file:
            file.writelines(f"{url}/p{number:02}.git\n" for number in range(count))
        theirs = Command(["xargs", "-a", os.path.join(top, "urls"), "-P2", "-n1", "git", "clone", "-q"], cwd=target)
        theirs.prepare = f"{set_aside(target)}mkdir {shlex.quote(target)}; sync -f {shlex.quote(target)}"
        result = compare(ours, theirs, seconds=0)
        made = len(run("find", os.path.join(here, "src"), "-name", ".git").split("\n"))
        if made != count:
            raise Failed(f"{made} clones made, not {count}")
        return result


def for_each(world):
    registry = world.registry(world.size(1000))
    paths = world.path("foreach-paths")
    with open(paths, "w", encoding="utf-8") as file:
        file.write(run("dev-infra-ls-projects", "--format=%(path)", home=registry.home) + "\n")
    theirs = Command(["xargs", "-a", paths, "-P2", "-n1", "true"])
    return compare(of(registry, "dev-infra", "foreach", "-j2", "--", "true"), theirs, seconds=6)


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
        ours = Command(["dev-infra", "update", "--fetch-only", "--quiet"], home=here)
        theirs = Command(["xargs", "-a", os.path.join(top, "paths"), "-P8", "-I{}", "git", "-C", "{}", "fetch", "-q"])
        found = len(run(*ours.words, "--json", home=here).split("\n"))
        if found != count:
            raise Failed(f"{found} repositories fetched, not {count}")
        return compare(ours, theirs, seconds=6)


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
    return compare(Command(words, settings=settings, cwd=repository), Command([script], settings=settings, cwd=repository))


def complete(prefix, found):
    def measured(world):
        registry = world.registry(world.size(10_000))
        words = ["dev-infra-complete", "-z", "--describe", "--", "dev-infra", "path", prefix]
        run("git", "-C", registry.directory, "update-ref", "refs/heads/main", registry.base)
        run("dev-infra", "list", home=registry.home)
        names = run(*words, home=registry.home).count("\0")
        if names != (found or world.size(10_000)) and world.scale == 1:
            raise Failed(f"{names} names for {prefix}")
        return compare(of(registry, *words), of(registry, "git", "--version"))

    return measured


def list_gita(world):
    tree = world.bare_tree()
    os.makedirs(world.path("gita"), exist_ok=True)
    run("env", f"XDG_CONFIG_HOME={world.path('gita')}", "gita", "add", "-r", tree)
    return compare(of(world.registry(world.size(1000)), "dev-infra", "list"), gita(world, "ls"))


REGISTRY = "registry of N projects made by one commit, each with a directory here; view fresh"
WORKED = "1,000 repositories (900 of 31 files, 90 of 401, 10 of 4,001): 10 % changed, 10 % untracked, 5 % ahead, 5 % with a stash"


def of_large(text):
    return text + " (N = 100,000)"


ROWS = [
    Row("start-version", "main", "`dev-infra version`", "`git version`", "nothing", start_version, {"": Limit(2)}),
    Row(
        "start-list", "main", "`list` of one project", "`git for-each-ref` in the same", "registry of one project, view fresh", start_list,
        {"": Limit(12)}),
    Row(
        "start-hash", "main", "`hash-project` of a repository", "`git config remote.origin.url` in it",
        "empty repository with a remote", start_hash, {"": Limit(20)}),
    Row(
        "size-installed", "main", "size of what `make install` installs, the server with it", "—", "the installed tree",
        installed_size, {"": Limit(90e6, "B")}),
    Row(
        "size-package", "main", "size of the package `dev-infra`, to download", "—", "the installed tree", package_size,
        {"": Limit(25e6, "B")}),
    Row(
        "ls-repos", "main", "`ls-repos` over a tree with 1,000 repositories and 100,000 other files",
        r"`fd -HI -t d '^\.git$'` on the same tree", "1,000 repositories of one commit, files of no bytes in 5,000 directories",
        ls_repos, {"": Limit(0.5)}),
    Row(
        "register", "main", "`register` of one repository into 1,000", "`git -c core.fsync=all commit --allow-empty` in a repository",
        REGISTRY, register_one, {"": Limit(4)}),
    Row(
        "register-recursive", "main", "`register --recursive` of 1,000 new repositories",
        "`gita add -r` of the same (it stores paths alone)", "the tree of `ls-repos`, a registry of nothing",
        register_recursive(bare=False), {"": Limit(1)}),
    Row(
        "register-shared", "main", "`register --recursive` of 1,000 repositories that share one first commit",
        "the same of 1,000 that do not", "1,000 repositories of one commit and one file, a registry of nothing", register_shared,
        {"": Limit(1.2)}),
    Row(
        "list", "main", "`list` of 1,000 projects", "`git for-each-ref` over 1,000 packed refs, the commits in a pack",
        REGISTRY, list_of(1000), {"": Limit(1.5)}),
    Row(
        "path-zoxide", "main", "`path NAME` in 1,000 projects", "`zoxide query NAME` in 1,000 directories", REGISTRY, path_zoxide,
        {"": Limit(1.5)}),
    Row(
        "path-part", "main", "`path PART` in 10,000 projects, of which 1,000 are used",
        "`zoxide query NAME` in 1,000 directories", REGISTRY, path_part, {"": Limit(1.5)}),
    Row(
        "pick", "main", "`pick` of 10,000 projects, until the terminal shows them",
        "`zoxide query NAME` in 1,000 directories, on a terminal", REGISTRY, pick_screen, {"": Limit(1.5)}),
    Row(
        "push", "main", "push of 1,000 changed entries to a bare remote on disk", "`git push` of the same commit by hand",
        "registry of 1,000 projects; the remote is put back before each", push, {"": Limit(2)}),
    Row(
        "push-state", "main", "`push` of the state of 1,000 checkouts, beyond the longer one of",
        "`fetch`, and `ls-state` of the same", "1,000 repositories of one commit and one file", push_state,
        {"": Limit(0.05, "s")}),
    Row(
        "state", "main", "`state` of 1,000 repositories with 108,800 files, as work leaves them",
        "`xargs -P2 git --no-optional-locks status --porcelain=v2 --branch --show-stash` of the same", WORKED, state,
        {"": Limit(0.9)}),
    Row("state-unsaved", "main", "`state --unsaved` of the same", "the same", WORKED, state_unsaved, {"": Limit(2)}),
    Row("state-gita", "long", "`state` of the same", "`gita ll` of the same", WORKED, state_gita, {"": Limit(0.2)}),
    Row("state-memory", "main", "peak memory of `state` of the same", "—", WORKED, state_memory, {"": Limit(100e6, "B")}),
    Row(
        "pull", "main", "pull of 1,000 changed entries with 100 conflicts",
        "`git merge` of the same trees, 1,000 files, no conflicts", "registry of 1,000 projects; it is put back before each",
        pull_beside_merge(False), {"": Limit(3)}),
    Row(
        "clone", "main", "`clone --all -j 2` of 20 repositories from a local server, registered",
        "`xargs -P2 -n1 git clone -q` of the same", "repositories of 100 files of 4 kB; `git daemon` on loopback", clone_all,
        {"": Limit(1.2)}),
    Row(
        "foreach", "main", "`foreach -j2 -- true` in 1,000 projects", "`xargs -P2 -n1 true` of as many", REGISTRY, for_each,
        {"": Limit(1.1)}),
    Row(
        "update", "main", "`update --fetch-only` of 100 repositories from a local server, nothing new",
        "`xargs -P8 git fetch -q` of the same", "repositories of one commit; `git daemon` on loopback", update, {"": Limit(1.1)}),
    Row(
        "hook", "main", "the pre-push hook in a repository that is known and has not changed",
        "a `sh` script that runs `git rev-parse --show-toplevel`", "repository of one commit", hook, {"": Limit(1.5)}),
    Row(
        "complete", "main", "completion of a project's name among 10,000", "`git --version`", REGISTRY, complete("p0500", 10),
        {"": Limit(4)}),
    Row(
        "complete-all", "main", "completion of nothing yet: all 10,000 names", "`git --version`", REGISTRY, complete("p", None),
        {"": Limit(4)}),
    Row(
        "work-prod-push", "main", "`push` of 1,000 new projects to `daemon` over REST on loopback",
        "`curl` that posts the same as one import", "registry of 1,000 projects; both sides are put back before each",
        push_beside_import, {"": Limit(3)}),
    Row(
        "work-prod-change", "long", "`push` of 1,000 changed projects to `daemon` over REST on loopback",
        "`xargs -P8 curl -X PATCH` of the same", "registry of 1,000 projects; both sides are put back before each",
        change_beside_patches, {"": Limit(1)}),
    Row(
        "daemon-list", "main", "requests for the list of 10,000 projects that `daemon` answers, `wrk` with 8 connections",
        "nginx with the same bytes in a file", REGISTRY, service.list_beside_nginx, {"": Limit(0.5, at_least=True)}),
    Row(
        "daemon-page", "main", "the page of 10,000 projects on 5 machines that `daemon` shows",
        "nginx with the same bytes in a file", "registry of 10,000 projects, 5 machines with all of them", service.page_beside_nginx,
        {"first byte": Limit(0.05, "s"), "of a search": Limit(0.05, "s"), "packed": Limit(150e3, "B"),
         "requests": Limit(0.5, at_least=True)}),
    Row(
        "daemon-load", "long", "`daemon` with 10,000 projects, 8 writers and 8 readers for a minute", "—", REGISTRY,
        service.under_load, {"memory": Limit(150e6, "B"), "second half": Limit(1.1, "× the memory"), "errors": Limit(0, "calls")}),
    Row(
        "daemon-clients", "long",
        "`daemon` with 100,000 projects, 64 clients, nine reads of a project to one write, five minutes", "—", of_large(REGISTRY),
        service.many_clients,
        {"read, 99th of 100": Limit(0.05, "s"), "write, 99th of 100": Limit(0.25, "s"), "second half": Limit(1.1, "× the memory"),
         "errors": Limit(0, "calls")}),
    Row(
        "memory", "main", "peak memory at 10,000 projects", "—", REGISTRY, memory,
        {"list": Limit(100e6, "B"), "pull": Limit(100e6, "B")}),
    Row(
        "list-100000", "large", "`list` of 100,000 projects", "`git for-each-ref` over 100,000 packed refs, the commits in a pack",
        of_large(REGISTRY), list_of(100_000), {"": Limit(1)}),
    Row(
        "path", "large", "`path NAME` in 100,000 projects", "the same in 100", of_large(REGISTRY), path_of(100_000, 100),
        {"": Limit(2)}),
    Row(
        "register-large", "large", "`register` of one repository into 100,000 projects", "the same into 1,000",
        of_large(REGISTRY), large.beside_small(large.register_command), {"": Limit(2)}),
    Row(
        "set", "large", "`set NAME status=paused` in 100,000 projects", "the same in 1,000", of_large(REGISTRY),
        large.beside_small(large.set_command), {"": Limit(1.5)}),
    Row(
        "status", "large", "`status` of 100,000 projects", "—", of_large(REGISTRY), large.status_large,
        {"time": Limit(0.05, "s"), "memory": Limit(40e6, "B")}),
    Row(
        "push-one", "large", "`push --no-state` of one change in 100,000 projects", "`git push` of the same commit",
        "registry of 200,000 files, bare remote on disk; both are put back before each", large.one_change("push"), {"": Limit(2)}),
    Row(
        "pull-one", "large", "`pull` of one change into 100,000 projects, of which one is changed here",
        "`git fetch && git merge` of the same in a work tree", "registry of 200,000 files, bare remote on disk; both are put back before each",
        large.one_change("pull"), {"": Limit(2)}),
    Row(
        "init", "large", "`init URL` of 100,000 projects", "`git clone --bare` of the same URL",
        "registry of 200,000 files in one pack, `file://`", large.init_beside_clone, {"": Limit(3)}),
    Row(
        "first-list", "large", "`list` of 100,000 projects where there is no view yet", "`git clone --bare` of the same",
        of_large(REGISTRY) + ", which is removed before each", large.first_list_beside_clone, {"": Limit(1.34)}),
    Row(
        "verify", "large", "`verify` of 100,000 projects, each checked out here", "`git fsck --no-dangling` of the same",
        of_large(REGISTRY), large.verify_beside_fsck, {"": Limit(2)}),
    Row(
        "memory-large", "large", "peak memory at 100,000 projects", "—", of_large(REGISTRY), large.memory_large,
        {name: Limit(100e6, "B") for name in (
            "list", "list --json", "first list", "path", "show", "status", "log", "export json", "machine list", "set", "register",
            "refresh", "verify", "gc", "init URL", "push", "pull")}),
    # Without a limit: other sizes, other peers, and the same under other conditions.
    Row(
        "list-10000", "beside", "`list` of 10,000 projects", "`git for-each-ref` over 10,000 packed refs, the commits in a pack",
        REGISTRY, list_of(10_000)),
    Row(
        "list-gita", "beside", "`list` of 1,000 projects", "`gita ls` of 1,000 repositories", REGISTRY, list_gita),
    Row(
        "register-bare", "beside", "`register --recursive` of 1,000 repositories with nothing but a README in their work trees",
        "`gita add -r` of the same", "1,000 repositories of one commit and one file, a registry of nothing",
        register_recursive(bare=True)),
    Row(
        "pull-checked-out", "beside", "the pull of `pull`, with all 1,000 projects checked out here",
        "`git merge` of the same trees", "as `pull`", pull_beside_merge(True)),
]
