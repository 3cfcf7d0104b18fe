"""Rows of the daemon: what it serves, beside a web server with a file, and what it holds under load."""

import asyncio
import contextlib
import gzip
import http.client
import json
import os
import random
import re
import shlex
import statistics
import subprocess
import threading
import time

from fixtures import Failed, Registry, run
from measure import Command, Part, Probe, Result, ratio, shown, take_turns, values


@contextlib.contextmanager
def daemon(registry, *words):
    """Serves a registry on a free port of loopback; gives the port and the process."""
    line = ["env", f"HOME={registry.home}", "dev-infra", "daemon", "--listen", "127.0.0.1:0", *words]
    with open(os.path.join(registry.home, "daemon.log"), "wb") as log:
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=log, text=True) as process:
            try:
                where = re.search(r":(\d+)/api$", process.stdout.readline().strip())
                if not where:
                    raise Failed("the daemon did not start")
                yield int(where.group(1)), process
            finally:
                process.terminate()
                if process.wait() != 0:
                    raise Failed("the daemon failed")


@contextlib.contextmanager
def nginx(directory, name):
    """Serves one file of a directory, as Debian's nginx does unless told otherwise; gives the port."""
    port = 5900
    configuration = os.path.join(directory, "nginx.conf")
    with open(configuration, "w", encoding="utf-8") as file:
        file.write(
            f"daemon off; worker_processes auto; pid {directory}/nginx.pid; error_log {directory}/nginx.log;\n"
            "events {} http { sendfile on; tcp_nopush on; default_type application/json;\n"
            f"access_log {directory}/access.log;\n"
            + "".join(f"{key}_temp_path {directory}/{key};\n" for key in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
            + f"server {{ listen 127.0.0.1:{port}; location / {{ root {directory}; }} }} }}\n")
    with subprocess.Popen(["nginx", "-c", configuration], stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                with contextlib.suppress(OSError):
                    if call(port, "GET", f"/{name}")[0] == 200:
                        break
                time.sleep(0.05)
            else:
                raise Failed("nginx did not start")
            yield port
        finally:
            process.terminate()


def call(port, method, path, body=None, connection=None):
    """One call; gives the status and the answer's bytes."""
    used = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/json"} if body is not None else {}
    used.request(method, path, body if body is None else json.dumps(body), headers)
    answer = used.getresponse()
    content = answer.read()
    if connection is None:
        used.close()
    return answer.status, content


def throughput(url, seconds=1):
    """A side whose value is the requests a second that wrk gets answered over eight connections."""
    words = ["wrk", "-t", "2", "-c", "8", "-d", f"{seconds}s", url]

    def measure():
        told = run(*words)
        if re.search(r"Non-2xx|Socket errors", told):
            raise Failed(f"{told}")
        return float(re.search(r"Requests/sec:\s*([\d.]+)", told).group(1))

    return Probe(shlex.join(words), measure)


def daemon_command(registry, *words):
    return Command(["dev-infra", "daemon", "--listen", "127.0.0.1:0", *words], home=registry.home)


def list_beside_nginx(world):
    """Requests a second of the daemon and of nginx."""
    registry = world.registry(world.size(10_000))
    directory = world.path("nginx")
    os.makedirs(directory)
    # The workers of nginx are nobody when root starts it.
    os.chmod(world.directory, 0o755)
    with daemon(registry) as (port, _):
        status, body = call(port, "GET", "/api/projects")
        if status != 200 or len(json.loads(body)) < world.size(10_000):
            raise Failed(f"the list is not whole: {status}, {len(body)} bytes")
        with open(os.path.join(directory, "list.json"), "wb") as file:
            file.write(body)
        with nginx(directory, "list.json") as other:
            ours, theirs = throughput(f"http://127.0.0.1:{port}/api/projects"), throughput(f"http://127.0.0.1:{other}/list.json")
            part = ratio(*take_turns([ours, theirs], seconds=0), unit="requests/s")
    part.detail += f", {shown(len(body), 'B')} each"
    return Result([part], {"served by": daemon_command(registry), "dev-infra": ours, "beside": theirs})


def page_beside_nginx(world):
    """The page of all projects on five machines: seconds to the first byte of it, and of what one word finds, each by one connection;
    its bytes packed by gzip; requests a second of the daemon and of nginx."""
    size = world.size(10_000)
    registry = Registry(world.path("pages"))
    registry.fill(range(size), checkouts=world.path("pages-src"), others=[f"{number:016x}" for number in range(1, 5)])
    directory = world.path("nginx-pages")
    os.makedirs(directory)
    os.chmod(world.directory, 0o755)
    with daemon(registry, "--log-level", "warning") as (port, _):
        status, body = call(port, "GET", "/")
        if status != 200 or f">{size} projects<".encode() not in body:
            raise Failed(f"the page is not whole: {status}, {len(body)} bytes")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        looked_for = iter(range(1_000_000))

        def first_byte(search):
            # No two look for the same.
            path = f"/?q=p{next(looked_for):03}" if search else "/"
            start = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            taken = time.perf_counter() - start
            answer.read()
            return taken

        page = Probe(f"GET http://127.0.0.1:{port}/ on one connection, until the head is read", lambda: first_byte(False))
        search = Probe(f"GET http://127.0.0.1:{port}/?q=pNNN on the same connection, another NNN each time", lambda: first_byte(True))
        first, found = take_turns([page, search], least=100, seconds=0)
        with open(os.path.join(directory, "page.html"), "wb") as file:
            file.write(body)
        with nginx(directory, "page.html") as other:
            ours, theirs = throughput(f"http://127.0.0.1:{port}/"), throughput(f"http://127.0.0.1:{other}/page.html")
            requests = ratio(*take_turns([ours, theirs], seconds=0), name="requests", unit="requests/s")
    return Result(
        [Part(values(first), "first byte", "s"), Part(values(found), "of a search", "s"),
         Part([len(gzip.compress(body))], "packed", "B"), requests],
        {"served by": daemon_command(registry, "--log-level", "warning"), "first byte": page, "of a search": search, "dev-infra": ours,
         "beside": theirs})


def resident(process):
    """Bytes that the daemon has in memory now, and at most had; its own process, behind env and the dispatcher."""
    with open(f"/proc/{process.pid}/status", encoding="utf-8") as file:
        text = file.read()
    return [int(re.search(rf"{key}:\s+(\d+) kB", text).group(1)) * 1024 for key in ("VmRSS", "VmHWM")]


def second_half(memory):
    """How much more was resident in the second half of a run than in the first."""
    half = len(memory) // 2
    return Part([max(memory[half:]) / max(memory[:half])], "second half", "× the memory")


def under_load(world):
    """Eight writers and eight readers at once, for a minute."""
    seconds = 60 * min(1, world.scale)
    size = world.size(10_000)
    registry = world.registry(size)
    done = [0] * 16
    faults = []
    last = [None] * 8

    with daemon(registry) as (port, process):
        _, body = call(port, "GET", "/api/projects")
        numbers = [record["id"] for record in json.loads(body)]
        deadline = time.monotonic() + seconds

        def work(index):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                while time.monotonic() < deadline:
                    if index < 8:
                        text = f"{index}-{done[index]}"
                        number = numbers[(done[index] * 8 + index) % (len(numbers) // 8 * 8)]
                        status, _ = call(port, "PATCH", f"/api/projects/{number}", {"description": text}, connection)
                        last[index] = (number, text)
                    else:
                        path = "/api/projects" if index % 2 else f"/api/projects/{numbers[done[index] % len(numbers)]}"
                        status, _ = call(port, "GET", path, connection=connection)
                    if status != 200:
                        faults.append((index, status))
                    done[index] += 1
            except (OSError, http.client.HTTPException) as error:
                faults.append((index, repr(error)))

        threads = [threading.Thread(target=work, args=(index,)) for index in range(16)]
        for thread in threads:
            thread.start()
        memory = []
        while any(thread.is_alive() for thread in threads):
            time.sleep(min(1, seconds / 10))
            memory.append(resident(process)[0])
        for index, (number, text) in enumerate(last):
            _, body = call(port, "GET", f"/api/projects/{number}")
            if json.loads(body)["description"] != text:
                faults.append((index, "lost"))
        most = resident(process)[1]
    run("dev-infra-verify-registry", "--quiet", home=registry.home)
    clients = Probe(
        f"8 connections that PATCH /api/projects/N with a description, 4 that GET /api/projects/N, 4 that GET /api/projects, each one"
        f" after the other for {seconds:.0f} s", None)
    detail = f"{sum(done[:8]):,} writes, {sum(done[8:]):,} reads"
    return Result(
        [Part([most], "memory", "B"), second_half(memory), Part([len(faults)], "errors", "calls", detail)],
        {"served by": daemon_command(registry), "clients": clients})


class Client:
    """One connection that reads and writes projects, with a pause after each answer."""

    def __init__(self, port, numbers, index):
        self.port = port
        self.numbers = numbers
        self.random = random.Random(index)
        self.index = index
        self.taken = {"GET": [], "PATCH": []}
        self.faults = []
        self.last = {}

    async def call(self, reader, writer, method, path, body=b""):
        start = time.perf_counter()
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"content-length: *(\d+)", head, re.I).group(1))
        answer = await reader.readexactly(length)
        self.taken[method].append((start, time.perf_counter() - start))
        status = int(head.split(b" ", 2)[1])
        if status != 200:
            self.faults.append((method, path, status))
        return answer

    async def run(self, deadline, pause):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        try:
            while time.perf_counter() < deadline:
                if self.random.random() < 0.1:
                    # Each writes projects of its own, so that the last value is known.
                    number = self.numbers[self.random.randrange(len(self.numbers) // 64) * 64 + self.index]
                    text = f"{self.index}-{len(self.taken['PATCH'])}"
                    await self.call(reader, writer, "PATCH", f"/api/projects/{number}", json.dumps({"description": text}).encode())
                    self.last[number] = text
                else:
                    await self.call(reader, writer, "GET", f"/api/projects/{self.random.choice(self.numbers)}")
                await asyncio.sleep(self.random.uniform(0, 2 * pause))
            for number, text in self.last.items():
                answer = await self.call(reader, writer, "GET", f"/api/projects/{number}")
                if json.loads(answer)["description"] != text:
                    self.faults.append(("lost", number, text))
        except (OSError, EOFError, asyncio.IncompleteReadError) as error:
            self.faults.append((self.index, repr(error), 0))
        finally:
            writer.close()


async def all_clients(clients, process, seconds, pause):
    """Runs them at once; gives what the daemon had in memory each second."""
    deadline = time.perf_counter() + seconds
    running = asyncio.gather(*(client.run(deadline, pause) for client in clients))
    memory = []
    while not running.done():
        await asyncio.sleep(min(1, seconds / 20))
        memory.append(resident(process)[0])
    await running
    return memory


def slowest_of_hundred(clients, method, begun, seconds, slices=10):
    """Of each tenth of the run, what 99 of 100 calls are answered within."""
    calls = sorted(each for client in clients for each in client.taken[method])
    parts = [[taken for start, taken in calls if number <= (start - begun) / seconds * slices < number + 1] for number in range(slices)]
    return [statistics.quantiles(part, n=100, method="inclusive")[98] for part in parts if len(part) > 1]


def many_clients(world, count=64, pause=0.1):
    """Readers and writers of single projects, as many pages and scripts are: each waits a moment after an answer."""
    seconds = 300 * min(1, world.scale)
    registry = world.registry(world.size(100_000))
    with daemon(registry, "--log-level", "warning") as (port, process):
        status, body = call(port, "GET", "/api/projects")
        if status != 200:
            raise Failed(f"the list is answered with {status}")
        numbers = [record["id"] for record in json.loads(body)]
        clients = [Client(port, numbers, index) for index in range(count)]
        begun = time.perf_counter()
        memory = asyncio.run(all_clients(clients, process, seconds, pause))
    run("dev-infra-verify-registry", "--quiet", home=registry.home)
    run("git", "-C", registry.directory, "update-ref", "refs/heads/main", registry.base)
    faults = [fault for client in clients for fault in client.faults]
    calls = {method: sum(len(client.taken[method]) for client in clients) for method in ("GET", "PATCH")}
    told = f"{calls['GET']:,} reads, {calls['PATCH']:,} writes; {shown(max(memory), 'B')}"
    if faults:
        told += f"; the first is {faults[0]}"
    line = Probe(
        f"{count} connections, each for {seconds:.0f} s: of ten calls nine GET /api/projects/N and one PATCH /api/projects/N with a"
        f" description, and after each answer a pause of {pause * 1e3:.0f} ms at the mean", None)
    return Result(
        [Part(slowest_of_hundred(clients, "GET", begun, seconds), "read, 99th of 100", "s"),
         Part(slowest_of_hundred(clients, "PATCH", begun, seconds), "write, 99th of 100", "s"), second_half(memory),
         Part([len(faults)], "errors", "calls", told)],
        {"served by": daemon_command(registry, "--log-level", "warning"), "clients": line})
