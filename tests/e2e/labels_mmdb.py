#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Labels of a MaxMind DB, by Debian's reader in Python.
#   labels_mmdb.py make              rows, for mmdb_write.py, and events.jsonl, always the same ones
#   labels_mmdb.py check FILE FIELD [--aliases]  hold the records on standard input against this field of
#                                    the file; --aliases: as of mmdb_write.py
#   labels_mmdb.py damage FILE N     damaged.1.mmdb to damaged.N.mmdb, copies with other bytes or without an end
import ipaddress
import json
import random
import sys

import maxminddb


def address(rng, v6):
    if v6:
        # Also where others embed IPv4: mapped, 6to4, Teredo.
        first = rng.choice([0x20010DB8, 0x20010DB9, 0x20020A00, 0x20010000])
        return ipaddress.ip_address((first << 96) + (rng.randrange(4) << 78) + rng.randrange(4))
    return ipaddress.ip_address((rng.choice([10, 11, 192]) << 24) + (rng.randrange(8) << 13) + rng.randrange(300))


def make():
    rng = random.Random(16)
    with open("rows", "w") as out:
        for i in range(300):
            v6 = rng.random() < 0.4
            bits = rng.choice([32, 48, 50, 64, 128]) if v6 else rng.choice([8, 12, 16, 19, 24, 29, 32])
            net = ipaddress.ip_network((address(rng, v6), bits), strict=False)
            data = {"as": {"number": rng.choice([64500 + i % 7, 70000, 1 << 40]), "organization": f"Größe {i % 9}"},
                    "places": [{"name": "x"}, {"name": f"place {i % 5}"}], "anonymous": i % 2 == 0}
            if i % 10 == 0:
                del data["as"]
            # Networks that embed IPv4 are the business of --aliases.
            if v6 and str(net).startswith(("2002:", "2001::", "2001:0:")):
                continue
            print(json.dumps([str(net), data]), file=out)
    with open("events.jsonl", "w") as out:
        for i in range(1500):
            v6 = rng.random() < 0.4
            print(json.dumps({"kind": "start", "time": f"2026-11-21T01:00:{i % 60:02}Z", "proto": "udp",
                              "src_ip": str(address(rng, v6)), "src_port": 1, "dst_ip": str(address(rng, v6)),
                              "dst_port": 2}), file=out)


def field(data, path):
    for part in path.split("."):
        if isinstance(data, list):
            data = data[int(part)] if int(part) < len(data) else None
        else:
            data = data.get(part) if data else None
    if isinstance(data, bool):
        return str(data).lower()
    return None if data is None else str(data)


# Networks that lead to the tree of IPv4 have no labels of their own.
EMBEDDED = [ipaddress.ip_network(n) for n in ("2002::/16", "2001::/32", "::ffff:0:0/96")]


def check(path, name, *aliases):
    labelled = 0
    embedded = EMBEDDED if aliases else []
    with maxminddb.open_database(path) as db:
        for line in sys.stdin:
            r = json.loads(line)
            for end in ("src", "dst") if r["type"] == "flow" else ():
                a = ipaddress.ip_address(r[end + "_ip"])
                if a.version == 6 and (db.metadata().ip_version == 4 or any(a in n for n in embedded)):
                    wanted = None
                else:
                    wanted = field(db.get(str(a)), name)
                assert r.get(end + "_label") == wanted, f"{end}_label should be {wanted}: {line}"
                labelled += wanted is not None
    assert labelled > 50, f"only {labelled} labels"


def damage(path, n):
    rng = random.Random(17)
    with open(path, "rb") as file:
        whole = file.read()
    for i in range(1, n + 1):
        bad = bytearray(whole)
        if i % 3 == 0:
            del bad[rng.randrange(len(bad)):]
        for _ in range(0 if i % 3 == 0 else rng.choice([1, 10, 100])):
            bad[rng.randrange(len(bad))] = rng.randrange(256)
        with open(f"damaged.{i}.mmdb", "wb") as out:
            out.write(bad)


if sys.argv[1] == "make":
    make()
elif sys.argv[1] == "check":
    check(*sys.argv[2:])
else:
    damage(sys.argv[2], int(sys.argv[3]))
