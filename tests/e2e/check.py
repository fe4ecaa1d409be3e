#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# What holds for every output as a whole: check.py FILE. Prints nothing, or up to five things that do
# not hold, and ends with status 1. (jq(1) takes three times as long for 4,000 lines, which most tests
# have to wait for.)
import json
import sys
from collections import defaultdict

PACKETS = ["drops", "drop_bytes", "unsized_drops", "logged"]
COUNTERS = ["starts", "ends", *PACKETS, "unreplied", "tcp_unanswered", "tcp_closed", "tcp_reset", "tcp_expired",
            "live", "closing", "orig_packets", "orig_bytes",
            "reply_packets", "reply_bytes", "uncounted_ends"]
RULE = ["log_prefix", "rule", "rule_comment", "rule_candidates"]
FLOW = ["direction", "proto", "src_ip", "src_port", "dst_ip", "dst_port", "icmp_type", "icmp_code",
        "nat_src_ip", "nat_src_port", "nat_dst_ip", "nat_dst_port", "zone", "mark", "iif", "oif",
        "src_label", "dst_label", "reason", "type", "cookie", *RULE]


def values(record, names):
    return tuple(record.get(name) for name in names)


def total(records, counter):
    return sum(record.get(counter) or 0 for record in records)


def grouped(records, names):
    groups = defaultdict(list)
    for record in records:
        groups[values(record, names)].append(record)
    return groups.values()


def pairs(records):
    return zip(records, records[1:])


def check_line(r):
    if r.get("schema") != 1:
        yield f"schema: {r}"
    if r["window_end"] < r["window_start"]:
        yield f"a negative window: {r['id']}"
    if "drop_bytes" in r:
        unsized = r.get("unsized_drops")
        none = r["drops"] > 0 and r["drops"] == (unsized or 0)
        if none != (r["drop_bytes"] is None) or unsized == 0 or (unsized or 0) > r["drops"]:
            yield f"drop_bytes: {values(r, ['drops', 'drop_bytes', 'unsized_drops'])}"
    if r.get("first_seen"):
        if r["first_seen"] > r["last_seen"]:
            yield f"first_seen after last_seen: {r['id']}"
        if r["type"] == "flow" and r.get("duration_ms_sum") is None and (
                r["first_seen"] < r["window_start"] or r["last_seen"] > r["window_end"]):
            yield f"seen outside its window: {r}"


def check_order(lines):
    if not lines:
        yield "no line at all"
        return
    if lines[-1]["type"] != "window":
        yield "the last line is no window"
    for before, after in pairs(lines):
        if before["id"] >= after["id"]:
            yield f"ids do not increase: {before['id']} {after['id']}"
    for level in grouped([r for r in lines if r["type"] == "window"], ["window_ms"]):
        for before, after in pairs(level):
            both = f"{before['window_end']} {after['window_start']}"
            stepped = before["closed_by"] == "clock"
            if stepped != (after.get("clock_step_ms") is not None):
                yield f"a step that one window states and the other does not: {both}"
            if before["window_end"] != after["window_start"] and not stepped:
                yield f"a gap between windows: {both}"
            if before["seq"] + 1 != after["seq"]:
                yield f"seq: {before['seq']} {after['seq']}"


# What rules have counted is what the flows of their packets have: where every packet is in a flow
# that says which rule logged it.
def check_rules(window, rules, records):
    for counter in PACKETS:
        if total(rules, counter) != (window.get(counter) or 0):
            yield f"{counter} of window {window['seq']}: {window.get(counter)}, its rules {total(rules, counter)}"
    if any(r["type"] != "flow" or ("log_prefix" not in r and r["drops"] + r["logged"] > 0) for r in records):
        return
    for same in grouped([r for r in rules + records if "log_prefix" in r], RULE):
        for counter in PACKETS:
            of_rule = total((r for r in same if r["type"] == "rule"), counter)
            of_flows = total((r for r in same if r["type"] == "flow"), counter)
            if of_rule != of_flows:
                yield f"{counter} of a rule: {of_rule}, its flows: {of_flows}"


def check_window(lines):
    window = next((r for r in lines if r["type"] == "window"), {"seq": None})
    lines = [r for r in lines if r["type"] != "window"]
    records = [r for r in lines if r["type"] not in ("rule", "socket")]
    rules = [r for r in lines if r["type"] == "rule"]
    if window.get("records") != len(lines):
        yield f"records: {window.get('records')}, lines {len(lines)}"
    for counter in COUNTERS:
        if (window.get(counter) or 0) != total(records, counter):
            yield f"{counter} of window {window['seq']}: {window.get(counter)}, its records {total(records, counter)}"
    yield from check_rules(window, rules, records)
    order = [{"rule": 1, "socket": 2}.get(r["type"], 0) for r in lines]
    if order != sorted(order):
        yield "a rule before a flow, or a socket before a rule"
    for r in lines:
        if r["type"] == "socket" and r["retrans_bytes"] > r["sent_bytes"]:
            yield f"more was sent again than was sent: {r}"
    seen = set()
    for r in lines:
        flow = values(r, FLOW) + ("iif" in r, "oif" in r)
        if flow in seen:
            yield f"a flow twice: {r}"
        seen.add(flow)


def check(lines):
    yield from check_order(lines)
    for line in lines:
        yield from check_line(line)
    for window in grouped(lines, ["window_ms", "window_start", "window_end"]):
        yield from check_window(window)


def main():
    with open(sys.argv[1], encoding="latin-1", newline="\n") as file:
        text = file.read()
    if any(not (" " <= c <= "~" or c == "\n") for c in set(text)):
        sys.exit("a byte outside 0x20 to 0x7e")
    if any(len(line) > 4095 for line in text.split("\n")):
        sys.exit("a line of more than 4,096 bytes")
    wrong = list(check([json.loads(line) for line in text.splitlines()]))
    if wrong:
        sys.exit("\n".join(wrong[:5]))


if __name__ == "__main__":
    main()
