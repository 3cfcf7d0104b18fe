#!/usr/bin/env python3
"""A port of 127.0.0.1 that accepts every connection and never says a word.

usage: silent_server.py PORT_FILE

It ends by itself after ten minutes.
"""

import os
import signal
import socket
import sys

signal.alarm(600)
listener = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
    file.write(f"{listener.getsockname()[1]}\n")
os.rename(sys.argv[1] + ".new", sys.argv[1])
held = []
while True:
    held.append(listener.accept())
