#!/usr/bin/env python3
"""Prints a port of 127.0.0.1 that nothing listens on."""

import socket

with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1])
