#!/usr/bin/env python3
"""Makes the body of a push as no git would make it.

usage: raw_push.py [--update OLD NEW REF]... [--pack FILE] [--object KIND FILE | --zeros KIND COUNT]...

Prints the commands and a pack (gitformat-pack(5)) of these objects: a file's bytes, or so many zeros, which deflate packs
a thousand times. --pack takes a pack as it is.
"""

import argparse
import hashlib
import struct
import sys
import zlib

KINDS = {"commit": 1, "tree": 2, "blob": 3}


def packet(text):
    return b"%04x" % (len(text) + 4) + text


def head(kind, size):
    byte = KINDS[kind] << 4 | size & 15
    size >>= 4
    out = bytearray()
    while size:
        out.append(byte | 0x80)
        byte = size & 0x7F
        size >>= 7
    out.append(byte)
    return bytes(out)


def deflated(pieces):
    deflater = zlib.compressobj(1)
    return b"".join([deflater.compress(piece) for piece in pieces] + [deflater.flush()])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", nargs=3, action="append", default=[])
    parser.add_argument("--pack")
    parser.add_argument("--object", nargs=2, action="append", default=[])
    parser.add_argument("--zeros", nargs=2, action="append", default=[])
    options = parser.parse_args()
    for number, (old, new, ref) in enumerate(options.update):
        line = f"{old} {new} {ref}".encode()
        sys.stdout.buffer.write(packet(line + (b"\0 report-status agent=raw" if number == 0 else b"")))
    sys.stdout.buffer.write(b"0000")
    if options.pack:
        with open(options.pack, "rb") as pack:
            sys.stdout.buffer.write(pack.read())
        return
    objects = []
    for kind, path in options.object:
        with open(path, "rb") as file:
            content = file.read()
        objects.append(head(kind, len(content)) + deflated([content]))
    for kind, count in options.zeros:
        whole, rest = divmod(int(count), 1 << 20)
        objects.append(head(kind, int(count)) + deflated([bytes(1 << 20)] * whole + [bytes(rest)]))
    if not objects:
        return
    pack = b"PACK" + struct.pack(">II", 2, len(objects)) + b"".join(objects)
    sys.stdout.buffer.write(pack + hashlib.sha1(pack).digest())


main()
