# SPDX-License-Identifier: GPL-2.0-or-later
"""What has to hold for records: each function returns what does not, as texts."""
import datetime
import json
import os
import re
import subprocess
from collections import defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))
# Counters whose sums over windows say what came; live and closing are levels, not flows.
SUMS = ["starts", "ends", "orig_packets", "orig_bytes", "reply_packets", "reply_bytes", "uncounted_ends",
        "tcp_unanswered", "tcp_closed", "tcp_reset", "tcp_expired", "unreplied"]
DROPS = ["drops", "drop_bytes", "logged"]
NOT_KEY = set(SUMS + DROPS) | set("""type schema id run window_ms slot window_start window_end first_seen last_seen live closing
    duration_ms_sum duration_ms_max unsized_drops""".split())


def lines_of(*files):
    lines = []
    for name in files:
        if os.path.exists(name):
            with open(name, encoding="latin-1") as file:
                lines += [json.loads(line) for line in file]
    return lines


def windows_of(lines, level=None):
    windows = [r for r in lines if r["type"] == "window"]
    if level is None:
        level = min((r.get("window_ms", 0) for r in windows), default=0)
    return [r for r in windows if r.get("window_ms", 0) == level]


def total(records, counter):
    return sum(r.get(counter) or 0 for r in records)


def whole(name):
    """Bytes, sums, bounds, order: as for every end-to-end test."""
    done = subprocess.run(["/usr/bin/python3", f"{HERE}/../e2e/check.py", name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return [f"{name}: {done.stdout.strip()}"] if done.returncode else []


def shot(name, lines, changes):
    """A snapshot: bytes, and its sums, where its lines are flows and not the changes of flows."""
    wrong, window = [], lines[-1]
    with open(name, "rb") as file:
        if any(len(line) > 4096 or re.search(rb"[^ -~\n]", line) for line in file):
            wrong.append(f"{name}: a long line, or a byte outside 0x20 to 0x7e")
    if window["records"] != len(lines) - 1:
        wrong.append(f"{name}: records: {window['records']}, lines {len(lines) - 1}")
    if not changes:
        wrong += [f"{name}: {counter}: {window.get(counter)}, its records {total(lines[:-1], counter)}"
                  for counter in ["live", "closing", *SUMS[2:6]] if (window.get(counter) or 0) != total(lines[:-1], counter)]
    return wrong


def schema(names):
    done = subprocess.run([f"{HERE}/../validate", "schema.json", *names], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if "No module named" in done.stdout:
        return []
    return [f"schema: {done.stdout.strip()[-600:]}"] if done.returncode else []


def micros(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1e6 + 0.5)


def slots(lines, unaligned):
    wrong = []
    for r in lines:
        if unaligned != ("slot" not in r):
            wrong.append(f"slot with --no-align {unaligned}: {r.get('slot')}")
        elif not unaligned and micros(r["slot"]) % (r["window_ms"] * 1000):
            wrong.append(f"slot {r['slot']} is no multiple of {r['window_ms']} ms")
    return wrong[:2]


def levels(lines):
    """A longer window is the sum of the shorter ones in it."""
    wrong = []
    lengths = sorted({r["window_ms"] for r in lines})
    for shorter, longer in zip(lengths, lengths[1:]):
        for window in windows_of(lines, longer):
            parts = [w for w in windows_of(lines, shorter) if window["window_start"] <= w["window_start"] and w["window_end"] <= window["window_end"]]
            for counter in SUMS + DROPS + ["lost_events", "lost_drops", "undecoded_events"]:
                if (window.get(counter) or 0) != total(parts, counter) and window.get(counter) is not None:
                    wrong.append(f"{counter} of a window of {longer} ms: {window.get(counter)}, of those in it {total(parts, counter)}")
    for length in lengths[1:]:
        for counter in SUMS + DROPS:
            if total(windows_of(lines, length), counter) != total(windows_of(lines, lengths[0]), counter):
                wrong.append(f"{counter} of all windows of {length} ms is not that of {lengths[0]} ms")
        if not folded(lines):
            shorter, longer = flows(lines, lengths[0]), flows(lines, length)
            wrong += [f"flow {key} of {length} ms: {longer.get(key)}, of {lengths[0]} ms: {shorter.get(key)}"
                      for key in sorted(set(shorter) | set(longer)) if shorter.get(key) != longer.get(key)]
    return wrong[:3]


def folded(lines):
    return any(r["type"] == "other" for r in lines)


def flows(lines, length=None):
    """The sums of each flow over all windows of a level (the shortest), without those of drops."""
    if length is None:
        length = min((r.get("window_ms", 0) for r in lines), default=0)
    sums = defaultdict(lambda: [0] * len(SUMS))
    for r in lines:
        if r["type"] != "flow" or r.get("window_ms", 0) != length:
            continue
        key = json.dumps({k: v for k, v in r.items() if k not in NOT_KEY and not k.startswith("distinct") and k != "kernel_drops"}, sort_keys=True)
        for i, counter in enumerate(SUMS):
            sums[key][i] += r.get(counter) or 0
    return {key: counted for key, counted in sums.items() if any(counted)}


def alike(one, other, what):
    """The same traffic, counted twice: the same sums of each flow."""
    wrong = []
    for counter in SUMS:
        sums = [total(windows_of(lines), counter) for lines in (one, other)]
        if sums[0] != sums[1]:
            wrong.append(f"{what}: {counter} {sums[0]} and {sums[1]}")
    if not wrong and not folded(one) and not folded(other):
        a, b = flows(one), flows(other)
        for key in sorted(set(a) | set(b)):
            if a.get(key) != b.get(key):
                wrong.append(f"{what}: {key}: {a.get(key)} and {b.get(key)}")
    return wrong[:3]




def messages(name, program, allowed, silent=False):
    """At most one line each, with who says it; and only what can be true here."""
    wrong = []
    with open(name, encoding="latin-1") as file:
        said = file.read().splitlines()
    for line in said:
        if not line.startswith(f"{program}: ") or len(line) > 1000:
            wrong.append(f"{name}: not of the form of a message: {line[:300]!r}")
        elif not any(re.search(pattern, line) for pattern in allowed):
            wrong.append(f"{name}: not expected: {line[:300]!r}")
    return wrong[:4]
