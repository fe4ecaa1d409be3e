#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the queries of examples/clickhouse/queries are to answer, from the lines themselves.

usage: clickhouse_answers.py FOLDER LINES...

LINES are files with records of ctagg, any of them more than once. Writes FOLDER/QUERY.tsv for each
query, in ClickHouse's format TabSeparated.
"""
import calendar
import collections
import datetime
import json
import os
import sys
import time

MINUTE = 60000
SINCE, UNTIL = "2026-11-21T00:00", "2026-11-22T00:00"
ADDRESS = "10.0.0.10"


def text(value):
    if value is None:
        return r"\N"
    if isinstance(value, list):
        return "[" + ",".join(f"'{member}'" for member in value) + "]"
    return str(value)


def shown(moment):
    """A time of a line as ClickHouse shows it."""
    return moment[:10] + " " + moment[11:19]


def epoch(moment):
    return calendar.timegm(time.strptime(moment[:19], "%Y-%m-%dT%H:%M:%S"))


def add(values):
    """The sum of what is known; None when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def total(records, name):
    return add(record.get(name) for record in records)


def group(records, *names):
    groups = collections.defaultdict(list)
    for record in records:
        groups[tuple(record.get(name) if name == "log_prefix" else record.get(name, "") for name in names)].append(record)
    return groups


def in_hour(record):
    return record["slot"] < "2026-11-21T01:00"


def carried(records):
    return total(records, "sent") + total(records, "received")


def roles(flows):
    """Each flow as its source sees it, and as its destination does."""
    for flow in flows:
        for role, address, out, back in (("src", "src_ip", "orig", "reply"), ("dst", "dst_ip", "reply", "orig")):
            yield {**flow, "role": role, "address": flow[address], "hour": flow["slot"][:13] + ":00:00",
                   "sent": flow[out + "_bytes"], "received": flow[back + "_bytes"]}


def top_talkers(flows):
    rows = [(a, len({r["host"] for r in rs}), total(rs, "starts"), total(rs, "sent"), total(rs, "received"))
            for (a,), rs in group(roles(flows), "address").items()]
    return sorted(rows, key=lambda row: (row[3] is None, -(row[3] or 0) - (row[4] or 0), row[0]))[:20]


def top_talkers_now(flows):
    rows = [(a, len({r["host"] for r in rs}), total(rs, "starts"), total(rs, "orig_bytes"), total(rs, "reply_bytes"))
            for (a,), rs in group(flows, "src_ip").items()]
    return sorted(rows, key=lambda row: (row[3] is None, -(row[3] or 0) - (row[4] or 0), row[0]))[:20]


def address(flows):
    seen = [record for record in roles(flows) if record["address"] == ADDRESS]
    return sorted((shown(hour), host, role, *(total(rs, name) for name in ("starts", "unreplied", "drops", "sent", "received")))
                  for (hour, host, role), rs in group(seen, "hour", "host", "role").items())


def address_hour(flows):
    seen = [flow for flow in flows if in_hour(flow) and ADDRESS in (flow["src_ip"], flow["dst_ip"])]
    rows = [(src, dst, proto, port if port != "" else None, host,
             *(total(rs, name) for name in ("starts", "unreplied", "drops", "orig_bytes", "reply_bytes")))
            for (src, dst, proto, port, host), rs in group(seen, "src_ip", "dst_ip", "proto", "dst_port", "host").items()]
    return sorted(rows, key=lambda row: (-row[8] - row[9], *row[:3], row[3] is None, row[3], row[4]))[:50]


def drops_by_rule(rules):
    rows = [(host, rule, prefix, len(rs), *(total(rs, name) for name in ("drops", "drop_bytes", "packets", "bytes")))
            for (host, rule, prefix), rs in group(rules, "host", "rule", "log_prefix").items()]
    return sorted(rows, key=lambda row: (-row[4], *row[:3]))[:50]


def scans(flows):
    silent = [flow for flow in flows if flow["proto"] in ("tcp", "udp") and flow["unreplied"] > 0]
    rows = [(src, len({(r["dst_ip"], r["dst_port"]) for r in rs}), len({r["host"] for r in rs}), total(rs, "unreplied"),
             shown(min(r["slot"] for r in rs)), shown(max(r["slot"] for r in rs)))
            for (src,), rs in group(silent, "src_ip").items()]
    return sorted((row for row in rows if row[1] >= 100), key=lambda row: (-row[1], row[0]))[:50]


def new_destinations(begun):
    """Of flows of all days in which connections began."""
    first, hosts = {}, collections.defaultdict(set)
    for flow in begun:
        end = flow.get("dst_port", flow.get("icmp_type", ""))
        key = flow["dst_ip"], f"{flow['proto']}/{end}"
        first[key] = min(first.get(key, "9"), flow["window_start"][:10])
        hosts[key].add(flow["host"])
    rows = [(*key, len(hosts[key])) for key, day in first.items() if day == SINCE[:10]]
    return sorted(rows, key=lambda row: (-row[2], *row[:2]))[:50]


