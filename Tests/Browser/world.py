"""A world of machines with projects, states of their checkouts and a daemon that serves them, for tests in a browser."""

import contextlib
import json
import os
import shutil
import subprocess
import time

# What deceives, and what would run.
HOSTILE = [
    "<script>document.title='taken over'</script>",
    "\"><img src=x onerror=\"document.title='taken over'\">",
    "' onmouseover='document.title=1' x='",
    "</title></textarea></select><h1>taken over</h1>",
    "\u202egpj.exe",
    "name" * 45,
]
NAMES = ["laptop", "desk", "a-machine-with-a-rather-long-name"]


class World:
    def __init__(self, directory):
        self.directory = directory
        self.environment = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "BROWSER", "DEV_INFRA_DIR", "DBUS_SESSION_BUS_ADDRESS"):
            self.environment.pop(name, None)
        self.remote = os.path.join(directory, "registry.git")
        self.run(None, "git", "init", "-q", "--bare", self.remote)

    def home(self, machine):
        return os.path.join(self.directory, machine or "")

    def run(self, machine, *words, status=0):
        home = self.home(machine)
        result = subprocess.run(
            words, cwd=home, env={**self.environment, "HOME": home}, capture_output=True, text=True, timeout=120)
        if result.returncode != status:
            raise AssertionError(f"{words}: {result.returncode}\n{result.stdout}\n{result.stderr}")
        return result.stdout.strip()

    def machine(self, name, tells=True, joins=True):
        home = self.home(name)
        os.makedirs(home)
        with open(os.path.join(home, ".gitconfig"), "w", encoding="utf-8") as file:
            file.write(f"[user]\n\tname = Dev\n\temail = dev@{name}.example\n[init]\n\tdefaultBranch = main\n")
        self.run(name, "dev-infra", "init", "--name", name, *([self.remote] if joins else []))
        if not tells:
            self.run(name, "dev-infra", "config", "dev-infra.state", "none")

    def project(self, machine, name, remote=True, days=0):
        """A repository with one commit, made so many days ago."""
        path = os.path.join(self.home(machine), "src", name)
        if not os.path.isdir(path):
            self.run(machine, "git", "init", "-q", path)
            when = f"{int(time.time()) - days * 86400} +0000"
            self.run(machine, "env", f"GIT_AUTHOR_DATE={when}", f"GIT_COMMITTER_DATE={when}", "git", "-C", path, "commit", "-q",
                     "--allow-empty", "-m", "Begin")
            if remote:
                self.run(machine, "git", "-C", path, "remote", "add", "origin", f"https://h.example/owner/{name}")
        return path

    def fill(self):
        """Three machines, two of which say how their checkouts are, with projects in every state and names of every kind."""
        for name in NAMES:
            self.machine(name, tells=name != NAMES[2])
        for index, machine in enumerate(NAMES):
            paths = [self.project(machine, f"tool-{number}") for number in range(index, 12 + index)]
            paths.append(self.project(machine, f"only-on-{machine}", remote=False, days=700 if machine == "laptop" else 0))
            self.run(machine, "dev-infra", "register", "--quiet", *paths)
            if machine == "laptop":
                for path in paths[:4]:
                    with open(os.path.join(path, "new"), "w", encoding="utf-8") as file:
                        file.write("not committed\n")
                # It has been pushed, as far as git knows.
                for path in paths[4:9]:
                    self.run(machine, "git", "-C", path, "update-ref", "refs/remotes/origin/main", "HEAD")
                # And somebody else has pushed to this one since.
                self.run(machine, "sh", "-c", 'cd "$0" && git update-ref refs/remotes/origin/main "$(git commit-tree -p HEAD '
                         '-m Further "HEAD^{tree}")" && git branch -q -u origin/main', paths[8])
                for number, name in enumerate(HOSTILE):
                    path = self.project(machine, f"hostile-{number}")
                    self.run(machine, "dev-infra", "register", "--quiet", path)
                    self.run(
                        machine, "dev-infra", "set", f"hostile-{number}", f"name={name}", f"description={name}\n{name}",
                        f"organization={name}", "tags=odd,hostile")
                self.run(machine, "dev-infra", "set", "tool-0", "tags=go,cli", "status=paused", "project_type=Work",
                         "classification=primary", "organization=Globex", "homepage=https://example.org/tool",
                         "description=A tool that does one thing and says so in a few lines.\n\nIt has a second paragraph.")
            self.run(machine, "dev-infra", "sync")
        self.run("laptop", "dev-infra", "sync")
        # Both change one field at once.
        self.run("desk", "dev-infra", "pull")
        for machine in ("laptop", "desk"):
            self.run(machine, "dev-infra", "set", "tool-5", f"template={machine}")
        self.run("desk", "dev-infra", "push")
        self.run("laptop", "dev-infra", "pull")
        shutil.rmtree(self.project("laptop", "tool-9"))
        self.run("laptop", "dev-infra", "push")

    def crowd(self, machine, size):
        """A machine whose registry knows so many projects, of four owners and six kinds."""
        self.machine(machine, tells=False, joins=False)
        owners, kinds = ["acme", "globex", "initech", "umbrella"], ["api", "docs", "infra", "infra", "tool", "web"]
        urls = [f"https://h.example/{owners[n * 7 % 4]}/{kinds[n % 6]}-{n:05}\n" for n in range(size)]
        path = os.path.join(self.directory, f"{machine}.urls")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(urls)
        self.run(machine, "dev-infra", "import", "--quiet", "urls", path)

    def id(self, machine, name):
        return json.loads(self.run(machine, "dev-infra-cat-project", name))["id"]

    @contextlib.contextmanager
    def serving(self, machine, *words):
        """A server of the machine's registry; gives the first line that it prints."""
        home = self.home(machine)
        log = os.path.join(self.directory, f"log-{time.monotonic_ns()}")
        with open(log, "wb") as errors:
            server = subprocess.Popen(
                words, cwd=home, env={**self.environment, "HOME": home}, stdout=subprocess.PIPE, stderr=errors, text=True)
            try:
                line = server.stdout.readline().strip()
                if not line:
                    with open(log, encoding="utf-8") as file:
                        raise AssertionError(f"{words} did not start: {file.read()}")
                yield line.removeprefix("listening on ").removesuffix("/api")
            finally:
                server.terminate()
                server.wait(20)
                server.stdout.close()
