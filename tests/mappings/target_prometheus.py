# SPDX-License-Identifier: GPL-2.0-or-later
"""The flows of the last windows that carried most, as samples of Prometheus."""
import re

from target import FLOWS

COUNTERS = {"bytes": ("orig_bytes", "reply_bytes"), "packets": ("orig_packets", "reply_packets"), "starts": ("starts",),
            "ends": ("ends",), "drops": ("drops",), "drop_bytes": ("drop_bytes",)}
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"(?:,|$)')
ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def samples_of(text, problems):
    """(family, labels, value) of each sample."""
    for line in text.split("\n"):
        if not line or line.startswith("#"):
            continue
        name, _, rest = line.partition("{")
        labels, _, value = rest.rpartition("} ")
        problems.what = line
        found = dict((key, re.sub(r"\\.", lambda e: ESCAPES[e.group()], quoted)) for key, quoted in LABEL.findall(labels))
        problems.equal("labels", LABEL.sub("", labels), "")
        yield name, found, float(value)


def last_windows(records):
    """Of each host the last window of the shortest length, with its flow and other records."""
    for host in {record["host"] for record in records}:
        of_host = [record for record in records if record["host"] == host]
        shortest = min(record["window_ms"] for record in of_host)
        last = max(record["window_end"] for record in of_host if record["window_ms"] == shortest)
        of_window = [r for r in of_host if r["window_ms"] == shortest and r["window_end"] == last]
        yield ([r for r in of_window if r["type"] == "window"][0], [r for r in of_window if r["type"] in FLOWS])


def ranks(flows, counter):
    """What flows have of a counter, the largest first. Two whose prefixes were cut can have the same labels."""
    sums = {}
    for flow in flows:
        key = tuple(flow.get(field) for field in ("src_ip", "proto", "log_prefix"))
        sums[key] = sums.get(key, 0) + sum(flow.get(field) or 0 for field in COUNTERS[counter])
    return sorted(sums.values(), reverse=True)


def check(records, text, problems, counter, k):
    samples = list(samples_of(text, problems))
    problems.what = "samples"
    names = [(name, tuple(sorted(labels.items()))) for name, labels, _ in samples]
    problems.equal("different ones", len(set(names)), len(names))
    for window, rows in last_windows(records):
        of_host = [s for s in samples if s[1].get("host") == window["host"]]
        check_host(window, rows, of_host, problems, counter, int(k))


def check_host(window, rows, samples, problems, counter, k):
    problems.what = window["host"]
    flows = [row for row in rows if row["type"] == "flow"]
    top = [value for name, _, value in samples if name == "ctagg_top_" + counter]
    problems.equal("the largest", sum(top), sum(ranks(flows, counter)[:k]))
    for family, fields in COUNTERS.items():
        parts = {part: [s for s in samples if s[0] == f"ctagg_{part}_{family}"] for part in ("top", "rest")}
        problems.expect(len(parts["top"]) <= k * len(fields), f"{len(parts['top'])} samples of {family}")
        problems.expect(len(parts["rest"]) <= len(fields), f"{len(parts['rest'])} samples of the rest of {family}")
        got = sum(value for part in parts.values() for _, _, value in part)
        problems.equal(family, got, sum(window.get(field) or 0 for field in fields))
    prefixes = {labels.get("log_prefix") for _, labels, _ in samples} - {None}
    problems.expect(prefixes <= {flow.get("log_prefix") for flow in flows}, f"prefixes {prefixes}")
    problems.expect(len(flows) > k, "too few flows")
    problems.expect(counter != "drops" or window["key"] == "src" or len(prefixes) > 1, "no flows of rules")
    others = {name: value for name, _, value in samples if not name.startswith(("ctagg_top_s", "ctagg_top_e"))}
    labels = {labels.get("src_label") for name, labels, _ in samples if name.startswith("ctagg_top_starts")}
    problems.equal("labels", labels, {flow.get("src_label") for flow in flows})
    problems.equal("partial", others["ctagg_top_partial"], int(window["status"] == "partial"))
    problems.equal("length", others["ctagg_top_window_seconds"], window["window_ms"] / 1000)
