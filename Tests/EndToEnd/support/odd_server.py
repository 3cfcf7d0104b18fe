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
    /die             as /echo, and the connection is closed at the next request on it, unanswered

As a proxy it is asked for whole URLs: those it answers itself, by their path, and notes in the log.
It ends by itself after ten minutes.
"""

import gzip
import json
import os
import signal
import socket
import socketserver
import ssl
import sys
import threading
import time
from urllib.parse import urlsplit

LOG = []
COUNTS = {}
LOCK = threading.Lock()


class Handler(socketserver.StreamRequestHandler):
    wbufsize = -1
    timeout = 60

    def setup(self):
        self.dies = False
        context = self.server.context
        if context:
            self.request = context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self):
        try:
            while self.one():
                pass
        except (OSError, ValueError):
            pass

    def one(self):
        line = self.rfile.readline(65536).decode("latin-1").split()
        if len(line) != 3:
            return False
        method, target, _ = line
        headers = {}
        while True:
            field = self.rfile.readline(65536).decode("latin-1").rstrip("\r\n")
            if not field:
                break
            name, _, value = field.partition(":")
            headers[name.lower()] = value.strip()
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
        self.raw("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        return True

    def raw(self, data):
        self.wfile.write(data)
        self.wfile.flush()

    def cut(self):
        """Closes with a reset, as a machine does that is gone."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.connection.close()
        return False

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
            self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1, 2")
        return self.cut()

    def do_chunked(self, *_):
        self.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n3\r\n 2]\r\n0\r\n\r\n")
        return True

    def do_gzip(self, *_):
        return self.answer(200, gzip.compress(b"[" + b" " * 100000 + b"]"), Content_Encoding="gzip")

    def do_half(self, *_):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[1, 2")
        return False

    def do_silent(self, *_):
        time.sleep(60)
        return False

    def do_stall(self, *_):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[1, 2")
        time.sleep(60)
        return False

    def do_trickle(self, *_):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n")
        for _ in range(12):
            self.raw(b"x")
            time.sleep(0.2)
        return True

    def do_large(self, *_):
        self.raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _ in range(1000):
            self.raw(b" " * 65536)
        return False

    def do_header_flood(self, *_):
        self.raw(b"HTTP/1.1 200 OK\r\n")
        for number in range(100000):
            self.raw(b"X-%d: %s\r\n" % (number, b"x" * 1000))
        return False

    def do_redirect(self, parts, status):
        return self.answer(status, Location=parts.query)

    def do_circle(self, *_):
        return self.answer(302, Location="/circle")

    def do_auth(self, _, key):
        if self.seen["headers"].get("authorization") == f"Bearer {key}":
            return self.do_echo()
        return self.answer(401, b'{"error": "A key is needed"}', WWW_Authenticate='Bearer realm="work-prod"')

    def do_die(self, *_):
        self.dies = True
        return self.do_echo()


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64
    context = None

    def handle_error(self, request, client_address):
        pass


def main():
    signal.alarm(600)
    server = Server(("127.0.0.1", 0), Handler)
    if len(sys.argv) > 2:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(sys.argv[2], sys.argv[3])
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
        file.write(f"{server.server_address[1]}\n")
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    server.serve_forever()


if __name__ == "__main__":
    main()
