#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compare what `ctagg-view --csv' and `--table' print with the lines that they were made of.

usage: view_text.py csv LINES PRINTED [LEVEL_MS]
       view_text.py table LINES PRINTED GROUP SORT TOP
       view_text.py hostile | many | hosts >LINES
LINES has records of ctagg; lines that are none are left out, as ctagg-view does.
"""
import csv
import json
import re
import sys
import unicodedata

COUNTERS = """starts ends drops drop_bytes logged kernel_drops live closing unreplied tcp_unanswered tcp_closed
tcp_reset tcp_expired orig_packets orig_bytes reply_packets reply_bytes uncounted_ends
duration_ms_sum duration_ms_max""".split()
KEY = """direction proto src_ip src_port dst_ip dst_port icmp_type icmp_code nat_src_ip nat_src_port
nat_dst_ip nat_dst_port zone mark iif oif src_label dst_label mark_label log_prefix rule
rule_comment drop_reason""".split()
HEADINGS = dict(zip(KEY, """DIRECTION PROTO SOURCE PORT DESTINATION PORT TYPE CODE NAT_SOURCE PORT
NAT_DESTINATION PORT ZONE MARK IN_BY OUT_BY SOURCE_LABEL DESTINATION_LABEL MARK_LABEL LOG_PREFIX RULE
COMMENT DROP_REASON""".split()))
COLUMNS = ["type", "host", "netns", "run", "window_ms", "window_start", "window_end", "status"] + \
    KEY + ["reason", "folded_flows"] + COUNTERS
# Format characters that have a shape of their own (Prepended_Concatenation_Mark).
SHAPES = set(map(chr, [*range(0x600, 0x606), 0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0x110bd, 0x110cd]))


def fail(text):
    print("FAIL: " + text)
    sys.exit(1)


def harmless(text):
    return "".join("?" if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") and c not in SHAPES
                   else c for c in text)


def stream(record):
    return record["host"], record["run"]


class Window:
    def __init__(self, record):
        self.record, self.flows, self.rules, self.end = record, [], [], None

    @property
    def length(self):
        return self.record.get("window_ms")

    @property
    def status(self):
        if not self.end:
            return "unfinished"
        missing = self.end["records"] > len(self.flows) + len(self.rules)
        return "partial" if missing else self.end["status"]


def windows_of(path):
    """The windows in the order in which their window records come, then those that have none."""
    opened, done, seen = {}, [], set()
    for line in open(path, "rb"):
        try:
            record = json.loads(line)
            kind = record["type"]
        except (ValueError, KeyError, TypeError):
            continue
        if kind not in ("flow", "other", "rule", "window"):
            continue
        name = (*stream(record), record.get("window_ms"), record["window_start"], record["window_end"])
        w = opened.setdefault(name, Window(record))
        if kind == "rule":
            w.rules.append(record)
        elif kind != "window":
            w.flows.append(record)
        else:
            w.end = record
            del opened[name]
            if (*name[:4], record["seq"]) not in seen:
                done.append(w)
            seen.add((*name[:4], record["seq"]))
    return done + list(opened.values())


def shown_windows(path, level):
    shortest, shown = {}, []
    for w in windows_of(path):
        run = stream(w.record)
        if w.length is not None:
            shortest[run] = min(shortest.get(run, w.length), w.length)
        if (w.length == level if level else w.length in (None, shortest[run])):
            shown.append(w)
    return shown


# --- csv ---------------------------------------------------------------------------------------


def time_text(text):
    text = text.replace("T", " ").rstrip("Z")
    return text.removesuffix(".000000")


def csv_text(value):
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    value = harmless(value)
    return "'" + value if value[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20") else value


def csv_row(w, record):
    row = {name: csv_text(record.get(name)) for name in KEY + COUNTERS}
    row |= {name: csv_text(w.record.get(name)) for name in ("host", "run", "window_ms")}
    row["netns"] = csv_text(record.get("netns"))
    row |= {name: time_text(w.record[name]) for name in ("window_start", "window_end")}
    row |= {"type": record["type"], "status": w.status}
    row |= {name: csv_text(record.get(name)) for name in ("reason", "folded_flows")}
    return row


def compare_csv(lines, printed, level=None):
    expected = []
    for w in shown_windows(lines, level):
        expected += [csv_row(w, f) for f in w.flows] or [csv_row(w, {"type": "window"})]
    raw = open(printed, "rb").read()
    text = raw.decode()
    if not raw.endswith(b"\r\n") or raw.count(b"\n") != len(expected) + 1 or raw.count(b"\r") != len(expected) + 1:
        fail(f"{raw.count(bytes([10]))} lines, expected {len(expected) + 1}, each with CR LF at its end")
    bad = [c for c in text if c not in "\r\n" and c != harmless(c)]
    if bad:
        fail(f"printed as it was: {bad!r}")
    reader = csv.DictReader(open(printed, newline=""), strict=True)
    got = list(reader)
    if reader.fieldnames != COLUMNS:
        fail(f"columns: {reader.fieldnames}")
    for i, (a, b) in enumerate(zip(got, expected)):
        if a != b:
            fail(f"line {i + 2}: " + "; ".join(f"{k}: {a[k]!r}, expected {b[k]!r}"
                                              for k in COLUMNS if a[k] != b[k]))
    return len(expected)


# --- table -------------------------------------------------------------------------------------


class Sum:
    """A column of records added up: what is known, and whether a part is unknown."""
    def __init__(self):
        self.n, self.known, self.unknown = 0, False, False

    def add(self, value):
        if value is None:
            self.unknown = True
        else:
            self.n, self.known = min(self.n + value, 2 ** 63 - 1), True

    def __str__(self):
        if self.known:
            return f"{self.n:,}" + "+" * self.unknown
        return "?" if self.unknown else "-"


NUMBERS = {"bytes": ("orig_bytes", "reply_bytes"), "packets": ("orig_packets", "reply_packets"),
           "starts": ("starts",), "ends": ("ends",), "drops": ("drops",), "live": ("live",)}
GROUPS = {"flow": KEY, "src": ["src_ip"], "dst": ["dst_ip"], "direction": ["direction"],
          "port": ["proto", "dst_port", "icmp_type"], "rule": ["log_prefix", "rule", "rule_comment"],
          "label": ["src_label", "dst_label"], "host": ["host"]}


TRAFFIC = NUMBERS["bytes"] + NUMBERS["packets"]


def nothing_to_count(record, field):
    """Bytes are of connections that ended or are open: without any, null is no unknown number."""
    return field in TRAFFIC and not any(record.get(name) for name in ("ends", "live", "closing", "uncounted_ends"))


def add_up(records):
    row = {}
    for name, fields in NUMBERS.items():
        row[name] = Sum()
        for record in records:
            for field in fields:
                if field in record and not (record[field] is None and nothing_to_count(record, field)):
                    row[name].add(record[field])
                if field in TRAFFIC and record.get("uncounted_ends"):
                    row[name].unknown = True
    return row


def key_text(key):
    return tuple("-" if v is None else harmless(str(v)).strip() or "-" for v in key)


def settle_ties(rows, sort, top, printed):
    """Of rows with the same number only some may be among the first `top': those that are printed."""
    last = rows[top - 1][1][sort].n
    tied = [row for row in rows if row[1][sort].n == last]
    tied.sort(key=lambda row: not any(set(key_text(v for v in row[0] if v is not None)) <= set(line) for line in printed))
    return [row for row in rows if row[1][sort].n > last] + tied + [row for row in rows if row[1][sort].n < last]


def expected_table(w, group, sort, top, printed):
    """The names of the columns; the rows; and the rows behind them, which have a label. printed: the
    rows as they were printed."""
    groups = {}
    other = [f for f in w.flows if f["type"] == "other"]
    for f in w.flows:
        if f["type"] == "flow" and (group != "rule" or any(name in f for name in GROUPS["rule"])):
            groups.setdefault(tuple(f.get(name) for name in GROUPS[group]), []).append(f)
    rows = sorted(((key, add_up(records)) for key, records in groups.items()), key=lambda row: -row[1][sort].n)
    if len(rows) > top:
        rows = settle_ties(rows, sort, top, printed)
    shown = rows[:top]
    names = [i for i, name in enumerate(GROUPS[group]) if any(key[i] is not None for key, _ in shown)]
    everything = add_up([f for records in groups.values() for f in records] + (other if group != "rule" else []))
    numbers = [name for name in NUMBERS if everything[name].known or everything[name].unknown]
    columns = [HEADINGS.get(GROUPS[group][i], "HOST") for i in names] + [name.upper() for name in numbers]
    lines = [key_text(key[i] for i in names) + tuple(str(row[n]) for n in numbers) for key, row in shown]
    sums = []
    if len(rows) > top:
        rest = [f for key, _ in rows[top:] for f in groups[key]]
        sums.append((f"{len(rows) - top:,} more", *(str(add_up(rest)[n]) for n in numbers)))
    if other and group != "rule":
        folded = sum(f["folded_flows"] for f in other)
        sums.append((f"other: {folded:,} flow" + "s" * (folded != 1), *(str(add_up(other)[n]) for n in numbers)))
    sums.append(("total", *(str(everything[n]) for n in numbers)))
    return columns, lines, sums


def width(text):
    """How many columns of a terminal a text takes."""
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def cells(line):
    return tuple(re.split(" {2,}", line.strip()))


def compare_table(lines, printed, group, sort, top):
    text = open(printed).read()
    for line in text.split("\n"):
        if line != line.rstrip():
            fail(f"blanks at the end of {line!r}")
    windows = shown_windows(lines, None)
    blocks = [b for b in text.rstrip("\n").split("\n\n") if not b.startswith(("LOG PREFIX", "RULE"))]
    if len(blocks) != len(windows):
        fail(f"{len(blocks)} tables, expected {len(windows)}")
    for w, block in zip(windows, blocks):
        head, *rest = block.split("\n")
        where = f"the table `{head}'"
        if not head.startswith(harmless(w.record["host"])) or time_text(w.record["window_start"])[:19] not in head:
            fail(f"{where} is not of {w.record['host']} {w.record['window_start']}")
        word = {"ok": "complete", "partial": "partial", "unfinished": "partial", "nodata": "no data"}[w.status]
        if not re.search(rf"  {word}(:|$)", head):
            fail(f"{where} does not say {word}")
        dropped = w.end and w.end.get("kernel_drops")
        if dropped and not rest.pop(0).startswith(f"packets that the kernel dropped (kernel_drops), in all flows: {dropped:,};"):
            fail(f"{where}: not that the kernel dropped {dropped}")
        columns, rows, sums = expected_table(w, group, sort, top, [cells(line) for line in rest[1:]])
        if not rows and len(sums) == 1:
            if rest != ["no flows"]:
                fail(f"{where}: {rest}, expected: no flows")
            continue
        got = [cells(line) for line in rest]
        if [c.replace(" ", "_") for c in got[0]] != columns:
            fail(f"{where}: columns {got[0]}, expected {columns}")
        body, tail = got[1:1 + len(rows)], got[1 + len(rows):]
        if sorted(body) != sorted(rows) or tail != sums:
            fail(f"{where}: {body} {tail}, expected {rows} {sums}")
        # A number that no row has is no column, and then there is no order.
        column = columns.index(sort.upper()) if sort.upper() in columns else None
        order = [int(re.sub("[^0-9]", "", row[column]) or 0) for row in body if column is not None]
        if order != sorted(order, reverse=True):
            fail(f"{where}: not sorted by {sort}: {order}")
        # right-aligned: all lines end in the same column
        if len({width(line) for line in rest}) != 1:
            fail(f"{where}: its lines do not end in one column")
    return len(windows)


