#!/usr/bin/env python3
"""Clients that take their time, all at once, until they are ended or the server has closed every connection.

usage: slow_clients.py PORT COUNT READY TEXT [--rate BYTES] [--source ADDRESS] [--reading]

Each connection sends TEXT (with Python's escapes), and then --rate bytes of zeros a second. With --reading it takes so
many bytes a second of its answer, and else reads nothing. READY is written once all are connected and have sent TEXT; the
number of connections that the server has closed is printed at the end, on SIGTERM too.
"""

import argparse
import select
import signal
import socket
import sys
import time


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("ready")
    parser.add_argument("text")
    parser.add_argument("--rate", type=int, default=0)
    parser.add_argument("--source", default="127.0.0.1")
    parser.add_argument("--reading", action="store_true")
    options = parser.parse_args()
    text = options.text.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    connections = []
    for _ in range(options.count):
        connection = socket.socket()
        if options.reading:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.bind((options.source, 0))
        connection.connect(("127.0.0.1", options.port))
        connection.sendall(text)
        connection.setblocking(False)
        connections.append(connection)
    with open(options.ready, "w") as ready:
        ready.write("ready\n")
    closed = 0
    try:
        while connections:
            time.sleep(0.1)
            for connection in list(connections):
                try:
                    if options.reading:
                        if connection.recv(max(1, options.rate // 10)) == b"":
                            raise ConnectionError
                    else:
                        if select.select([connection], [], [], 0)[0] and connection.recv(65536) == b"":
                            raise ConnectionError
                        if options.rate:
                            connection.send(b"0" * (options.rate // 10))
                except BlockingIOError:
                    pass
                except OSError:
                    connections.remove(connection)
                    closed += 1
    finally:
        print(closed, flush=True)


main()
