"""How long a program takes until a terminal shows something."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

from fixtures import Failed
from measure import Command, Probe


def until_shown(words, settings, text, columns=120, rows=40):
    """A side whose value is the seconds from the start of a program until its terminal shows a text; it is ended then.

    Starting it is part of the time, for each program alike.
    """
    environment = {**os.environ, "TERM": "xterm", **settings}

    def measure():
        start = time.perf_counter()
        child, terminal = pty.fork()
        if child == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe(words[0], words, environment)
        shown = b""
        while text.encode() not in shown:
            if not select.select([terminal], [], [], 30)[0]:
                break
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                break
        taken = time.perf_counter() - start
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        os.close(terminal)
        if text.encode() not in shown:
            raise Failed(f"{words} does not show {text!r}: {shown[-500:]!r}")
        return taken

    line = Command(words, settings={"TERM": "xterm", **settings}).line()
    return Probe(f"{line}    # on a terminal of {columns} × {rows}, until it shows {text!r}", measure)