# --- hostile lines ------------------------------------------------------------------------------

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", "\uff1d1", 'a"b', "a,b", "a;=1", "a\nb",
           "a\r\nflow,x", "<script>alert(1)</script>", "&lt;", "\x1b[31mred\x1b[0m", "\x9b31m", "\x07\x08\x7f",
           "\u202egpj.exe", "\u2066a\u2069", "\u2028\u2029", "\ufeff\u200b\u200d", "\U000e0041", "\u00ad",
           "Z\u00fcrich \u6771\u4eac \U0001f600", "e\u0301" * 20, "\u0600", "x" * 4000, " ", "'", "-"]


def hostile():
    """Windows of hosts with such names, whose flows have them in every field that is a text."""
    for i, text in enumerate(HOSTILE):
        head = {"host": text, "run": f"run{i:05}", "netns": text, "window_ms": 60000,
                "window_start": "2026-11-21T01:00:00.000000Z", "window_end": "2026-11-21T01:01:00.000000Z"}
        names = {name: text for name in ("iif", "oif", "src_label", "dst_label", "mark_label",
                                         "log_prefix", "rule", "rule_comment")}
        counters = {"starts": i, "ends": 0, "drops": 2 ** 63 - 1, "drop_bytes": None, "orig_bytes": 2 ** 63 - 1,
                    "reply_bytes": 1, "orig_packets": None, "reply_packets": None}
        yield {"type": "flow", **head, "direction": "in", "proto": "tcp", "src_ip": "10.0.0.1",
               "dst_ip": "2001:db8::1", "dst_port": 443, "mark": 2 ** 32 - 1, **names, **counters}
        yield {"type": "rule", **head, "log_prefix": text, "rule": text, "rule_comment": text, "drops": 1,
               "drop_bytes": 100, "logged": 0}
        yield {"type": "window", **head, "seq": 1, "closed_by": "timer", "status": "ok", "records": 2,
               "lost_events": 0, "lost_drops": 0, **counters}


