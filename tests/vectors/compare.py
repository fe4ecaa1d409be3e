# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether lines of ctagg are the lines that a vector expects."""
import json

# New in each run; whether they are as --seed wants is seen by comparing bytes.
OF_A_RUN = ("id", "run")

# Fields of the window record that a vector may leave out. First those that are then 0, or have
# this value, or are absent:
DEFAULTS = {
    "undecoded_events": 0,
    "unselected_events": 0,
    "late_events": 0,
    "late_ends": 0,
    "clash_ends": 0,
    "odd_drops": 0,
    "truncated_drops": 0,
    "foreign_messages": 0,
    "reopens": 0,
    "write_errors": 0,
    "max_error": 0,
    "kernel_events": 0,
    "engine": "hash",
    "key": "src,dst,dport,proto,icmp,dir,rule",
}
# In any record, those that are null where a vector leaves them out.
UNKNOWN = ("tcp_unanswered", "tcp_closed", "tcp_reset", "tcp_expired")
# Then those that say how the program worked, or that no hand can write.
ANY = ("passed_events", "table_rows", "table_capacity", "max_error_counter", "accounting", "timestamps", "version", "selection")


def fields_once(pairs):
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError(f"a field twice: {pairs}")
    return fields


def windows(text):
    """The lines of each window, its flows in an order of their own: DESIGN gives them none."""
    closed, lines = [], []
    for line in text.splitlines():
        record = json.loads(line, object_pairs_hook=fields_once)
        lines.append({name: value for name, value in record.items() if name not in OF_A_RUN})
        if record["type"] == "window":
            closed.append(sorted(lines[:-1], key=order) + lines[-1:])
            lines = []
    if lines:
        raise ValueError(f"lines that no window record ends: {lines}")
    return closed


def order(record):
    return record["type"] != "flow", record["type"], json.dumps(record, sort_keys=True)


def wrong_fields(expected, actual):
    """"NAME: VALUE, expected VALUE" for each field that differs."""
    wrong = []
    for name in list(expected) + [name for name in actual if name not in expected]:
        if name in expected:
            want = expected[name]
        elif name in UNKNOWN:
            want = None
        elif expected["type"] == "window" and name in ANY:
            continue
        elif expected["type"] == "window" and name in DEFAULTS:
            want = DEFAULTS[name]
        else:
            wrong.append(f"{name}: {actual[name]!r}, expected none")
            continue
        if name not in actual and not (name in DEFAULTS and want == DEFAULTS[name]):
            wrong.append(f"{name}: absent, expected {want!r}")
        elif name in actual and (actual[name] != want or type(actual[name]) is not type(want)):
            wrong.append(f"{name}: {actual[name]!r}, expected {want!r}")
    return wrong


def title(record):
    """What tells a record from others of its window, for messages."""
    names = ("type", "reason", "direction", "proto", "src_ip", "dst_ip", "dst_port", "log_prefix", "seq", "window_ms")
    return " ".join(str(record[name]) for name in names if name in record)


def differences(expected, actual):
    """What differs between two outputs, a line each; none when they are the same."""
    want, have = windows(expected), windows(actual)
    if len(want) != len(have):
        yield f"{len(have)} windows, expected {len(want)}"
    for w, h in zip(want, have):
        if len(w) != len(h):
            yield f"window from {w[-1]['window_start']}: {len(h)} lines ({', '.join(map(title, h))}), expected {len(w)}"
            continue
        for e, a in zip(w, h):
            for wrong in wrong_fields(e, a):
                yield f"{title(e)}: {wrong}"
