"""Rows of the work-prod remote: a push over REST, beside curl with the same bodies."""

import contextlib
import json
import os
import shlex

from fixtures import Failed, Registry, run
from measure import Command, compare
from service import call, daemon


def refs(registry, *prefixes):
    """Commands that put refs below these back to what they are now, and remove any that come."""
    directory = shlex.quote(registry.directory)
    known = registry.git("for-each-ref", "--format=update %(refname) %(objectname)", *prefixes)
    return (
        f"git -C {directory} for-each-ref --format='delete %(refname)' {' '.join(prefixes)} |"
        f" git -C {directory} update-ref --stdin\n"
        f"printf '%s\\n' {shlex.quote(known)} | sed '/^$/d' | git -C {directory} update-ref --stdin\n")


def bodies(port):
    """What a client sends for each record that the service has, by its number."""
    status, answer = call(port, "GET", "/api/projects")
    if status != 200:
        raise Failed(f"the list of the service is answered with {status}")
    return {
        record["id"]: {"name": record["name"], "path": record["path"], "metadata": record["metadata"]}
        for record in json.loads(answer)
    }


class Side:
    """A machine with a registry, and a service that is its remote."""

    def __init__(self, world, name):
        self.size = world.size(1000)
        self.scratch = world.path(name)
        os.makedirs(self.scratch)
        self.client = Registry(os.path.join(self.scratch, "client"))
        self.server = Registry(os.path.join(self.scratch, "server"))
        self.client.fill(range(self.size), checkouts="/home/ann/src")

    @contextlib.contextmanager
    def served(self):
        with daemon(self.server) as (port, _):
            run("dev-infra", "remote", "add", "--work-prod", "wp", f"http://127.0.0.1:{port}", home=self.client.home)
            yield port

    def push(self):
        run("dev-infra", "push", "wp", home=self.client.home)

    def command(self, prepare):
        return Command(["dev-infra", "push", "wp"], prepare, home=self.client.home)

    def state(self):
        """Commands that bring back what both sides are now."""
        server = shlex.quote(self.server.directory)
        return (
            f"git -C {server} update-ref refs/heads/main {self.server.main()}\n"
            + refs(self.client, "refs/remotes", "refs/dev-infra"))

    def expect(self, port):
        found = bodies(port)
        if len(found) != self.size:
            raise Failed(f"the service has {len(found)} records, not {self.size}")
        return found


def push_beside_import(world):
    """A push of new projects, beside curl with one import."""
    side = Side(world, "work-prod-push")
    with side.served() as port:
        empty = side.state()
        side.push()
        imported = os.path.join(side.scratch, "import.json")
        with open(imported, "w", encoding="utf-8") as file:
            json.dump({"projects": list(side.expect(port).values())}, file)
        theirs = Command(
            ["curl", "-sS", "--fail", "-o", "/dev/null", "-H", "Content-Type: application/json", "--data-binary",
             f"@{imported}", f"http://127.0.0.1:{port}/api/projects/import"], empty)
        result = compare(side.command(empty), theirs, seconds=4)
        side.expect(port)
        return result


def change_beside_patches(world):
    """A push of changed projects, beside eight curls at a time with the same changes."""
    side = Side(world, "work-prod-change")
    with side.served() as port:
        side.push()
        before = side.state()
        side.client.fill(range(side.size), status="paused", updated=20, checkouts="/home/ann/src")
        side.push()
        calls = os.path.join(side.scratch, "calls")
        with open(calls, "w", encoding="utf-8") as list_of_calls:
            for number, body in side.expect(port).items():
                content = os.path.join(side.scratch, f"{number}.json")
                with open(content, "w", encoding="utf-8") as file:
                    json.dump({"metadata": body["metadata"]}, file)
                list_of_calls.write(f"@{content} http://127.0.0.1:{port}/api/projects/{number}\n")
        theirs = Command(
            ["xargs", "-a", calls, "-P8", "-n2", "curl", "-sS", "--fail", "-o", "/dev/null", "-X", "PATCH", "-H",
             "Content-Type: application/json", "--data-binary"], before)
        result = compare(side.command(before), theirs, seconds=0)
        side.expect(port)
        return result
