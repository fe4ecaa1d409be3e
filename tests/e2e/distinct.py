#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether records have the number of values that conntrack(8) has shown.

    distinct.py EVENTS FIELD KEY RECORDS    EVENTS: what conntrack -L printed; RECORDS: of one run
                                            with --key=KEY --distinct=FIELD

A record has the number; or an estimate when there are more than 128, and then the true number is
within its error. Of a window of several levels the longest is looked at."""
import ipaddress
import json
import re
import sys

NAMES = {"src": "src_ip", "dst": "dst_ip", "sport": "src_port", "dport": "dst_port", "proto": "proto",
         "nat-src": "nat_src_ip"}


def events(path):
    """The facts of each connection; ports are missing where the protocol has none."""
    for line in open(path, encoding="ascii"):
        orig, reply = {}, {}
        for name, value in re.findall(r"\b(src|dst|sport|dport)=(\S+)", line):
            (reply if name in orig else orig)[name] = value
        yield {**orig, "proto": line.split()[0], "nat-src": reply["dst"]}


def fact(event, field):
    """The value of a field such as dport or src/24/64, as records write it; None: there is none."""
    name, *bits = field.split("/")
    value = event.get(name)
    if value is None or name in ("sport", "dport"):
        return None if value is None else int(value)
    if name == "proto":
        return value
    address = ipaddress.ip_address(value)
    bits = bits[address.version == 6:][:1]
    return str(ipaddress.ip_network(f"{address}/{bits[0]}", strict=False) if bits else address)


def wrong(record, name, values, fewer=False, none=False):
    """Whether the record does not have the number of these values; fewer: it may have fewer; none: or null."""
    found, error, true = record[name], record.get(name + "_error", 0), len(values)
    if none and found is None:
        return False
    if not true or found is None:
        return bool(true) or found is not None
    if fewer and found <= true:
        return False
    return abs(found - true) > error or (error > 0) != (true > 128)


def main(seen, field, key, path):
    values, everything, without = {}, set(), set()  # without: keys of rows with a connection that lacks the field
    fields = key.split(",")
    for event in events(seen):
        value = fact(event, field)
        row = tuple(fact(event, f) for f in fields)
        of_key = values.setdefault(row, set())
        if value is None:
            without.add(row)
        else:
            of_key.add(value)
            everything.add(value)
    records = [json.loads(line) for line in open(path, encoding="ascii")]
    longest = max(r["window_ms"] for r in records)
    records = [r for r in records if r["window_ms"] == longest]
    name = "distinct_" + field.split("/")[0].replace("-", "_")
    # A flow that lost its row for a while has less: what it had then is in the other record.
    fewer = any(r.get("reason") == "table_full" for r in records)
    flows = [r for r in records if r["type"] == "flow"]
    for flow in flows:
        row = tuple(flow.get(NAMES[f.split("/")[0]]) for f in fields)
        of_key = values[row]
        if wrong(flow, name, of_key, fewer, fewer and row in without):
            sys.exit(f"{path}: {len(of_key)} values: {flow}")
    if len(flows) < len(values) and not any(r["type"] == "other" for r in records):
        sys.exit(f"{path}: {len(flows)} flows of {len(values)}")
    if wrong(records[-1], name, everything):
        sys.exit(f"{path}: {len(everything)} values: {records[-1]}")
    rest = [r for r in records if r.get("reason") == "top"]
    left = set().union(*(v for k, v in values.items() if k not in
                         {tuple(r.get(NAMES[f.split("/")[0]]) for f in fields) for r in flows}))
    if rest and wrong(rest[0], name, left):
        sys.exit(f"{path}: {len(left)} values: {rest[0]}")
    print(len(flows), len(everything))


main(*sys.argv[1:])