# --- other lines --------------------------------------------------------------------------------


def window(host, run, length, i, flows, **more):
    """A window of so many seconds, the i-th of them, with as many flows, and its window record."""
    start, end = (f"2026-11-{21 + s // 86400}T{s // 3600 % 24:02}:{s // 60 % 60:02}:{s % 60:02}.000000Z"
                  for s in (i * length, i * length + length))
    head = {"host": host, "run": run, "window_ms": length * 1000, "slot": start,
            "window_start": start, "window_end": end}
    counters = {"starts": 1, "ends": 1, "drops": 0, "orig_bytes": 1000, "reply_bytes": 100 + i,
                "orig_packets": 10, "reply_packets": 1}
    for n in range(flows):
        yield {"type": "flow", **head, "direction": "out", "proto": "udp", "src_ip": f"10.0.0.{n + 1}",
               "dst_ip": "192.0.2.1", "dst_port": 53, **counters}
    yield {"type": "window", **head, "seq": i, "closed_by": "timer", "status": "ok", "records": flows,
           "lost_events": 0, "lost_drops": 0, **{k: v * flows for k, v in counters.items()}, **more}


def many():
    for i in range(5000):
        yield from window("many", "aaaaaaaa", 10, i, 1)


def hosts():
    """Two hosts with levels of their own, mixed; losses, missing lines, and windows without an end."""
    for i in range(3):
        yield from window("alpha", "aaaaaaaa", 10, i, 2)
        yield from window("beta", "bbbbbbbb", 60, i, 3)
    yield from window("alpha", "aaaaaaaa", 30, 0, 6)
    yield from window("beta", "bbbbbbbb", 180, 0, 9)
    yield from window("alpha", "aaaaaaaa", 10, 3, 1, status="partial", lost_events=1234)
    yield from window("alpha", "aaaaaaaa", 10, 4, 0, status="nodata")
    yield from window("beta", "bbbbbbbb", 60, 3, 2, records=5)
    yield from window("beta", "bbbbbbbb", 60, 2, 3)		# again
    yield from window("beta", "bbbbbbbb", 60, 1439, 1)		# to midnight
    yield from list(window("alpha", "aaaaaaaa", 10, 5, 2))[:-1]


made = {"hostile": hostile, "many": many, "hosts": hosts}
if sys.argv[1] in made:
    for record in made[sys.argv[1]]():
        print(" " + json.dumps(record))	# the blank: these lines are not held against the schema
    sys.exit()
if sys.argv[1] == "csv":
    compared = compare_csv(sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else None)
else:
    compared = compare_table(*sys.argv[2:6], int(sys.argv[6]))
if not compared:
    fail("nothing to compare")
