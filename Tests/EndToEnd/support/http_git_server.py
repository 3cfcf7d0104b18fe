#!/usr/bin/env python3
"""A smart-HTTP git server on a free port of 127.0.0.1: `git http-backend` behind a small HTTP server.

usage: http_git_server.py ROOT PORT_FILE

Serves the bare repositories below ROOT, for reading and for pushing, and writes its port to PORT_FILE once it
listens. What is below ROOT/private takes the user `tester` with the password `s3cr3t`. It ends by itself after ten minutes, so that a test run that died leaves nothing behind.
"""

import base64
import http.server
import os
import shutil
import signal
import subprocess
import sys
import urllib.parse

import loopback

LIFETIME = 600
PASSWORD = "Basic " + base64.b64encode(b"tester:s3cr3t").decode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def body(self):
        """The request's body: git sends large ones in chunks, without a length."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(chunks)

    def serve(self):
        url = urllib.parse.urlsplit(self.path)
        environment = dict(os.environ)
        environment.update(
            GIT_PROJECT_ROOT=self.server.root,
            GIT_HTTP_EXPORT_ALL="1",
            GATEWAY_INTERFACE="CGI/1.1",
            REQUEST_METHOD=self.command,
            PATH_INFO=urllib.parse.unquote(url.path),
            QUERY_STRING=url.query,
            REMOTE_ADDR=self.client_address[0],
            REMOTE_USER="tester",
            CONTENT_TYPE=self.headers.get("Content-Type", ""),
            SERVER_PROTOCOL=self.request_version,
        )
        body = self.body()
        if url.path.startswith("/private/") and self.headers.get("Authorization") != PASSWORD:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="private"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        environment["CONTENT_LENGTH"] = str(len(body))
        for header, variable in (
            ("Content-Encoding", "HTTP_CONTENT_ENCODING"),
            ("Git-Protocol", "GIT_PROTOCOL"),
        ):
            if header in self.headers:
                environment[variable] = self.headers[header]
        answer = subprocess.run(
            ["git", "http-backend"], input=body, env=environment, stdout=subprocess.PIPE, check=False
        ).stdout
        head, _, content = answer.partition(b"\r\n\r\n")
        status, headers = 200, []
        for line in head.decode("latin-1").split("\r\n"):
            name, _, value = line.partition(": ")
            if name.lower() == "status":
                status = int(value.split()[0])
            elif name:
                headers.append((name, value))
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = serve

    def log_message(self, format, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


def main():
    root, port_file = sys.argv[1:]
    if not shutil.which("git"):
        sys.exit("http_git_server.py: git is not installed")
    signal.alarm(LIFETIME)
    server = Server(("127.0.0.1", 0), Handler)
    server.root = os.path.abspath(root)
    loopback.announce(server.server_port, port_file)
    server.serve_forever()


main()
