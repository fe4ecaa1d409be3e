#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the tables of examples/clickhouse have what lines say, each line once.

usage: clickhouse_rows.py LINES ROWS

LINES are records of ctagg, any of them more than once. ROWS are the rows of all tables, as ClickHouse
writes them in its format JSONEachRow without quotes around large numbers. Says each difference.
"""
import calendar
import json
import sys
import time

TABLES = ("flow", "other", "rule", "window")
TIMES = ("window_start", "window_end", "first_seen", "last_seen")
# What a row has in place of a field that the line does not have.
ABSENT = {"window_ms": 0, "host": "", "run": "", "netns": ""}


def seconds(text):
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))


def expected(line, column):
    """The value of a column for a line."""
    if column == "slot":
        return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds(line.get("slot", line["window_start"]))))
    if column.removesuffix("_us") in TIMES:
        text = line.get(column[:-3])
        return None if text is None else seconds(text) * 1000000 + int(text[20:26])
    value = line.get(column, ABSENT.get(column))
    return int(value) if isinstance(value, bool) else value


def differences(lines, rows):
    for known, row in sorted(rows.items()):
        line = lines.get(known)
        if line is None:
            yield f"{known}: no line has this id"
            continue
        for column, value in row.items():
            want = expected(line, column)
            # '' stands for a text that is not there
            if column != "received" and value != want and not (value == "" and want is None):
                yield f"{line['type']} {known}: {column} is {value!r}, and {want!r} in the line"
    for known in sorted(lines.keys() - rows.keys()):
        yield f"{known}: no row for this line"


def main():
    lines, rows = {}, {}
    with open(sys.argv[1], encoding="ascii") as source:
        for text in source:
            line = json.loads(text)
            if line["type"] in TABLES:
                lines[line["id"]] = line
    failed = 0
    with open(sys.argv[2], encoding="utf-8") as source:
        for text in source:
            row = json.loads(text)
            if row["id"] in rows:
                print(f"{row['id']}: two rows")
                failed = 1
            rows[row["id"]] = row
    if not lines:
        print("no lines")
        failed = 1
    for difference in list(differences(lines, rows))[:20]:
        print(difference)
        failed = 1
    return failed


sys.exit(main())
