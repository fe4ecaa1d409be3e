# SPDX-License-Identifier: GPL-2.0-or-later
"""Zeek's conn.log, with tabs or as JSON."""
import json
import re

from target import FLOWS, is_address, of_packets, rows_of, total

TYPES = {
    "time": r"\d+\.\d{6}", "interval": r"\d+\.\d{6}", "count": r"\d+", "port": r"\d+", "bool": "[TF]",
    "string": r"[ -~]+", "enum": r"\w+", "set[string]": r"[ -~]*"}
HEAD = ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\tconn"]
SUMS = (("orig_pkts", "orig_packets"), ("orig_ip_bytes", "orig_bytes"), ("resp_pkts", "reply_packets"),
        ("resp_ip_bytes", "reply_bytes"))


def columns_of(text, problems):
    """(name, type) of each column, and the lines."""
    lines = text.splitlines()
    problems.equal("the head", lines[:5], HEAD)
    names, types = lines[5].split("\t"), lines[6].split("\t")
    problems.equal("the head", (names[0], types[0]), ("#fields", "#types"))
    return list(zip(names[1:], types[1:])), [line.split("\t") for line in lines[7:]]


def check_value(name, kind, value, allowed, problems):
    if value == "-":
        return
    right = is_address(value) if kind == "addr" else re.fullmatch(TYPES[kind], value)
    problems.expect(right, f"{name}: {value!r} is no {kind}")
    problems.expect(allowed is None or value in allowed, f"{name}: {value!r} is not allowed")


def from_json(text):
    """The lines of the other format, with values as they stand between tabs."""
    for line in text.splitlines():
        found = {}
        for name, value in json.loads(line).items():
            if isinstance(value, bool):
                value = "T" if value else "F"
            elif name in ("ts", "duration"):
                value = f"{value:.6f}"
            elif isinstance(value, float):
                value = str(int(value))
            found[name] = str(value)
        yield found


def number_or_text(value):
    return int(value) if value.isdigit() else value


def check(records, text, problems):
    """text: both formats, the one with tabs first."""
    tabs, _, objects = text.partition("{")
    columns, lines = columns_of(tabs, problems)
    published = rows_of("zeek-conn.fields")
    problems.what = "columns"
    problems.equal("Zeek's", columns[:len(published)], [(row[0], row[1]) for row in published])
    problems.expect(all(name.startswith("ctagg_") for name, _ in columns[len(published):]), "a name of somebody else")
    allowed = {row[0]: row[2].split(",") for row in published if len(row) > 2}
    rows = []
    for line in lines:
        problems.what = "\t".join(line)
        problems.equal("columns", len(line), len(columns))
        row = dict(zip((name for name, _ in columns), line))
        for name, kind in columns:
            check_value(name, kind, row[name], allowed.get(name), problems)
        for needed in ("ts", "uid", "proto"):
            problems.expect(row[needed] != "-", f"{needed} is unset")
        rows.append(row)
    problems.what = "both formats"
    as_json = list(from_json("{" + objects))
    problems.equal("lines", len(as_json), len(rows))
    for row, other in zip(rows, as_json):
        problems.equal("columns", set(other), {name for name, value in row.items() if value != "-"})
        for name, value in other.items():
            problems.equal(name, number_or_text(value), number_or_text(row[name]))
    check_rows(records, rows, problems)


def check_rows(records, rows, problems):
    mapped = [r for r in records if r["type"] in FLOWS or r["type"] == "event" and r["kind"] != "start"]
    problems.what = "lines"
    problems.equal("how many", len(rows), len(mapped))
    for row, record in zip(rows, mapped):
        problems.what = json.dumps(record)[:200]
        for column, field in SUMS + (("id.orig_p", "src_port"), ("id.resp_p", "dst_port")):
            if record.get("icmp_type") is not None and column.endswith("_p"):
                continue
            got, expected = row[column], record.get(field)
            problems.equal(column, None if got == "-" else int(got), expected)

    def sums(column):
        return sum(int(row[column]) for row in rows if row[column] != "-")

    problems.what = "sums"
    flows = [record for record in records if record["type"] in FLOWS]
    problems.equal("starts", sums("ctagg_starts"), total(flows, "starts"))
    problems.equal("ends", sums("ctagg_ends"), total(flows, "ends") + sum(r.get("kind") == "end" for r in records))
    drops, drop_bytes = of_packets(records, "drop", "drops")
    problems.equal("drops", sums("ctagg_drops"), drops)
    problems.equal("their bytes", sums("ctagg_drop_bytes"), drop_bytes)
    problems.equal("logged", sums("ctagg_logged"), of_packets(records, "logged", "logged")[0])