def both_ends(flows):
    rows = []
    begun = [flow for flow in flows if in_hour(flow) and flow["starts"] > 0]
    for (src, dst, proto, port), seen in group(begun, "src_ip", "dst_ip", "proto", "dst_port").items():
        sums = {host: total(rs, "orig_bytes") + total(rs, "reply_bytes") for (host,), rs in group(seen, "host").items()}
        if len(sums) > 1:
            rows.append((src, dst, proto, port if port != "" else None, sorted(sums), min(sums.values()), max(sums.values())))
    return sorted(rows, key=lambda row: (row[5] - row[6], -row[6], *row[:3], row[3] is None, row[3]))[:50]


def missing_windows(windows):
    """Of windows of all lengths."""
    rows = []
    for (host, run, length), ws in group(windows, "host", "run", "window_ms").items():
        numbers = sorted(w["seq"] for w in ws)
        began = min(epoch(w["slot"]) for w in ws) - (numbers[0] - 1) * length // 1000
        before = 0 if began >= epoch(SINCE + ":00") else numbers[0] - 1
        for number in numbers:
            if number > before + 1:
                rows.append((host, "", run, length, before + 1, number - 1, number - before - 1))
            before = number
    return sorted(rows)


def missing_hosts(windows):
    """Of windows of a minute, also of the week before."""
    rows = []
    for (host,), ws in group(windows, "host").items():
        have = len({w["slot"] for w in ws if w["slot"] >= SINCE})
        rows.append((host, "", have, 1440 - have, shown(max(w["slot"] for w in ws))))
    return sorted((row for row in rows if row[3]), key=lambda row: (-row[3], row[0]))


def incomplete(windows):
    rows = []
    for (host,), ws in group(windows, "host").items():
        row = (host, "", *(sum(w["status"] == status for w in ws) for status in ("partial", "nodata")),
               total(ws, "lost_events"), total(ws, "lost_drops"),
               sum(w.get("lost_events") is None or w.get("lost_drops") is None for w in ws),
               total(ws, "dropped_windows"), total(ws, "dropped_records"))
        if any(row[2:8]):
            rows.append(row)
    return sorted(rows)


def unequal(records, windows):
    def numbers(rs):
        return [sum(r.get(name) or 0 for r in rs) for name in ("starts", "ends", "drops")] + \
            [sum((r.get("orig_bytes") or 0) + (r.get("reply_bytes") or 0) for r in rs)]

    names = "host", "run", "slot", "window_start"
    said, here = group(windows, *names), group(records, *names)
    rows = []
    for key in said.keys() | here.keys():
        left, right = numbers(said.get(key, [])), numbers(here.get(key, []))
        if key not in said or left != right:
            start = epoch(key[3]) * 1000000 + int(key[3][20:26])
            rows.append((key[0], "", key[1], shown(key[2]), start, int(key in said),
                         *(number for pair in zip(left, right) for number in pair)))
    return sorted(rows, key=lambda row: (row[0], row[3:5]))


def answers(lines):
    records = {line["id"]: line for line in lines}.values()
    of_type = {kind: [r for r in records if r["type"] == kind] for kind in ("flow", "other", "rule", "window")}

    def of_day(kind):
        return [r for r in of_type[kind] if r["window_ms"] == MINUTE and SINCE <= r["slot"] < UNTIL]

    week = str(datetime.date.fromisoformat(SINCE[:10]) - datetime.timedelta(days=7))
    flows, windows = of_day("flow"), of_day("window")
    return {
        "top-talkers": top_talkers(flows),
        "top-talkers-now": top_talkers_now(flows),
        "address": address([r for r in of_type["flow"] if r["window_ms"] == MINUTE]),
        "address-hour": address_hour(flows),
        "drops-by-rule": drops_by_rule(of_day("rule")),
        "scans": scans(flows),
        "new-destinations": new_destinations([r for r in of_type["flow"] if r["starts"] > 0]),
        "both-ends": both_ends(flows),
        "missing-windows": missing_windows([r for r in of_type["window"] if SINCE <= r["slot"] < UNTIL]),
        "missing-hosts": missing_hosts([r for r in of_type["window"] if r["window_ms"] == MINUTE and r["slot"] >= week]),
        "incomplete": incomplete(windows),
        "unequal": unequal(flows + of_day("other"), windows),
    }


def main():
    lines = []
    for name in sys.argv[2:]:
        with open(name, encoding="ascii") as source:
            lines += map(json.loads, source)
    for query, rows in answers(lines).items():
        with open(os.path.join(sys.argv[1], query + ".tsv"), "w", encoding="ascii") as out:
            out.writelines("\t".join(map(text, row)) + "\n" for row in rows)


main()
