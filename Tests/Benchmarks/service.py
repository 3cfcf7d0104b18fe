"""Rows of the daemon: what it serves, beside a web server with a file, and what it holds under load."""

import contextlib
import gzip
import http.client
import json
import os
import re
import subprocess
import threading
import time

from fixtures import Failed, Registry, run


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


def throughput(url, seconds):
    """Requests a second that wrk gets answered over eight connections."""
    told = run("wrk", "-t", "2", "-c", "8", "-d", f"{seconds}s", url)
    if re.search(r"Non-2xx|Socket errors", told):
        raise Failed(f"{told}")
    return float(re.search(r"Requests/sec:\s*([\d.]+)", told).group(1))


def list_beside_nginx(world):
    """Requests a second of the daemon and of nginx, in turns."""
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
            ours, theirs = [], []
            for _ in range(4):
                ours.append(throughput(f"http://127.0.0.1:{port}/api/projects", 4))
                theirs.append(throughput(f"http://127.0.0.1:{other}/list.json", 4))
    return sorted(ours)[2], sorted(theirs)[2], len(body)


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
        firsts = []
        for path in ("/", "/?q=p"):
            times = []
            for number in range(100):
                start = time.perf_counter()
                # No two look for the same.
                connection.request("GET", path if path == "/" else f"{path}{number:02}")
                answer = connection.getresponse()
                times.append(time.perf_counter() - start)
                answer.read()
            firsts.append(sorted(times)[50])
        with open(os.path.join(directory, "page.html"), "wb") as file:
            file.write(body)
        with nginx(directory, "page.html") as other:
            ours, theirs = [], []
            for _ in range(4):
                ours.append(throughput(f"http://127.0.0.1:{port}/", 4))
                theirs.append(throughput(f"http://127.0.0.1:{other}/page.html", 4))
    return firsts, len(gzip.compress(body)), sorted(ours)[2], sorted(theirs)[2]


def resident(process):
    """Bytes that the daemon has in memory now, and at most had; its own process, behind env and the dispatcher."""
    with open(f"/proc/{process.pid}/status", encoding="utf-8") as file:
        text = file.read()
    return [int(re.search(rf"{key}:\s+(\d+) kB", text).group(1)) * 1024 for key in ("VmRSS", "VmHWM")]


def under_load(world, seconds):
    """Eight writers and eight readers at once; gives memory at times, the most, and how much was done."""
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
    return memory, most, sum(done[:8]), sum(done[8:]), faults
