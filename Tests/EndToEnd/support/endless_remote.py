#!/usr/bin/env python3
"""A git server on loopback that tells of more than anybody has.

usage: endless_remote.py PORT_FILE

    /SERVICE/HOW/…   SERVICE is `upload` or `receive`: what is told without an end when that is asked for. The other is a
                     repository without refs.
      list           refs, by the first version of the protocol
      packed         the same, by gzip
      second         refs, by the second version
      circle         a list of symbolic refs that git 2.39 reads round and round
      words          messages, once something is fetched or pushed
      half           some of a pack, once something is fetched, and nothing more
      claimsN        the first of a pack of N objects, once something is fetched, and the end

"Without an end" is a gigabyte: where nothing bounds it, a test fails and the computer goes on.
It ends by itself after ten minutes.
"""

import os
import sys
import time
import zlib

import loopback

OBJECT = b"1" * 40
NOBODY = b"0" * 40


def line(text):
    return b"%04x" % (len(text) + 4) + text


WORDS = line(b"\2" + b"words \33[8m " * 4000 + b"\n")
# 60,000 bytes in a pack: the kind and the size, and what is deflated.
BLOB = line(b"\1\xb0\xa6\x1d") + line(b"\1" + zlib.compress(os.urandom(60000)))
REFS = b"".join(line(OBJECT + b" refs/heads/b%d\n" % number) for number in range(1000))


class Handler(loopback.Handler):
    def one(self):
        asked = self.head()
        if not asked:
            return False
        method, target, headers = asked
        body = self.rfile.read(int(headers.get("content-length", 0)))
        _, service, how, *_ = target.split("/")
        named = b"git-receive-pack" if "receive-pack" in target else b"git-upload-pack"
        begin = line(b"# service=" + named + b"\n") + b"0000"
        is_endless = service.encode() in named
        if method == "POST" and how == "words" and is_endless:
            self.tell(named + b"-result", line(b"NAK\n") if service == "upload" else b"", WORDS, False)
        elif method == "POST" and how == "half":
            self.start(named + b"-result", b"")
            self.send(line(b"NAK\n") + line(b"\1PACK\0\0\0\2\0\0\1\0") + BLOB * 100)
            time.sleep(60)
        elif method == "POST" and how.startswith("claims"):
            self.start(named + b"-result", b"")
            self.send(line(b"NAK\n") + line(b"\1PACK\0\0\0\2" + int(how[6:]).to_bytes(4, "big")) + BLOB)
        elif (how in ("words", "half") or how.startswith("claims")) and is_endless:
            told = b" refs/heads/main\0side-band-64k report-status ofs-delta\n"
            self.answer(named, begin + line((OBJECT if service == "upload" else NOBODY) + told) + b"0000")
        elif method == "POST" and not (how == "second" and b"command=ls-refs" in body):
            self.send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        elif method == "POST":
            self.tell(named + b"-result", b"", REFS, False)
        elif not is_endless:
            self.answer(named, begin + line(NOBODY + b" capabilities^{}\0report-status\n") + b"0000")
        elif how == "second":
            self.answer(named, begin + line(b"version 2\n") + line(b"ls-refs\n") + line(b"fetch\n") + b"0000")
        elif how == "circle":
            symbolic = b" symref=HEAD:refs/heads/a symref=refs/heads/a:HEAD symref=HEAD:refs/heads/b symref=HEAD:HEAD"
            told = line(OBJECT + b" refs/heads/main\0report-status ofs-delta" + symbolic + b"\n")
            self.answer(named, begin + told + b"0000")
        else:
            self.tell(named + b"-advertisement", begin, REFS, how == "packed")
        return False

    def answer(self, named, told):
        self.start(named + b"-advertisement", b"")
        self.send(told)

    def start(self, kind, more):
        self.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/x-" + kind + b"\r\n" + more + b"\r\n")

    def tell(self, kind, begin, piece, is_packed):
        self.start(kind, b"Content-Encoding: gzip\r\n" if is_packed else b"")
        pack = zlib.compressobj(1, zlib.DEFLATED, 31) if is_packed else None
        self.send(pack.compress(begin) if pack else begin)
        for _ in range((1 << 30) // len(piece)):
            self.send(pack.compress(piece) if pack else piece)


loopback.serve(Handler, sys.argv[1], 600)
