#!/usr/bin/env python3
"""Stands between a client and an HTTP server on loopback, and does harm by a plan.

usage: fault_proxy.py DIRECTORY PORT [CERTIFICATE KEY]

DIRECTORY/plan, read at every request, has lines `N WHAT [ARGUMENT]`: what happens to the Nth request since the plan was put
there (replace the file, do not write into it), or to every one where N is `*`, or to those of a method where N is its name:

    cut-request      half of the request is taken, the connection cut; nothing goes on
    cut-before       the request is taken, the connection cut; nothing goes on
    cut-after        the request goes on, the answer does not come back
    cut-inside       the request goes on, half of the answer comes back, then the connection is cut
    half             the same, but the connection ends in good order
    half-json        the request goes on, half of the body comes back, as a whole answer
    silent           the request is taken, and that is all
    silent-after     the request goes on, the answer never comes back
    delay S          the answer comes after S seconds
    status N [S]     that status, with Retry-After of S seconds; nothing goes on
    status-after N   the request goes on, the answer is that status
    late             504 at once; the request goes on once DIRECTORY/go is there, and then DIRECTORY/gone is
    html N           a page with that status; nothing goes on
    redirect URL     302 to there; nothing goes on

DIRECTORY/port tells where it listens; DIRECTORY/log has a line `METHOD TARGET KEY` for each request, KEY being `key` where one
was sent, else `none`. The key itself is written nowhere. Where DIRECTORY/key is, requests without the key that it holds, by Bearer or as the password of Basic,
get 401.
Where DIRECTORY/login is, `USER:PASSWORD`, it is a proxy that gives 407 to those that do not tell it that. It also serves as a proxy: of a whole URL the server gets the path, whatever the host. It ends by itself after twenty minutes.
"""

import base64
import http.client
import os
import sys
import threading
import time
from urllib.parse import urlsplit

import loopback

DIRECTORY = sys.argv[1]
PORT = int(sys.argv[2])
LOCK = threading.Lock()
STATE = {"plan": None, "count": 0}
PAGE = b"<!doctype html><html><head><title>%d Bad \x1b[31mGateway</title></head><body>%s</body></html>"


def fault(method, target, headers):
    """Notes the request, and says what is to happen to it."""
    with LOCK:
        with open(os.path.join(DIRECTORY, "log"), "a", encoding="utf-8") as log:
            log.write(f"{method} {target} {'key' if 'authorization' in headers else 'none'}\n")
        try:
            with open(os.path.join(DIRECTORY, "plan"), encoding="ascii") as plan:
                identity = (os.fstat(plan.fileno()).st_ino, os.fstat(plan.fileno()).st_mtime_ns)
                lines = [line.split() for line in plan if line.strip()]
        except FileNotFoundError:
            return ["pass"]
        if STATE["plan"] != identity:
            STATE["plan"] = identity
            STATE["count"] = 0
        STATE["count"] += 1
        for words in lines:
            if words[0] in ("*", str(STATE["count"]), method):
                return words[1:]
        return ["pass"]


def is_let_in(headers):
    try:
        with open(os.path.join(DIRECTORY, "key"), encoding="utf-8") as file:
            key = file.read().strip()
    except FileNotFoundError:
        return True
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme == "Basic":
        value = base64.b64decode(value).decode().partition(":")[2]
    return value == key


def may_pass(headers):
    try:
        with open(os.path.join(DIRECTORY, "login"), "rb") as file:
            return headers.get("proxy-authorization") == "Basic " + base64.b64encode(file.read()).decode()
    except FileNotFoundError:
        return True


class Handler(loopback.Handler):
    timeout = 120

    def one(self):
        head = self.head()
        if head is None:
            return False
        method, target, headers = head
        what, *arguments = fault(method, target, headers)
        length = int(headers.get("content-length", 0))
        if what == "cut-request":
            self.rfile.read(length // 2)
            return self.cut()
        body = self.rfile.read(length)
        if what == "cut-before":
            return self.cut()
        if not may_pass(headers):
            return self.answer(407, b"", {"Proxy-Authenticate": 'Basic realm="proxy"'})
        if not is_let_in(headers):
            return self.answer(401, b'{"error":"A key is needed"}', {"WWW-Authenticate": 'Bearer realm="work-prod"'})
        if what == "silent":
            time.sleep(120)
            return False
        if what == "status":
            more = {"Retry-After": arguments[1]} if len(arguments) > 1 else {}
            return self.answer(int(arguments[0]), b'{"error":"not now"}', {"Content-Type": "application/json", **more})
        if what == "html":
            return self.answer(int(arguments[0]), PAGE % (int(arguments[0]), b"x" * 4000), {"Content-Type": "text/html"})
        if what == "redirect":
            return self.answer(302, b"", {"Location": arguments[0]})
        if what == "late":
            threading.Thread(target=self.ask_late, args=(method, target, headers, body), daemon=True).start()
            return self.answer(504, b"", {})
        status, fields, answer = self.ask(method, target, headers, body)
        if what == "delay":
            time.sleep(float(arguments[0]))
        if what == "cut-after":
            return self.cut()
        if what == "silent-after":
            time.sleep(120)
            return False
        if what == "status-after":
            return self.answer(int(arguments[0]), b"", {})
        if what == "half-json":
            return self.answer(status, answer[: len(answer) // 2], fields)
        if what in ("half", "cut-inside"):
            # Of an answer without a body that is half of its header.
            whole = self.whole(status, answer, fields)
            self.send(whole[: len(whole) - max(len(answer) // 2, 1 if answer else len(whole) // 2)])
            return self.cut() if what == "cut-inside" else False
        return self.answer(status, answer, fields)

    def ask_late(self, *request):
        while not os.path.exists(os.path.join(DIRECTORY, "go")):
            time.sleep(0.05)
        self.ask(*request)
        with open(os.path.join(DIRECTORY, "gone"), "w", encoding="ascii") as file:
            file.write("gone\n")

    def ask(self, method, target, headers, body):
        passed = {name: value for name, value in headers.items() if name not in ("connection", "host", "accept-encoding", "proxy-authorization")}
        parts = urlsplit(target)
        target = parts.path + ("?" + parts.query if parts.query else "")
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
        try:
            connection.request(method, target, body if "content-length" in headers else None, passed)
            answer = connection.getresponse()
            data = answer.read()
            dropped = ("connection", "transfer-encoding", "content-length", "keep-alive")
            fields = {name: value for name, value in answer.getheaders() if name.lower() not in dropped}
            return answer.status, fields, data
        finally:
            connection.close()

    def whole(self, status, body, fields):
        head = [f"HTTP/1.1 {status} {http.client.responses.get(status, 'Odd')}"]
        head += [f"{name}: {value}" for name, value in fields.items()]
        if status not in (204, 304):
            head.append(f"Content-Length: {len(body)}")
        return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body

    def answer(self, status, body, fields):
        self.send(self.whole(status, body, fields))
        return True


if __name__ == "__main__":
    loopback.serve(Handler, os.path.join(DIRECTORY, "port"), 1200, sys.argv[3:])
