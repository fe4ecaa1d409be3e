#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold what a mapping of examples/mappings has made of lines of ctagg against the fields that its
target publishes, and its counters against those of the lines.
usage: validate.py ecs|ocsf|otel|zeek-conn|'prometheus COUNTER K' LINES MAPPED"""
import importlib
import json
import sys

sys.dont_write_bytecode = True
from target import Problems  # noqa: E402


def main():
    target, lines, mapped = sys.argv[1:]
    with open(lines, encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    problems = Problems()
    name, *arguments = target.split()
    with open(mapped, encoding="utf-8") as file:
        importlib.import_module("target_" + name.replace("-", "_")).check(records, file.read(), problems, *arguments)
    problems.tell()


main()
