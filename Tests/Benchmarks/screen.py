"""How long a program takes until a terminal shows something."""

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import termios
import time

from fixtures import Failed


def until_shown(words, environment, text, runs=20, columns=120, rows=40):
    """The median of the seconds from the start of a program until its terminal shows a text; the program is ended then.

    Starting it is part of the time, for each program alike.
    """
    taken = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        child, terminal = pty.fork()
        if child == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe(words[0], words, {**os.environ, "TERM": "xterm", **environment})
        shown = b""
        while text.encode() not in shown:
            if not select.select([terminal], [], [], 30)[0]:
                break
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                break
        taken.append(time.perf_counter() - start)
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        os.close(terminal)
        if text.encode() not in shown:
            raise Failed(f"{words} does not show {text!r}: {shown[-500:]!r}")
    # The first one finds colder caches.
    return statistics.median(taken[1:])
