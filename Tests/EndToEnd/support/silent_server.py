#!/usr/bin/env python3
"""A port of 127.0.0.1 that accepts every connection and never says a word.

usage: silent_server.py PORT_FILE

It ends by itself after ten minutes.
"""

import signal
import socket
import sys

import loopback

signal.alarm(600)
listener = socket.create_server(("127.0.0.1", 0))
loopback.announce(listener.getsockname()[1], sys.argv[1])
held = []
while True:
    held.append(listener.accept())
