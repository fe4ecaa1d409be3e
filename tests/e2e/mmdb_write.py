#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Writes a MaxMind DB (MaxMind DB File Format Specification 2.0): Debian has readers of the format, and no
# writer.
#   mmdb_write.py FILE VERSION RECORD-BITS [--aliases] <rows
# VERSION is 4 or 6; RECORD-BITS 24, 28 or 32, the size of a record of the tree. A row is a JSON list: a network
# and its data; of networks that overlap, the later row holds. --aliases: networks of IPv6 in which IPv4 is
# embedded lead to the tree of IPv4, as in MaxMind's own files.
import ipaddress
import json
import struct
import sys
from collections import namedtuple

EMPTY = None
ALIASES = ["::ffff:0:0/96", "2001::/32", "2002::/16"]


def control(kind, size):
    first = kind << 5 if kind < 8 else 0
    head = [] if kind < 8 else [kind - 7]
    if size < 29:
        return bytes([first | size] + head)
    if size < 285:
        return bytes([first | 29] + head + [size - 29])
    return bytes([first | 30] + head) + struct.pack(">H", size - 285)


def integer(kind, n):
    text = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return control(kind, len(text)) + text


Typed = namedtuple("Typed", "kind n")


def encode(value):
    if isinstance(value, Typed):
        return integer(*value)
    if isinstance(value, bool):
        return control(14, int(value))
    if isinstance(value, int):
        return integer(5 if value < 1 << 16 else 6 if value < 1 << 32 else 9, value)
    if isinstance(value, float):
        return control(3, 8) + struct.pack(">d", value)
    if isinstance(value, str):
        return control(2, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return control(11, len(value)) + b"".join(map(encode, value))
    return control(7, len(value)) + b"".join(encode(k) + encode(v) for k, v in value.items())


# A node is a list of two: a node, the data's place in the data section, or EMPTY.
def insert(root, network, version, value):
    bits = network.prefixlen + (96 if network.version == 4 and version == 6 else 0)
    number = int(network.network_address)
    width = 32 if version == 4 else 128
    node = root
    for i in range(bits):
        bit = number >> (width - 1 - i) & 1
        if i == bits - 1:
            node[bit] = value
        else:
            if not isinstance(node[bit], list):
                node[bit] = [node[bit], node[bit]]
            node = node[bit]


def find(root, depth):
    for _ in range(depth):
        root = root[0]
    return root


def number_nodes(root):
    numbers, order, todo = {id(root): 0}, [root], [root]
    while todo:
        for child in todo.pop(0):
            if isinstance(child, list) and id(child) not in numbers:
                numbers[id(child)] = len(order)
                order.append(child)
                todo.append(child)
    return numbers, order


def tree_bytes(root, bits):
    numbers, order = number_nodes(root)

    def record(child):
        if child is EMPTY:
            return len(order)
        return numbers[id(child)] if isinstance(child, list) else len(order) + 16 + child

    out = bytearray()
    for left, right in order:
        a, b = record(left), record(right)
        if bits == 28:
            out += (a & 0xFFFFFF).to_bytes(3, "big") + bytes([a >> 24 << 4 | b >> 24]) + (b & 0xFFFFFF).to_bytes(3, "big")
        else:
            out += a.to_bytes(bits // 8, "big") + b.to_bytes(bits // 8, "big")
    return bytes(out), len(order)


def main(path, version, bits, *aliases):
    version, bits = int(version), int(bits)
    root, data, places = [EMPTY, EMPTY], bytearray(), {}
    for line in sys.stdin:
        network, value = json.loads(line)
        text = encode(value)
        if text not in places:
            places[text] = len(data)
            data += text
        insert(root, ipaddress.ip_network(network), version, places[text])
    if aliases:
        for alias in ALIASES:
            insert(root, ipaddress.ip_network(alias), version, find(root, 96))
    tree, nodes = tree_bytes(root, bits)
    # libmaxminddb wants these numbers in the types that the specification says.
    metadata = {"node_count": Typed(6, nodes), "record_size": bits, "ip_version": version, "database_type": "Test",
                "languages": ["en"], "binary_format_major_version": 2, "binary_format_minor_version": 0,
                "build_epoch": Typed(9, 1700000000), "description": {"en": "Made by a test"}}
    with open(path, "wb") as out:
        out.write(tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + encode(metadata))


main(*sys.argv[1:])
