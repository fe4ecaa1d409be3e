#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Labels of networks and marks, by a plain list and Python's ipaddress.
#   labels.py make            networks.csv, more.csv, marks.csv and events.jsonl, always the same ones
#   labels.py check FILE...   hold the records, or lines of events, on standard input against the labels
#                             of these files, of which the last one holds
import csv
import ipaddress
import json
import random
import sys

# Names with all that CSV and JSON have to quote.
NAMES = ["web", "site a", 'the "old" one', "a, b", "Zürich", "日本", "\\", "x" * 40, ""]


def address(rng, v6):
    # Few different bits, so that addresses, networks and networks in networks meet.
    low = rng.choice([0, 1, 2, 64, 128, 255])
    if v6:
        return ipaddress.ip_address((0x20010DB8 << 96) + (rng.randrange(3) << 80) + (rng.randrange(3) << 64) + low)
    return ipaddress.ip_address((10 << 24) + (rng.randrange(3) << 16) + (rng.randrange(4) << 8) + low)


def network(rng):
    v6 = rng.random() < 0.4
    bits = rng.choice([32, 48, 64, 120, 125, 128]) if v6 else rng.choice([8, 15, 16, 23, 24, 25, 26, 30, 32])
    return ipaddress.ip_network((address(rng, v6), bits), strict=False)


def write_labels(rng, path, n, head):
    rows = {network(rng): rng.choice(NAMES) for _ in range(n)}
    with open(path, "w", newline="") as out:
        out.write(head)
        csv.writer(out).writerows(rows.items())


def make():
    rng = random.Random(15)
    write_labels(rng, "networks.csv", 120, "\ufeffnetwork,label\r\n# a comment\r\n")
    write_labels(rng, "more.csv", 20, "")
    with open("marks.csv", "w") as out:
        out.write("mark,label\n7,voice\n0x10/0xf0,guests\n0x11/0xff,guests\n256,one more\n")
    with open("events.jsonl", "w") as out:
        for i in range(4000):
            v6 = rng.random() < 0.4
            event = {"kind": "start", "time": f"2026-11-21T01:00:{i % 60:02}Z", "proto": "tcp",
                     "src_ip": str(address(rng, v6)), "src_port": 40000, "dst_ip": str(address(rng, v6)),
                     "dst_port": 443}
            if rng.random() < 0.5:
                event["mark"] = rng.choice([7, 16, 17, 18, 23, 256])
            if rng.random() < 0.1:
                event = {**event, "kind": "drop", "bytes": 60, "log_prefix": "x "}
                event.pop("mark", None)
            print(json.dumps(event), file=out)


def read_labels(paths):
    networks, marks = {}, []
    for path in paths:
        with open(path, encoding="utf-8-sig", newline="") as file:
            kind = "network"
            for row in csv.reader(line for line in file if not line.startswith("#")):
                if row[1] == "label":
                    kind = row[0]
                elif kind == "mark":
                    value, _, mask = row[0].partition("/")
                    marks.append((int(value, 0), int(mask, 0) if mask else 0xFFFFFFFF, row[1]))
                else:
                    networks[ipaddress.ip_network(row[0], strict=False)] = row[1]
    marks.sort(key=lambda m: -bin(m[1]).count("1"))
    return networks, marks


def label_of(networks, a):
    of = [n for n in networks if n.version == a.version and a in n]
    return networks[max(of, key=lambda n: n.prefixlen)] if of else ""


# The label that all addresses of the network share; None where they differ.
def label_of_network(networks, text):
    n = ipaddress.ip_network(text)
    found = {label_of(networks, a) for a in n} if n.num_addresses <= 512 else {None, ""}
    return found.pop() if len(found) == 1 else None


def label_of_mark(marks, mark):
    return next((label for value, mask, label in marks if mark & mask == value), "")


def check(paths):
    networks, marks = read_labels(paths)
    seen, labelled = {}, 0
    for line in sys.stdin:
        r = json.loads(line)
        if r["type"] not in ("flow", "change", "event"):
            assert not [f for f in r if "_label" in f], f"a label in {line}"
            continue
        for end in "src", "dst":
            text = r.get(end + "_ip")
            if text is not None and text not in seen:
                seen[text] = label_of_network(networks, text)
            wanted = (seen[text] or None) if text is not None else None
            assert r.get(end + "_label") == wanted, f"{end}_label should be {wanted}: {line}"
            labelled += wanted is not None
        wanted = (label_of_mark(marks, r["mark"]) or None) if "mark" in r else None
        assert r.get("mark_label") == wanted, f"mark_label should be {wanted}: {line}"
    assert labelled, "no record has a label"
    print(labelled)


make() if sys.argv[1] == "make" else check(sys.argv[2:])
