"""What the rows run on: machines with registries of any size, repositories, remotes. Made once, when first asked for."""

import contextlib
import functools
import hashlib
import json
import os
import shlex
import shutil
import socket
import subprocess
import time
import zlib

EPOCH = 1_700_000_000


class Failed(Exception):
    """A program of a row's failed, so there is nothing to compare."""


def run(*words, home=None, stdin=None, cwd=None):
    """Runs a program, which must succeed, and returns what it printed."""
    environment = dict(os.environ)
    if home:
        environment["HOME"] = home
    done = subprocess.run(
        [str(word) for word in words], input=stdin, cwd=cwd, env=environment, capture_output=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{words[:8]} failed:\n{done.stdout.decode()}{done.stderr.decode()}")
    return done.stdout.decode().strip()


def set_aside(*paths):
    """Shell lines that move what is at these paths away, each into a new directory beside it.

    ext4 takes no inode that was freed a moment ago, and looks at each of them for every file that is made: deleting a tree makes
    the run behind it slower, by how much depends on where both are.
    """
    quoted = (shlex.quote(path) for path in paths)
    return "".join(f'test ! -e {path} || mv {path} "$(mktemp -d {path}.XXXXXX)"\n' for path in quoted)


def put_back(directory, pristine):
    """Shell lines that make a directory anew, as a copy."""
    copy = shlex.quote(directory)
    return f"{set_aside(directory)}cp -a {shlex.quote(pristine)} {copy}; sync -f {copy}"


@contextlib.contextmanager
def git_daemon(directory):
    """Serves the repositories below a directory on a free port of loopback; gives the URL."""
    os.makedirs(directory)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["git", "daemon", "--export-all", "--listen=127.0.0.1", f"--port={port}", f"--base-path={directory}"]
    with subprocess.Popen([*words, directory], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as daemon:
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield f"git://127.0.0.1:{port}"
        finally:
            daemon.terminate()


def git_object(kind, content):
    """An object's name, and its bytes before compression."""
    stored = f"{kind} {len(content)}\0".encode() + content
    return hashlib.sha1(stored).hexdigest(), stored


def canonical(value):
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


class Registry:
    """A machine's registry, in a home of its own."""

    def __init__(self, home, url=None):
        self.home = home
        self.directory = os.path.join(home, ".dev-infra")
        os.makedirs(home)
        shutil.copy(os.path.join(os.environ["HOME"], ".gitconfig"), home)
        run("dev-infra", "init", "--name", os.path.basename(home), *([url] if url else []), home=home)
        self.machine = self.git("config", "dev-infra.machine")
        # What rows that change it put it back to.
        self.base = self.main()

    def git(self, *words, stdin=None):
        return run("git", "-C", self.directory, *words, stdin=stdin)

    def main(self):
        return self.git("rev-parse", "refs/heads/main")

    def fill(self, numbers, status="active", updated=0, checkouts=None, others=(), spread=False):
        """Puts entries into the registry by one commit, past all the toolset does for real repositories.

        - checkouts: the directory whose subdirectories p00000, p00001 … are the projects; None for none on this machine.
        - others: the ids of further machines that have the same, each in a directory of its own.
        - spread: each project is on one machine only, on this one and the others by turns.
        """
        message = b"Fill\n"
        stamp = f"{EPOCH + updated} +0000"
        stream = [
            f"commit refs/heads/bench\nauthor Ann <ann@bench.example> {stamp}\n"
            f"committer bench <{self.machine}@machine.dev-infra> {stamp}\ndata {len(message)}\n".encode() + message,
            b"from refs/heads/main^0\n",
        ]

        def put(path, value):
            content = canonical(value)
            stream.append(f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")

        machines = [] if checkouts is None else [self.machine, *others]
        for machine in machines:
            put(f"machines/{machine}/machine.json", {
                "first_seen": "2026-01-01T00:00:00.000Z", "home": self.home if machine == self.machine else "/home/ann", "id": machine,
                "name": os.path.basename(self.home) if machine == self.machine else f"machine-{machine[-4:]}",
                "system": "Linux x86_64",
            })
        for number in numbers:
            identity = f"remote git.bench.example/team/p{number:05}"
            name, _ = git_object("blob", (identity + "\n").encode())
            put(f"projects/{name[:2]}/{name[2:]}.json", {
                "id": name, "identity": identity, "name": f"p{number:05}", "created": "2023-11-14", "status": status,
                "updated": f"2026-01-01T00:{updated // 60:02}:{updated % 60:02}.000Z", "updated_by": self.machine,
                "remote_url": f"https://git.bench.example/team/p{number:05}.git", "default_branch": "main",
                "root_commit": hashlib.sha1(identity.encode()).hexdigest(), "project_type": "Work",
                "tags": ["bench", f"group-{number % 10}"],
            })
            for machine in [machines[number % len(machines)]] if spread else machines:
                # Each has it elsewhere, or all would be one object.
                place = checkouts if machine == self.machine else f"{checkouts}-{machine[-4:]}"
                put(f"machines/{machine}/checkouts/{name[:2]}/{name[2:]}.json", {
                    "paths": [{"kind": "main", "path": f"{place}/p{number:05}"}],
                    "remotes": {"origin": f"https://git.bench.example/team/p{number:05}.git"},
                })
        self.git("-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--depth=10", stdin=b"".join(stream))
        # As gc packs what commands have stored. Of fast-import's own deltas, which are few, it would keep what there is.
        if len(numbers) > 100:
            self.git("-c", "pack.depth=10", "repack", "-q", "-a", "-d", "-F")
        # No command takes from a commit what this machine says of itself; this is this machine.
        self.git("update-ref", "refs/heads/main", "refs/heads/bench")
        self.git("update-ref", "-d", "refs/heads/bench")
        # Another machine would set aside what verify finds. More of the same need not be looked at.
        if len(numbers) <= 10_000:
            run("dev-infra", "verify", home=self.home)
        return self.main()


def machine_ids(count):
    """The ids of so many other machines."""
    return [f"{number:016x}" for number in range(1, count + 1)]


def others_of(size):
    """The ids of the machines that so many projects are spread over, beside this one: nobody has a million on one."""
    return machine_ids(49) if size >= 1_000_000 else []


class World:
    def __init__(self, directory, scale):
        self.directory = directory
        self.scale = scale

    def size(self, number):
        return max(10, round(number * self.scale))

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def checkouts(self, size):
        """The directory with those of so many projects that are checked out on this machine."""
        return self.path(f"checkouts-{size}")

    def fill(self, registry, size):
        """Puts so many projects into a registry; the commit that did it."""
        return registry.fill(range(size), checkouts=self.checkouts(size), others=others_of(size), spread=True)

    @functools.cache
    def registry(self, size):
        """A registry of so many projects, each with an empty directory for its checkout, with a fresh view."""
        registry = Registry(self.path(f"registry-{size}"))
        for number in range(0, size, 1 + len(others_of(size))):
            os.makedirs(os.path.join(self.checkouts(size), f"p{number:05}"))
        registry.base = self.fill(registry, size)
        run("dev-infra", "list", home=registry.home)
        return registry

    def repositories(self, name, size, files=0, shared=False):
        """A directory with so many repositories, and so many other files: half in them, half in directories beside.

        Each repository has a remote, and a root commit of its own, or with `shared` the same as all others. There are twenty
        files in a directory.
        """
        top = self.path(name)
        template = self.path(name + "-template")
        run("git", "init", "-q", template)
        for number in range(size):
            self._repository(os.path.join(top, f"group-{number % 10}", f"p{number:05}"), template, number, shared)
        for number in range(files // 20):
            owner = number // 2 % max(1, size)
            parent = f"group-{owner % 10}/p{owner:05}/src" if number % 2 else f"notes/topic-{number % 50}"
            folder = os.path.join(top, parent, f"part-{number}")
            os.makedirs(folder)
            for file in range(20):
                with open(os.path.join(folder, f"file-{file}.txt"), "wb"):
                    pass
        return top

    @staticmethod
    def _repository(directory, template, number, shared):
        """A repository with one commit, made without starting git."""
        folder = os.path.join(directory, ".git")
        shutil.copytree(os.path.join(template, ".git"), folder)

        def store(kind, content):
            name, stored = git_object(kind, content)
            os.makedirs(os.path.join(folder, "objects", name[:2]), exist_ok=True)
            with open(os.path.join(folder, "objects", name[:2], name[2:]), "wb") as file:
                file.write(zlib.compress(stored))
            return name

        title = "# template\n" if shared else f"# p{number:05}\n"
        blob = store("blob", title.encode())
        tree = store("tree", b"100644 README.md\0" + bytes.fromhex(blob))
        who = f"Ann <ann@bench.example> {EPOCH + (0 if shared else number)} +0000"
        commit = store("commit", f"tree {tree}\nauthor {who}\ncommitter {who}\n\nBegin\n".encode())
        with open(os.path.join(folder, "refs/heads/main"), "w", encoding="utf-8") as file:
            file.write(commit + "\n")
        with open(os.path.join(folder, "config"), "a", encoding="utf-8") as file:
            file.write(
                f'[remote "origin"]\n\turl = https://git.bench.example/team/p{number:05}.git\n'
                "\tfetch = +refs/heads/*:refs/remotes/origin/*\n")
        with open(os.path.join(directory, "README.md"), "w", encoding="utf-8") as file:
            file.write(title)

    @functools.cache
    def tree(self):
        """1,000 repositories and 100,000 other files, half of them in the work trees."""
        return self.repositories("tree", self.size(1000), files=self.size(100_000))

    @functools.cache
    def bare_tree(self):
        """1,000 repositories with nothing but a README in their work trees."""
        return self.repositories("bare-tree", self.size(1000))

    @functools.cache
    def shared_tree(self):
        """The same, of which each has the same first commit."""
        return self.repositories("shared-tree", self.size(1000), shared=True)

    @functools.cache
    def worked_tree(self):
        """1,000 repositories with 108,800 files, as work leaves them; the directory, and a file with their paths.

        Of a hundred ten have changed files, ten untracked ones, five are ahead of their upstream, five have a stash, and nine a
        branch without upstream.
        """
        top, paths = self.path("worked"), []
        os.makedirs(top)
        for files, count in ((31, 900), (401, 90), (4001, 10)):
            template, tree = self._template(files)
            for _ in range(max(1, round(count * self.scale))):
                paths.append(os.path.join(top, f"p{len(paths):04}"))
                run("cp", "-a", template, paths[-1])
                self._work(paths[-1], tree, len(paths) - 1)
        listed = self.path("worked-paths")
        with open(listed, "w", encoding="utf-8") as file:
            file.writelines(f"{path}\n" for path in paths)
        # What git stored of the files is of the template's.
        run("xargs", "-a", listed, "-P2", "-I{}", "git", "-C", "{}", "status", "--porcelain")
        return top, listed

    def _template(self, files):
        """A repository with so many files that are old enough for git to believe their times, and the tree of its commit."""
        template = self.path(f"worked-template-{files}")
        run("git", "init", "-q", template)
        for number in range(files):
            folder = os.path.join(template, f"part-{number // 20}")
            os.makedirs(folder, exist_ok=True)
            path = os.path.join(folder, f"file-{number}.txt")
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"{number}\n" * 40)
            os.utime(path, (EPOCH, EPOCH))
        run("git", "-C", template, "add", "-A")
        run("git", "-C", template, "commit", "-q", "-m", "Begin")
        run("git", "-C", template, "repack", "-adq")
        return template, run("git", "-C", template, "rev-parse", "HEAD^{tree}")

    @staticmethod
    def _work(directory, tree, number):
        """Commits, a remote that has the first of them, and what of work is left in the repository of this number."""
        folder = os.path.join(directory, ".git")

        def commit(subject, parent=""):
            who = f"Ann <ann@bench.example> {EPOCH + number} +0000"
            text = f"tree {tree}\n{parent}author {who}\ncommitter {who}\n\n{subject}\n"
            name, stored = git_object("commit", text.encode())
            os.makedirs(os.path.join(folder, "objects", name[:2]), exist_ok=True)
            with open(os.path.join(folder, "objects", name[:2], name[2:]), "wb") as file:
                file.write(zlib.compress(stored))
            return name

        def put(name, text, mode="w"):
            os.makedirs(os.path.dirname(os.path.join(directory, name)), exist_ok=True)
            with open(os.path.join(directory, name), mode, encoding="utf-8") as file:
                file.write(text)

        first = commit("Begin")
        put(".git/config", f'[remote "origin"]\n\turl = https://git.bench.example/team/p{number:04}.git\n'
            "\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
            '[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n', "a")
        put(".git/refs/remotes/origin/main", first + "\n")
        of_hundred = number % 100
        ahead = commit("More", f"parent {first}\n") if 20 <= of_hundred < 25 else first
        put(".git/refs/heads/main", ahead + "\n")
        if of_hundred < 10 or 25 <= of_hundred < 30:
            put("part-0/file-0.txt", "changed\n", "a")
        if 10 <= of_hundred < 20:
            put("part-0/new.txt", "new\n")
        if 25 <= of_hundred < 30:
            run("git", "-C", directory, "stash", "-q")
        if 30 <= of_hundred < 39:
            put(".git/refs/heads/topic", first + "\n")

    @functools.cache
    def packed_refs(self, size):
        """A bare repository with so many packed refs, a commit each; the commits in a pack too."""
        directory = self.path(f"refs-{size}.git")
        run("git", "init", "-q", "--bare", directory)
        stream = "".join(
            f"commit refs/heads/branch-{number:06}\ncommitter Ann <ann@bench.example> {EPOCH + number} +0000\ndata 0\n\n"
            for number in range(size))
        run("git", "-C", directory, "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", stdin=stream.encode())
        run("git", "-C", directory, "pack-refs", "--all")
        return directory

    @functools.cache
    def sides(self, size, conflicts, repositories=None):
        """Two machines that share a remote of `size` projects: here and there, which changed all of them.

        Here has changed `conflicts` of them to something else. All are checked out below `repositories`, where that is
        given. Returns here, there and the commit that both began with; the remote is at what there has.
        """
        name = f"sides-{size}-{conflicts}" + ("-checked-out" if repositories else "")
        remote = self.path(name, "remote.git")
        run("git", "init", "-q", "--bare", remote)
        there = Registry(self.path(name, "there"), remote)
        # A directory that is not there would be reported when this machine pulls.
        there.fill(range(size), checkouts=None if repositories else "/home/ann/src")
        run("dev-infra", "push", home=there.home)
        here = Registry(self.path(name, "here"), remote)
        if repositories:
            run("dev-infra", "register", "--recursive", repositories, home=here.home)
            run("dev-infra", "sync", home=here.home)
            run("dev-infra", "pull", home=there.home)
        base = here.main()
        if conflicts:
            here.fill(range(conflicts), status="paused", updated=10)
        run("dev-infra", "list", "--all", home=here.home)
        there.fill(range(size), status="completed", updated=20)
        run("dev-infra", "push", home=there.home)
        return here, there, base
