# SPDX-License-Identifier: GPL-2.0-or-later
# What a run of a program has to be, whatever failed in it: it ended with a message, or its result is exact, or says what is
# missing.
import json
import os
import re
import signal
import sys

from fault import Wrong

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import check  # noqa: E402  pylint: disable=wrong-import-position

TIMES = {"id", "run", "slot", "window_start", "window_end", "first_seen", "last_seen", "kernel", "sha256", "time",
         "previous_first_seen", "previous_window_end", "kernel_events", "passed_events", "drain_us", "rotate_us", "write_us", "previous_run", "previous_time"}


def messages(file, name):
    """What a program has said, with no numbers in it; and none of what it says only to who asked for it."""
    with open(file, encoding="utf-8", errors="replace") as text:
        return [re.sub(r"\d+", "N", line.strip()) for line in text if line.startswith(name + ": ")]


def whole_lines(file):
    """The records of a file. Half a line at its end is no line."""
    if not os.path.exists(file):
        return []
    with open(file, "rb") as data:
        text = data.read()
    if any(byte != 10 and not 32 <= byte < 127 for byte in text):
        raise Wrong(f"{file}: a byte outside 0x20 to 0x7e")
    try:
        return [json.loads(line) for line in text.split(b"\n")[:-1]]
    except ValueError as error:
        raise Wrong(f"{file}: {error}") from error


def whole_windows(lines):
    """Without what comes after the last window record: the program ended before that window was written."""
    last = max((i for i, r in enumerate(lines) if r["type"] == "window"), default=-1)
    return lines[:last + 1]


def check_windows(lines):
    wrong = list(check.check(lines)) if lines else []
    if wrong:
        raise Wrong("; ".join(wrong[:3]))


def is_stated(lines):
    """Incomplete; or a fact of the system that is otherwise known was not to be had: null."""
    return any(r["type"] == "window" and (r["status"] == "partial" or None in (r.get("accounting", 0), r.get("timestamps", 0)))
               for r in lines)


def total(lines, field, level=None):
    return sum(r.get(field) or 0 for r in lines
               if r["type"] == "window" and level in (None, r.get("window_ms")))


def plain(lines):
    """Records without what differs from run to run."""
    return sorted(json.dumps({k: v for k, v in r.items() if k not in TIMES}, sort_keys=True) for r in lines)


def check_ended(status, done, said, sanitizer):
    """A program that ended early has said why, and was not killed."""
    if sanitizer:
        raise Wrong(sanitizer)
    if status < 0:
        raise Wrong(f"killed by {signal.Signals(-status).name}")
    if status == 127:
        return			# the loader
    if status not in (1, 2, *done):
        raise Wrong(f"exit status {status}")
    if status not in done and not said:
        raise Wrong(f"exit status {status} without a message")
