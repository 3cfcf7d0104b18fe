#!/usr/bin/env python3
"""Runs a command on a terminal of its own, and answers what it asks there like a person who takes their time.

usage: typist.py DELAY ANSWER[,ANSWER...] COMMAND...

Each prompt gets the next answer, after DELAY seconds; the last answer is given again. What ends a line in `: `, `? ` or `] ` is
a prompt. Prints one line, `STATUS PROMPTS`, and then what the terminal showed.
"""

import os
import pty
import re
import select
import signal
import sys
import time

PROMPT = re.compile(rb"[^\r\n]*[:?\]] $")


def main():
    delay, answers, command = float(sys.argv[1]), sys.argv[2].split(","), sys.argv[3:]
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    shown, fresh, asked, end = b"", b"", 0, time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.2)[0]:
            if PROMPT.search(fresh):
                fresh = b""
                time.sleep(delay)
                os.write(terminal, answers[min(asked, len(answers) - 1)].encode() + b"\n")
                asked += 1
            continue
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        shown += data
        fresh += data
    else:
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    # Before what follows, which goes past this buffer.
    print(status, asked, flush=True)
    sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))


main()
