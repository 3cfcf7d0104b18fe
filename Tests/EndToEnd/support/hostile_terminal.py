#!/usr/bin/env python3
"""Runs every command of the catalogue under a pseudo-terminal, and says what came out that no terminal should get.

usage: hostile_terminal.py CATALOGUE LIBEXEC OPERAND...

The operands are names of projects and paths, as bytes. Each command is run as a person would run it who knows nothing of it: alone,
with each operand, with --json, and so on; those that have words of their own for more are in WORDS. A command that is new in the
catalogue is run as well.

Ends with 1 when a byte got through that is neither printable text, nor a newline or a tab, nor a colour of ours.
"""

import os
import pty
import re
import select
import signal
import sys
import time
import unicodedata

EVIL = b"\x1b[8mx\x9b\xff\xc2\x9b8m\xe2\x80\xae\xe2\x80\x8b\x07\r\x7f"

# More of what single commands take. P is put in the place of each operand.
P = object()
WORDS = {
    "list": [["--json", "--all"], ["--all"], ["--sort", EVIL]],
    "log": [["-p"], ["-p", P], ["--json", P], ["-n", "2"]],
    "status": [["--porcelain"], ["--json"], [b"mirror\xe2\x80\xae"]],
    "show": [["--json", P]],
    "set": [[P, b"description=\xe2\x80\xae\xe2\x80\x8bnew"], [P, EVIL + b"=x"], [P, b"tags+=" + EVIL]],
    "config": [["--list"], ["--get", b"dev-infra.evil"], ["--get-regexp", "."], [b"evil." + EVIL + b".x", "1"], ["--list", "--show-origin"]],
    "remote": [["-v"], ["get-url", b"mirror\xe2\x80\xae"], ["get-url", EVIL], ["add", EVIL, "x"], ["add", "x", EVIL], ["rename", b"mirror\xe2\x80\xae", EVIL]],
    "push": [[], ["banner"], [EVIL], ["error"], ["--dry-run", "banner"]],
    "pull": [[], ["banner"], [EVIL], ["error"]],
    "fetch": [["--all"], ["banner"], ["error"]],
    "sync": [["push", "banner"], ["pull", "banner"], [EVIL]],
    "fetch-pack": [["--progress", "banner"], ["banner"]],
    "send-pack": [["--progress", "banner"], ["--porcelain", "banner"], ["--stdin", "banner"]],
    "clone": [["--all", "--dry-run"], ["--all"], ["--missing"]],
    "hooks": [["status", "--all"], ["install", "--repo", P], ["status", "--repo", P], ["uninstall", "--repo", P], ["status", "--global"]],
    "diff-registry": [["main~3", "main"], ["--raw", "main~3", "main"], ["-p", "main~3", "main"], ["-p"]],
    "cat-project": [["--checkouts", P], ["-z", P]],
    "merge-registry": [["main", "main~1"], ["main", EVIL], ["--advance", b"refs/remotes/banner/main"]],
    "update-registry": [["--index-info"], [EVIL]],
    "ls-projects": [["--format", "%(name)%09%(description)%09%(path)%09%(tags)"], ["--all"], ["--json"]],
    "ls-repos": [["src"], ["--metadata", "src"]],
    "read-meta": [["--set", b"description=\xe2\x80\xae", P]],
    "hash-project": [["--verbose", P]],
    "complete": [["--describe", "show", ""], ["--bash", "dev-infra show "], ["--describe", "push", ""], ["path", ""]],
    "new": [["--template", b"nosuch\xe2\x80\xae", b"src/new\xe2\x80\xae"], ["--template", b"host:templates\xe2\x80\xae", "src/n2"], [EVIL]],
    "init": [[b"ssh://host/" + EVIL], ["--name", EVIL]],
    "register": [["--recursive", "src"], [EVIL]],
    "adopt": [[EVIL], [b"src/plain\xe2\x80\xae"]],
    "escape-text": [[EVIL], ["--", EVIL]],
    "git-remote-work-prod": [["origin", "http://127.0.0.1:1/" ]],
    "foreach": [["--json", "--", "true"], ["--json", "--", "printf", "\u202e\u009b\x7f"], ["--prefix", "--", "true"], ["--heading", "--", "true"], ["--dry-run", "--", "true"], ["--json", "--", EVIL], ["--", EVIL], ["--", "false"]],
    "update": [["--dry-run"], ["--dry-run", "--json"], ["--fetch-only", "--json"]],
    "state": [["--all"], ["-v"], ["--json", "--all"], ["--all-machines"], ["--unsaved"]],
    "export": [["json"], ["csv"], ["mr"], ["mani"], ["urls"], ["manifest"], [EVIL]],
    "import": [["--dry-run", "json", P], ["urls", "list"], ["mani", "list"], [EVIL, "list"]],
    "read-list": [["--from", "urls", "list"], ["--from", "mani", "list"], ["--from", "csv", "list"], ["--from", EVIL, "list"]],
    "machine": [["list"], ["list", "--json"], ["rename", EVIL], ["rename", P, EVIL], ["remove", EVIL]],
    "open": [["--print", P], ["--homepage", "--print", P]],
    "rank": [["add", P], ["remove", EVIL]],
    "pick": [["--query", EVIL, "--select-1"], ["--query", "n\u202e", "--select-1"]],
    "ls-state": [["src"], [P]],
    "archive": [["--dry-run", P]],
    "web": [["--port", EVIL], [EVIL]],
    "daemon": [["--listen", EVIL], ["key", "list"]],
}
# What takes something away, last.
LAST = ["undo", "forget", "rm", "gc", "daemon"]
# With `-z` a record is for a program, byte for byte.
SKIPPED_WITHOUT_WORDS = {"daemon", "web", "git-remote-work-prod"}

