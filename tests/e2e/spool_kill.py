#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# What tests/e2e/spool_kill.sh wants of the windows that it has had written and delivered.
# usage: tests/e2e/spool_kill.py NAMES TAKEN COPY
#   NAMES  the names that came into the spool, a line each, from the kernel
#   TAKEN  all bodies that the receiver has taken, one after the other
#   COPY   the folder new/ of a second spool, from which nothing is removed
import json
import os
import re
import sys

NAME = re.compile(r"(\d{8}T\d{6}\.\d{3}Z)-20ms-(gw1)-([a-z0-9]{8})-(\d{10})\.jsonl")
wrong = []


def key_of(name):
    """Run and number of a window, from its name."""
    match = NAME.fullmatch(name)
    if not match:
        sys.exit(f"not the name of a window: {name}")
    return match[3], int(match[4])


def start_in_name(start):
    """2026-11-21T01:00:00.123456Z as names have it."""
    return start[:23].replace("-", "").replace(":", "") + "Z"


def windows(lines, origin):
    """Each window of the lines: its run and number, its lines. None is torn, glued or mixed."""
    window = []
    for line in lines:
        record = json.loads(line)
        window.append((line, record))
        if record["type"] != "window":
            continue
        bounds = {(r["run"], r["window_start"], r["window_end"]) for _, r in window}
        if len(bounds) != 1 or record["records"] != len(window) - 1:
            wrong.append(f"{origin}: not a whole window: {len(window)} lines, {line}")
        if record.get("dropped_windows"):
            wrong.append(f"{origin}: windows were dropped for want of room: {line}")
        yield (record["run"], record["seq"]), window
        window = []
    if window:
        wrong.append(f"{origin}: lines after the last window: {window[-1][0]}")


def taken_windows(file):
    """The windows that came, each once; and how often one came again, which must be the same."""
    taken, again = {}, 0
    with open(file) as lines:
        for key, window in windows(lines, "taken"):
            text = [line for line, _ in window]
            if key in taken:
                again += 1
                if taken[key] != text:
                    wrong.append(f"{key} came again and was another")
            taken[key] = text
    return taken, again


def copied_windows(folder):
    copied = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name)) as lines:
            of_file = list(windows(lines, name))
        if [key for key, _ in of_file] != [key_of(name)] or start_in_name(of_file[0][1][0][1]["window_start"]) != NAME.fullmatch(name)[1]:
            wrong.append(f"{name} has other windows than its name says")
        copied.update({key: [line for line, _ in window] for key, window in of_file})
    return copied


def ids(windows_by_key, keys):
    return {json.loads(line)["id"] for key in keys for line in windows_by_key[key]}


def last_of_run(written):
    last = {}
    for run, seq in written:
        last[run] = max(seq, last.get(run, 0))
    return last


def main():
    with open(sys.argv[1]) as names:
        written = [key_of(name) for name in names.read().split()]
    taken, again = taken_windows(sys.argv[2])
    copied = copied_windows(sys.argv[3])
    if len(set(written)) != len(written):
        wrong.append("a name came into the spool twice")
    for key in set(written) ^ set(taken):
        wrong.append(f"{key} was {'written and never taken' if key not in taken else 'taken and never written'}")
    # A kill can come between the two spools: then one of them has the last window of the run alone.
    last = last_of_run(written + list(copied))
    for run, seq in set(written) ^ set(copied):
        if seq != last[run]:
            wrong.append(f"{(run, seq)} is in one spool only, and is not the last of its run")
    for run, seq in last.items():
        if any((run, n) not in taken and (run, n) not in copied for n in range(1, seq)):
            wrong.append(f"windows are missing in run {run}")
    both = set(taken) & set(copied)
    if ids(taken, both) != ids(copied, both):
        wrong.append("the two spools have other ids for the same windows")
    if len(ids(taken, taken)) != sum(map(len, taken.values())):
        wrong.append("two records have one id")
    for line in wrong[:20]:
        print(line)
    print(f"{len(taken)} windows of {len(last)} runs, {sum(map(len, taken.values()))} records, {again} came again")
    sys.exit(1 if wrong or not taken else 0)


main()
