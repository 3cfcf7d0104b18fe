#!/usr/bin/env python3
"""Random rounds of two machines and other clients on one work-prod service, and a model of what none of it may lose.

    service_soak.py PREFIX DIRECTORY SEED ROUNDS [SECONDS]

In each round some fields are edited, each at one side: with `set` on a machine, in a `.dev-infra.yml`, by PATCH, or in the
service's database. Records are made by other clients, some with the URL of another one and some as copies with our block
in them, and are removed. Then both machines pull and push twice. After that every edit is what both registries and the
record say, byte for byte where the service has it; and two more pulls and pushes of each change neither a registry nor a
record, three after the last round.

The first round that fails ends it with 1, its seed and what was done. No round begins after so many seconds.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
import traceback
import urllib.request

MACHINES = ["laptop", "desk"]
WORDS = {
    "classification": ["primary", "secondary", "archive", "maintenance"],
    "project_type": ["Work", "Personal", "Learning", "Inactive"],
    "status": ["active", "paused", "completed", "cancelled"],
}
NATIVE = ["name", "organization", "classification", "project_type", "status", "description", "remote_url"]
TAILS = [
    "", "\n", "\r\nend\r\n", "\n\nDev-Infra-Note: a person's", "\n\nDev-Infra-Digest: weekly", "\u2028x", "é and e\u0301",
    "\n\nSigned-off-by: A <a@example.org>", "\n\n\n", "\r", "\ttab",
]
STRANGE = ["\x00", "\x1b[31m", "a\x07b"]


class Wrong(Exception):
    pass


class Soak:
    def __init__(self, prefix, directory, seed):
        self.prefix, self.directory = prefix, directory
        self.random = random.Random(seed)
        self.log = []
        self.number = 0
        self.ids = {}  # a record's number: its project's id
        self.declared = {}  # machine, project, key: what the file there says
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        port = os.path.join(directory, "port")
        service = os.path.join(os.path.dirname(os.path.abspath(__file__)), "work_prod.py")
        self.service = subprocess.Popen(
            [sys.executable, service, port], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not os.path.exists(port):
            time.sleep(0.02)

    def begin(self):
        """Two machines with what they have registered."""
        port = os.path.join(self.directory, "port")
        with open(port, encoding="ascii") as file:
            self.url = f"http://127.0.0.1:{file.read().strip()}"
        for name in MACHINES:
            os.makedirs(self.home(name))
            with open(self.home(name, ".gitconfig"), "w", encoding="utf-8") as file:
                file.write(f"[user]\n\tname = {name}\n\temail = {name}@example.org\n[init]\n\tdefaultBranch = main\n")
            self.run(name, "init", "--name", name)
            self.run(name, "remote", "add", "--work-prod", "wp", self.url)
            for project in ["shared", f"of-{name}", "filed"]:
                url = None if project.startswith("of") else f"https://example.org/{project}.git"
                self.repository(name, project, url)
            # Two checkouts of one project, whose files disagree.
            self.declare(name, "filed", "description", f"by {name}")
            self.run(name, "register", "--quiet", "shared", f"of-{name}", "filed")
        self.settle(2)
        # Edits know from the first round on of which project a record is.
        self.learn()

    # ------------------------------------------------------------ doing

    def home(self, name, *parts):
        return os.path.join(self.directory, name, *parts)

    def repository(self, name, project, url):
        path = self.home(name, project)
        subprocess.run(["git", "init", "-q", "-b", "main", path], check=True)
        subprocess.run(
            ["git", "-C", path, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty",
             "-m", f"Start {project}"], check=True,
            env=os.environ | {"GIT_AUTHOR_DATE": "2024-05-01T12:00:00Z", "GIT_COMMITTER_DATE": "2024-05-01T12:00:00Z"})
        if url:
            subprocess.run(["git", "-C", path, "remote", "add", "origin", url], check=True)

    def run(self, name, *words, allowed=(0,)):
        self.log.append(f"{name}: {' '.join(word[:120] for word in words)!r}")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "DEV_INFRA"))}
        environment |= {"HOME": self.home(name), "PATH": f"{self.prefix}/bin:{os.environ['PATH']}", "GIT_CONFIG_NOSYSTEM": "1"}
        # What stands above the directory is nobody's project.
        environment["GIT_CEILING_DIRECTORIES"] = self.directory
        done = subprocess.run(
            ["dev-infra", *words], cwd=self.home(name), env=environment, capture_output=True, stdin=subprocess.DEVNULL)
        said = done.stderr.decode("utf-8", "replace")
        for line in said.splitlines():
            self.log.append(f"    {line[:300]}")
        if done.returncode not in allowed or "fatal:" in said:
            raise Wrong(f"{name}: {words[0]} ended with {done.returncode}: {said[:2000]}")
        return done.stdout.decode("utf-8", "replace"), said

    def call(self, method, path, body=None):
        self.log.append(f"service: {method} {path} {json.dumps(body)[:200] if body is not None else ''}")
        request = urllib.request.Request(self.url + path, method=method, headers={"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, json.dumps(body).encode() if body is not None else None) as answer:
            data = answer.read()
        return json.loads(data) if data else None

    def records(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.url + "/api/projects") as answer:
            return {record["id"]: record for record in json.loads(answer.read())}

    def declare(self, name, project, key, value):
        """A line of the project's file on a machine."""
        path = self.home(name, project, ".dev-infra.yml")
        lines = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                lines = dict(line.rstrip("\n").split(": ", 1) for line in file)
        lines[key] = json.dumps(value)
        self.log.append(f"{name}: {project}/.dev-infra.yml {key}: {value}")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"{line}: {text}\n" for line, text in lines.items())
        self.declared[name, project, key] = value

    def sync(self, name):
        self.run(name, "sync")

    def settle(self, times):
        order = self.random.sample(MACHINES, 2)
        for _ in range(times):
            for name in order:
                self.sync(name)

    # ------------------------------------------------------------ knowing

    def registry(self, name):
        """The project entries of a machine's registry, by id."""
        git = ["git", "--git-dir", self.home(name, ".dev-infra")]
        names = subprocess.run([*git, "ls-tree", "-r", "main", "projects"], capture_output=True, check=True).stdout.decode()
        blobs = [line.split()[2] for line in names.splitlines()]
        if not blobs:
            return {}
        out = subprocess.run(
            [*git, "cat-file", "--batch"], input="\n".join(blobs).encode(), capture_output=True, check=True).stdout
        entries = {}
        while out:
            head, _, out = out.partition(b"\n")
            size = int(head.split()[2])
            entry = json.loads(out[:size])
            entries[entry["id"]] = entry
            out = out[size + 1:]
        return entries

    def main(self, name):
        git = ["git", "--git-dir", self.home(name, ".dev-infra"), "rev-parse"]
        return tuple(subprocess.run([*git, ref], capture_output=True, check=True).stdout for ref in ("main", "main^{tree}"))

    def learn(self):
        """Which project each record is, by the block that a push has put there, else by its name."""
        entries = self.registry("laptop")
        for number, record in self.records().items():
            words = (record["description"] or "").split("Dev-Infra-Id: ")
            if len(words) > 1 and words[-1][:40] in entries:
                self.ids[number] = words[-1][:40]
            elif number not in self.ids:
                found = [key for key, entry in entries.items() if entry["name"] == record["name"]]
                if len(found) == 1:
                    self.ids[number] = found[0]

    @staticmethod
    def taken(key, text):
        """How an entry shows a field."""
        if text in (None, ""):
            return None
        prose = key == "description"
        shown = ""
        for index, letter in enumerate(text):
            control = ord(letter) < 32 or 127 <= ord(letter) < 160
            fine = prose and (letter in "\t\n" or letter == "\r" and text[index + 1: index + 2] == "\n")
            shown += "\ufffd" if control and not fine else letter
        if key == "name":
            return shown[:200]
        if key == "organization":
            return shown[:1000]
        if prose:
            while len(shown.encode()) > 65536:
                shown = shown.encode()[:65536].decode("utf-8", "ignore")
        return shown

    @staticmethod
    def text(description):
        """A person's text of a description."""
        head, found, _ = (description or "").rpartition("Dev-Infra-Id: ")
        if not found:
            return description or ""
        return head[:-2] if head.endswith("\n\n") else head

    # ------------------------------------------------------------ a round

    def fresh(self, word):
        self.number += 1
        return f"{word} {self.number}"

    def value(self, key, service):
        pick = self.random.choice
        if key in WORDS:
            return pick(WORDS[key] + ([] if key == "status" else [None]))
        if key == "remote_url":
            self.number += 1
            long = "x" * pick([0, 0, 600]) if service else ""
            return f"https://example.org/{self.number}{long}"
        if key != "name" and self.random.random() < 0.15:
            return None
        text = self.fresh(key)
        if key == "description":
            text += pick(TAILS[:2] + TAILS[5:7] if not service else TAILS)
        if service and self.random.random() < 0.25:
            text += pick([*STRANGE, "y" * {"name": 400, "organization": 1200, "description": 150000}[key]])
        return text

    def edits(self):
        """Edits of fields that are each made at one side: (where, project or number, key, value)."""
        records = self.records()
        used, made = set(), []
        for _ in range(self.random.randint(2, 7)):
            number = self.random.choice(sorted(records))
            project = self.ids.get(number)
            side = self.random.choice(["laptop", "desk", "service", "service", "database"])
            key = self.random.choice(NATIVE + ([] if side == "service" else ["tags", "template", "homepage"]))
            if side == "database":
                key = "project_type"
            if project is None and side != "service" or (project, key) in used or self.is_declared(project, key):
                continue
            if key == "remote_url" and project in self.names:
                continue
            used.add((project, key))
            if side in MACHINES:
                if key == "remote_url":
                    continue
                value = self.value(key, False)
                if key == "name" and value is None:
                    continue
                if key == "tags":
                    value = [self.fresh("tag"), "common"]
                if key == "homepage":
                    value = "https://example.org/" + self.fresh("page").replace(" ", "-")
                text = ",".join(value) if key == "tags" else value or ""
                self.run(side, "set", "--quiet", project, f"{key}={text}")
            elif side == "database":
                # Nobody sees that a value is written over itself, and what a machine has said since would rightly stay.
                there = records[number]["project_type"]
                value = self.random.choice([word for word in WORDS["project_type"] if word != there])
                self.call("PUT", f"/database/{number}", {key: value})
            else:
                if key == "project_type":
                    continue
                value = self.value(key, True)
                if key == "remote_url" and not (records[number]["remote_url"] or "").startswith("https://example.org/"):
                    continue
                body = {key: value}
                if key == "description":
                    body[key] = self.written(records[number]["description"] or "", value)
                self.call("PATCH", f"/api/projects/{number}", body)
            made.append((side, number, project, key, value))
        return made

    def is_declared(self, project, key):
        return any(self.names.get(project) == filed and key == name for _, filed, name in self.declared)

    def written(self, old, text):
        """A description with another text: the block is left, moved up, or lost."""
        head, found, block = old.rpartition("Dev-Infra-Id: ")
        if not found or self.random.random() < 0.3:
            return text
        # A person's text may not end the paragraph that our block is.
        return (f"{text}\n\n" if text else "") + found + block

    def others(self, made):
        """What other clients do to whole records, after these edits."""
        records = self.records()
        chance = self.random.random()
        if chance < 0.25:
            body = {"name": self.fresh("made"), "remote_url": self.random.choice(
                [None, f"https://example.org/made-{self.number}", f"git@example.org:made-{self.number // 2}.git"])}
            self.call("POST", "/api/projects", body)
        elif chance < 0.4:
            record = self.random.choice([records[number] for number in sorted(records)])
            url = record["remote_url"] or ""
            if url.startswith("https://"):
                url = "git@" + url.removeprefix("https://").replace("/", ":", 1) if self.random.random() < 0.5 else url
                self.call("POST", "/api/projects", {"name": self.fresh("double"), "remote_url": url})
        elif chance < 0.5:
            record = dict(self.random.choice([records[number] for number in sorted(records)]))
            record |= {"name": self.fresh("copy"), "path": None}
            self.call("POST", "/api/projects", record)
        elif chance < 0.56:
            number = self.random.choice(sorted(records))
            if self.names.get(self.ids.get(number)) is None and len(records) > 4:
                self.call("DELETE", f"/api/projects/{number}")
                return number
        elif chance < 0.6:
            number = self.random.choice(sorted(records))
            self.call("PATCH", f"/api/projects/{number}", {"path": f"/somewhere/{self.fresh('else')}"})
        elif chance < 0.65:
            number = self.random.choice(sorted(records))
            text = records[number]["description"] or ""
            if "Dev-Infra-Digest: " in text:
                self.call("PATCH", f"/api/projects/{number}", {"description": text[:-7] + "0000000"})
        elif chance < 0.69:
            # A name that another client has just given would be lost at the service itself.
            renamed = {number for _, number, _, key, _ in made if key == "name"}
            left = sorted(set(records) - renamed)
            if left:
                self.call("PATCH", f"/api/projects/{self.random.choice(left)}", {"name": ""})
        elif chance < 0.75:
            name = self.random.choice(MACHINES)
            self.declare(name, "filed", self.random.choice(["description", "organization", "project_type"]),
                         self.random.choice(WORDS["project_type"]))
            self.run(name, "refresh", "--quiet", self.home(name, "filed"))
        return None

    def round(self, times):
        self.log = self.log[-60:] + ["-- round"]
        self.names = {}
        for name in MACHINES:
            for key, entry in self.registry(name).items():
                if entry.get("remote_url", "").endswith(("/filed.git", "/shared.git")) and not entry.get("distinct"):
                    self.names[key] = entry["remote_url"].rsplit("/", 1)[1].removesuffix(".git")
                elif entry["identity"].startswith(("root", "path")):
                    self.names[key] = entry["name"]
        made = self.edits()
        removed = self.others(made)
        self.settle(2)
        self.learn()
        self.check(made, removed)
        self.unchanged(times)

    def check(self, made, removed):
        records = self.records()
        entries = {name: self.registry(name) for name in MACHINES}
        if entries["laptop"] != entries["desk"]:
            raise Wrong("the registries differ")
        if any(not record["name"] for record in records.values()):
            raise Wrong("a record has no name")
        if len(entries["laptop"]) != len(records):
            raise Wrong(f"{len(records)} records, and {len(entries['laptop'])} projects")
        for side, number, _, key, value in made:
            if number == removed or self.is_declared(self.ids.get(number), key):
                continue
            record = records.get(number)
            project = self.ids.get(number)
            if record is None or project not in entries["laptop"]:
                raise Wrong(f"the record {number} or its project {project} is gone")
            entry = entries["laptop"][project]
            wanted = sorted(value) if key == "tags" else value if side in MACHINES else self.taken(key, value)
            if key == "remote_url":
                wanted = value
            if (entry.get(key) or None) != (wanted or None):
                raise Wrong(f"{key} of {number} was set to {value!r} at {side}, and is {str(entry.get(key))[:300]!r}")
            if key in ("tags", "template", "homepage") or key == "project_type" and side in MACHINES:
                continue
            shown = self.text(record[key]) if key == "description" else record[key]
            if (shown or None) != (value or None):
                raise Wrong(f"{key} of the record {number} was set to {str(value)[:300]!r} at {side}, and is {str(shown)[:300]!r}")
        for (name, project, key), value in self.declared.items():
            number = next(number for number in self.names if self.names[number] == project)
            rows = [row for row in json.loads(self.run(name, "list", "--json", "--all")[0]) if row["id"] == number]
            if rows[0].get(key) != value:
                raise Wrong(f"{name} shows {rows[0].get(key)!r} as the {key} of {project}, not {value!r} as its file has")

    def unchanged(self, times):
        mains = {name: self.main(name) for name in MACHINES}
        records = self.records()
        for _ in range(times):
            for name in MACHINES:
                _, said = self.run(name, "sync")
                if "registry keeps the latter" in said or "a project of its own" in said:
                    raise Wrong(f"said again on {name}: {said}")
        if self.records() != records:
            changed = [number for number, record in self.records().items() if record != records.get(number)]
            raise Wrong(f"the records {changed} change with every sync")
        for name in MACHINES:
            if self.main(name) != mains[name]:
                raise Wrong(f"the registry of {name} changes with every sync")


def main():
    prefix, directory, seed, rounds = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    end = time.monotonic() + (float(sys.argv[5]) if len(sys.argv) > 5 else 1e9)
    soak = done = None
    try:
        soak = Soak(prefix, directory, seed)
        soak.begin()
        for done in range(1, rounds + 1):
            soak.round(3 if done == rounds else 1)
            if time.monotonic() > end:
                break
        soak.unchanged(3)
        print(f"SEED={seed}: {done} rounds, {len(soak.records())} records")
    except Exception as fault:  # whatever it was, it comes again with this seed
        print(f"SEED={seed}, round {done}: {fault if isinstance(fault, Wrong) else traceback.format_exc()}")
        print("\n".join(soak.log if soak else []))
        sys.exit(1)
    finally:
        if soak:
            soak.service.kill()


if __name__ == "__main__":
    main()
