#!/usr/bin/env python3
"""An HTTP server on loopback that answers as its URL's path says, well or badly.

usage: odd_server.py PORT_FILE [CERTIFICATE KEY]

    /echo            200, what was asked for as JSON: method, target, headers, body
    /log             200, every request so far as JSON, but those for /log
    /status/N[/WHAT] status N; WHAT: html, json, or a Retry-After of that many seconds
    /flaky/NAME/N/S[/SECONDS]   status S for the first N requests of that NAME, then as /echo
    /cut/NAME/N/WHERE   for the first N requests of that NAME the connection is cut: `before` the answer, `inside` it
    /chunked /gzip /half /silent /stall /trickle /large /header-flood
    /redirect/N?URL  status N with that Location; /circle redirects to itself
    /auth/KEY        401 unless the key is sent
    /basic/USER:KEY  401 unless they are sent as Basic
    /die             as /echo, and the connection is closed at the next request on it, unanswered

As a proxy it is asked for whole URLs: those it answers itself, by their path, and notes in the log.
It ends by itself after ten minutes.
"""

import base64
import gzip
import json
import sys
import threading
import time
from urllib.parse import urlsplit

import loopback

LOG = []
COUNTS = {}
LOCK = threading.Lock()


class Handler(loopback.Handler):
    timeout = 60
    dies = False

    def one(self):
        head = self.head()
        if head is None:
            return False
        method, target, headers = head
        body = self.rfile.read(int(headers.get("content-length", 0)))
        parts = urlsplit(target)
        self.seen = {"method": method, "target": target, "headers": headers, "body": body.decode("utf-8", "replace")}
        if parts.path != "/log":
            with LOCK:
                LOG.append(self.seen)
        if self.dies:
            return False
        words = parts.path.strip("/").split("/")
        return getattr(self, "do_" + words[0].replace("-", "_"), self.do_missing)(parts, *words[1:])

    def answer(self, status, body=b"", kind="application/json", **more):
        head = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", f"Content-Type: {kind}"]
        head += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
        self.send("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        return True

    def first(self, name, count):
        with LOCK:
            COUNTS[name] = COUNTS.get(name, 0) + 1
            return COUNTS[name] <= int(count)

    def do_missing(self, *_):
        return self.answer(404, b'{"error": "not here"}')

    def do_echo(self, *_):
        return self.answer(200, json.dumps(self.seen).encode())

    def do_log(self, *_):
        with LOCK:
            return self.answer(200, json.dumps(LOG).encode())

    def do_status(self, _, status, what="json"):
        if what == "html":
            page = b"<!doctype html>\n<title>502 Bad\n \x1b[31mGateway</title>\n<p>" + b"x" * 5000
            return self.answer(status, page, "text/html")
        if what == "json":
            return self.answer(status, b'{"error": "as you wished"}')
        return self.answer(status, b"wait", "text/plain", Retry_After=what)

    def do_flaky(self, _, name, count, status, after=None):
        if self.first(name, count):
            more = {"Retry_After": after} if after else {}
            return self.answer(status, b"", **more)
        return self.do_echo()

    def do_cut(self, _, name, count, where):
        if not self.first(name, count):
            return self.do_echo()
        if where == "inside":
            self.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1, 2")
        return self.cut()

    def do_chunked(self, *_):
        self.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n3\r\n 2]\r\n0\r\n\r\n")
        return True

    def do_gzip(self, *_):
        return self.answer(200, gzip.compress(b"[" + b" " * 100000 + b"]"), Content_Encoding="gzip")

    def do_half(self, *_):
        self.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[1, 2")
        return False

    def do_silent(self, *_):
        time.sleep(60)
        return False

    def do_stall(self, *_):
        self.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[1, 2")
        time.sleep(60)
        return False

    def do_trickle(self, *_):
        self.send(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n")
        for _ in range(12):
            self.send(b"x")
            time.sleep(0.2)
        return True

    def do_large(self, *_):
        self.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _ in range(1000):
            self.send(b" " * 65536)
        return False

    def do_header_flood(self, *_):
        self.send(b"HTTP/1.1 200 OK\r\n")
        for number in range(100000):
            self.send(b"X-%d: %s\r\n" % (number, b"x" * 1000))
        return False

    def do_redirect(self, parts, status):
        return self.answer(status, Location=parts.query)

    def do_circle(self, *_):
        return self.answer(302, Location="/circle")

    def do_auth(self, _, key):
        if self.seen["headers"].get("authorization") == f"Bearer {key}":
            return self.do_echo()
        return self.answer(401, b'{"error": "A key is needed"}', WWW_Authenticate='Bearer realm="work-prod"')

    def do_basic(self, _, pair):
        if self.seen["headers"].get("authorization") == "Basic " + base64.b64encode(pair.encode()).decode():
            return self.do_echo()
        return self.answer(401, b"Who are you?", "text/plain", WWW_Authenticate='Basic realm="proxy"')

    def do_die(self, *_):
        self.dies = True
        return self.do_echo()


if __name__ == "__main__":
    loopback.serve(Handler, sys.argv[1], 600, sys.argv[2:])