OURS = re.compile(rb"\x1b\[(?:1|3[1236])?m|\x1b\[\d+A\x1b\[J")
PROGRESS = re.compile(rb"(?m)^((?:remote: )?[A-Za-z ]+: +[0-9][0-9A-Za-z %()/,.|]*)\r")
KEPT = {0x0600, 0x0601, 0x0602, 0x0603, 0x0604, 0x0605, 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD}
UNSEEN = [
    (0xAD, 0xAD), (0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E),
    (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0xE0000, 0xE0FFF),
]


def offences(output):
    """What in the output of a command no terminal should get."""
    text = output.replace(b"\r\n", b"\n")
    while PROGRESS.search(text):
        text = PROGRESS.sub(rb"\1\n", text)
    text = OURS.sub(b"", text)
    found = []
    try:
        characters = text.decode("utf-8")
    except UnicodeDecodeError as error:
        return [f"bytes that are not UTF-8: {text[max(0, error.start - 30):error.end + 10]!r}"]
    for index, character in enumerate(characters):
        code = ord(character)
        bad = unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs") and code not in KEPT and character not in "\n\t"
        bad = bad or any(low <= code <= high for low, high in UNSEEN) or (code & 0xFFFE) == 0xFFFE
        if bad:
            found.append(f"U+{code:04X} in {characters[max(0, index - 30):index + 10]!r}")
    return found[:3]


def run(arguments, seconds=20):
    """What the command prints on a terminal, and how it ends; None where it does not end."""
    child, terminal = pty.fork()
    if child == 0:
        null = os.open("/dev/null", os.O_RDONLY)
        os.dup2(null, 0)
        try:
            # What draws on all of the terminal says that it cannot; its tests look at what it draws.
            os.environ["TERM"] = "dumb"
            os.execvp(arguments[0], arguments)
        except OSError:
            os._exit(127)
    output = b""
    end = time.monotonic() + seconds
    while True:
        left = end - time.monotonic()
        if left <= 0:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(terminal)
            return output, None
        if select.select([terminal], [], [], left)[0]:
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                break
            if not piece:
                break
            output += piece
    status = os.waitpid(child, 0)[1]
    os.close(terminal)
    return output, os.waitstatus_to_exitcode(status)


def invocations(name, operands):
    generic = [] if name in SKIPPED_WITHOUT_WORDS else [[], ["--json"], [b"--no" + EVIL], [EVIL], ["--quiet", EVIL], ["-" + "\u202e"]]
    if name not in SKIPPED_WITHOUT_WORDS:
        generic += [[P], ["--json", P]]
    for words in generic + WORDS.get(name, []):
        if P in words:
            for operand in operands:
                yield [operand if word is P else word for word in words]
        else:
            yield words


def main():
    catalogue, libexec, *operands = sys.argv[1:]
    operands = [os.fsencode(operand) for operand in operands]
    names = []
    with open(catalogue, encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if line.startswith("#") or len(fields) < 2 or fields[1] == "guide":
                continue
            names.append(fields[0].removeprefix("dev-infra-"))
    names.sort(key=lambda name: LAST.index(name) if name in LAST else -1)
    bad, count, shown = 0, 0, b""
    for name in names:
        if name == "git-remote-work-prod":
            program = [os.path.join(os.fsencode(libexec), b"git-remote-work-prod")]
        else:
            program = [b"dev-infra", os.fsencode(name)]
        for words in invocations(name, operands):
            arguments = program + [os.fsencode(word) for word in words]
            arguments = [word.replace(b"\0", b"") for word in arguments]
            output, status = run(arguments)
            count += 1
            if "-z" not in words:
                shown += output
                found = offences(output)
            else:
                found = []
            if status is None:
                found.append("it does not end")
            elif status < 0 or status == 127:
                found.append(f"it ended with {status}")
            for offence in found:
                bad += 1
                print(f"{name} {words!r}: {offence}")
    print(f"{count} runs of {len(names)} commands, {bad} faults")
    sys.stdout.flush()
    # Something was to be seen: names, a colour of a commit, a server's words.
    for part in (rb"\u202e", rb"\u200b", rb"\033[8m", rb"\u009b", rb"\377", b"remote: ", b"banner"):
        if part not in shown:
            print(f"never shown: {part!r}")
            bad += 1
    return 1 if bad else 0


sys.exit(main())
