"""What the servers on loopback share that the tests talk to: a free port that is told of, an end, and requests as they come.

A server's file has a Handler, and ends with `serve`.
"""

import http.client
import os
import signal
import socket
import socketserver
import ssl


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64
    context = None

    def handle_error(self, request, client_address):
        pass


class Handler(socketserver.StreamRequestHandler):
    """One connection: `one` answers a request, and says whether another may follow."""

    wbufsize = -1

    def setup(self):
        if self.server.context:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self):
        try:
            while self.one():
                pass
        except (OSError, ValueError, http.client.HTTPException):
            pass

    def head(self):
        """The next request's method, target and headers, their names in lower case; None where there is none."""
        line = self.rfile.readline(65536).decode("latin-1").split()
        if len(line) != 3:
            return None
        method, target, _ = line
        headers = {}
        while field := self.rfile.readline(65536).decode("latin-1").rstrip("\r\n"):
            name, _, value = field.partition(":")
            headers[name.strip().lower()] = value.strip()
        return method, target, headers

    def send(self, data):
        self.wfile.write(data)
        self.wfile.flush()

    def cut(self):
        """Closes with a reset, as when a machine is gone."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.connection.close()
        return False


def announce(port, file):
    """Writes the port to a file that is there only once it is whole."""
    with open(file + ".new", "w", encoding="ascii") as new:
        new.write(f"{port}\n")
    os.rename(file + ".new", file)


def serve(handler, port_file, seconds, certificate=()):
    """Serves on a free port for so long, so that a test run that died leaves nothing behind; by TLS with a certificate and its key."""
    signal.alarm(seconds)
    server = Server(("127.0.0.1", 0), handler)
    if certificate:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(*certificate)
    announce(server.server_address[1], port_file)
    server.serve_forever()
