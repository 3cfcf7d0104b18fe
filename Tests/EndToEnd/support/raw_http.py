#!/usr/bin/env python3
"""Sends bytes to a port of 127.0.0.1 as they are, and prints what comes back until the other side closes.

usage: raw_http.py PORT [--drip SECONDS] [--repeat BYTES TIMES] [--leave] TEXT

Escapes in TEXT (\\r\\n, \\x00) are Python's. With --drip each byte behind the first empty line is sent so
many seconds after the one before it; with --repeat BYTES is sent so many times behind TEXT; with --leave the connection is
closed at once.
"""

import argparse
import socket
import sys
import time


def unescaped(text):
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("text", type=unescaped)
    parser.add_argument("--drip", type=float)
    parser.add_argument("--repeat", nargs=2)
    parser.add_argument("--leave", action="store_true")
    options = parser.parse_args()
    with socket.create_connection(("127.0.0.1", options.port), timeout=30) as connection:
        try:
            head, empty, body = options.text.partition(b"\r\n\r\n")
            if options.drip is None:
                connection.sendall(options.text)
            else:
                connection.sendall(head + empty)
                for byte in body:
                    time.sleep(options.drip)
                    connection.sendall(bytes([byte]))
            if options.repeat:
                for _ in range(int(options.repeat[1])):
                    connection.sendall(unescaped(options.repeat[0]))
        except (BrokenPipeError, ConnectionResetError):
            pass
        if options.leave:
            return
        try:
            while piece := connection.recv(65536):
                sys.stdout.buffer.write(piece)
        except ConnectionResetError:
            pass


main()
