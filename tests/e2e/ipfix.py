#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads IPFIX (RFC 7011) without libfixbuf.

ipfix.py decode FILE        messages, one after the other -> a JSON object a line for each data record:
                            {"options": ..., "e": {"8": "10.0.0.7", "29305/1": 5, ...}}
ipfix.py udp|tcp PORT FILE  listen on 127.0.0.1, write what comes to FILE; of tcp the first connection
                            goes to FILE.0, the next one to FILE.1 ...; FILE.ready is there when it listens

Exit status 1 when something is not as the RFC has it: lengths, sequence numbers (of each session, which
begins with 0), a record without its template, an options template without a scope.
"""
import ipaddress
import json
import socket
import struct
import sys

TEXT = {300}
ADDRESS = {8, 12, 27, 28, 44, 45, 169, 170, 225, 226, 281, 282}
OWN_TEXT = {15, 16, 17, 18, 19, 21, 26}


def fail(why):
    sys.exit(f"ipfix.py: {why}")


def value(enterprise, number, raw):
    if (enterprise == 0 and number in TEXT) or (enterprise not in (0, 29305) and number in OWN_TEXT):
        return raw.decode()
    if enterprise == 0 and number in ADDRESS:
        return str(ipaddress.ip_address(raw))
    return int.from_bytes(raw, "big")


def templates(body, known, options):
    while len(body) >= 4:
        number, n = struct.unpack(">HH", body[:4])
        scope = struct.unpack(">H", body[4:6])[0] if options else 0
        at = 6 if options else 4
        if number < 256 or (options and not 0 < scope <= n):
            fail(f"template {number} with {n} elements, scope {scope}")
        elements = []
        for _ in range(n):
            element, length = struct.unpack(">HH", body[at:at + 4])
            at += 4
            enterprise = 0
            if element & 0x8000:
                enterprise = struct.unpack(">I", body[at:at + 4])[0]
                at += 4
            elements.append((enterprise, element & 0x7fff, length))
        if known.get(number, (options, elements)) != (options, elements):
            fail(f"template {number} has changed")
        known[number] = (options, elements)
        body = body[at:]


def records(body, template):
    options, elements = template
    least = sum(1 if length == 65535 else length for _, _, length in elements)
    at = 0
    while len(body) - at >= least:
        out = {}
        for enterprise, number, length in elements:
            if length == 65535:
                length = body[at]
                at += 1
                if length == 255:
                    length = struct.unpack(">H", body[at:at + 2])[0]
                    at += 2
            if at + length > len(body):
                fail("a record is longer than its set")
            name = f"{enterprise}/{number}" if enterprise else str(number)
            if name in out:
                fail(f"element {name} twice")
            out[name] = value(enterprise, number, body[at:at + length])
            at += length
        yield {"options": options, "e": out}
    if any(body[at:]):
        fail("what follows the records is no padding")


def decode(data):
    known, expected = {}, {}
    while data:
        if len(data) < 16:
            fail("half a header")
        version, length, _, sequence, domain = struct.unpack(">HHIII", data[:16])
        if version != 10 or length < 16 or length > len(data):
            fail(f"version {version}, length {length} of {len(data)}")
        if expected.setdefault(domain, 0) != sequence:
            if sequence:
                fail(f"sequence number {sequence}, expected {expected[domain]}")
            known = {}
        message, data = data[16:length], data[length:]
        n = 0
        while message:
            number, size = struct.unpack(">HH", message[:4])
            if size < 4 or size > len(message):
                fail(f"a set of {size} bytes")
            body, message = message[4:size], message[size:]
            if number in (2, 3):
                templates(body, known, number == 3)
            elif number not in known:
                fail(f"no template {number}")
            else:
                for record in records(body, known[number]):
                    record["domain"] = domain
                    print(json.dumps(record))
                    n += 1
        expected[domain] = sequence + n & 0xffffffff


def listen(kind, port, path):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", port))
    if kind == "tcp":
        s.listen()
    open(path + ".ready", "w").close()
    if kind == "udp":
        out = open(path, "ab", buffering=0)
        while True:
            out.write(s.recv(65536))
    n = 0
    while True:
        with s.accept()[0] as c, open(f"{path}.{n}", "wb", buffering=0) as out:
            while data := c.recv(65536):
                out.write(data)
        n += 1


if sys.argv[1] == "decode":
    decode(open(sys.argv[2], "rb").read())
else:
    listen(sys.argv[1], int(sys.argv[2]), sys.argv[3])
