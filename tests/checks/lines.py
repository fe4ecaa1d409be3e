#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What gcovr counted (its JSON), held against a percentage and a list of functions.
usage: lines.py --required=N [--write] COVERAGE.json SOURCE LIST

A line of LIST is FILE FUNCTION REASON, where REASON is one of the words that the head of LIST explains. A function in
which a line was not run has to be there; one that is there and was run whole is said, and fails nothing: a timer, or
a full buffer, comes on one run and not on the next. --write adds what is missing to LIST, with the reason that the
text of its lines suggests."""
import argparse
import json
import os
import re
import sys

SUGGESTED = (
    ("memory", r"ENOMEM|cannot allocate|no memory|alloc\("),
    ("call", r"-errno|strerror|errno\b|perror|-err\b|return err;|err = |goto "),
    ("refused", r"-E[A-Z]+\b|refuse|log_|answer_set|repeat_say|_WRONG|unknown\(|fail\("),
)


def functions_of(source, name):
    """[(first line, last line, function)] of a file in kernel style: a function ends with } in the first column."""
    found, begun, head = [], None, ""
    with open(os.path.join(source, name), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if begun is None and re.match(r"[A-Za-z_].*\(", line) and not line.rstrip().endswith(";"):
                match = re.search(r"([A-Za-z_]\w*)\s*\((?!\()", line)
                head = match.group(1) if match else "?"
                start = number
            if line.startswith("{") or (begun is None and head and re.match(r"[a-z].*\)\s*\{$", line)):
                begun = start if head else number
            if line.startswith("}") and begun is not None:
                found.append((begun, number, head))
                begun, head = None, ""
    return found


def uncovered(data, source):
    """{(file, function): [lines not run]}, {function of which a line was run}, lines, lines that were run."""
    missing, entered, lines, run = {}, set(), 0, 0
    for file in data["files"]:
        name = file["file"]
        spans = functions_of(source, name)
        for line in file["lines"]:
            if line.get("gcovr/noncode"):
                continue
            lines += 1
            at = line["line_number"]
            function = next((f for first, last, f in spans if first <= at <= last), "-")
            if line["count"]:
                run += 1
                entered.add((name, function))
                continue
            missing.setdefault((name, function), []).append(at)
    return missing, entered, lines, run


def suggest(source, name, numbers, is_whole):
    if name.startswith("src/confine/"):
        return "confined"
    if is_whole:
        return "whole"
    with open(os.path.join(source, name), encoding="utf-8") as file:
        text = file.read().split("\n")
    said = " ".join(text[n - 1] for n in numbers)
    return next((word for word, pattern in SUGGESTED if re.search(pattern, said)), "moment")


def read_list(path):
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n") for line in file]
    head = [row for row in rows if row.startswith("#") or not row]
    named = {}
    for row in rows:
        if row and not row.startswith("#"):
            name, function, reason = row.split(None, 2)
            named[name, function] = reason
    return head, named


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--required", type=float, required=True)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("json")
    parser.add_argument("source")
    parser.add_argument("list")
    args = parser.parse_args()
    with open(args.json, encoding="utf-8") as file:
        missing, entered, lines, run = uncovered(json.load(file), args.source)
    percent = 100 * run / lines if lines else 0
    print(f"{percent:.1f} % of {lines} lines of src/ are run; {len(missing)} functions have lines that are not")
    failed = percent < args.required
    if failed:
        print(f"less than {args.required} %")
    head, named = read_list(args.list)
    if args.write:
        for (name, function), numbers in missing.items():
            named.setdefault((name, function), suggest(args.source, name, numbers, (name, function) not in entered))
        with open(args.list, "w", encoding="utf-8") as file:
            file.write("\n".join(head + [f"{n} {f} {r}" for (n, f), r in sorted(named.items())]) + "\n")
        return failed
    words = {line.split()[1].rstrip(":") for line in head if re.match(r"#   \w+:", line)}
    for (name, function), numbers in sorted(missing.items()):
        if (name, function) not in named:
            print(f"{name} {function}: lines {', '.join(map(str, numbers))} are not run, and {args.list} does not say why")
            failed = True
    for (name, function), reason in sorted(named.items()):
        if reason.split()[0].rstrip(":") not in words:
            print(f"{args.list}: {name} {function}: {reason}: no reason")
            failed = True
    more = sum(1 for key in named if key not in missing)
    print(f"{more} functions of the list were run whole this time")
    return failed


sys.exit(main())
