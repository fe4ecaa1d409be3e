#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold ctagg-record(5) against records: what a field without a word on absence promises.

usage: record_page.py PAGE SECTION [FILE-OF-RECORDS]

An entry whose text says nothing of absence promises that the field is in every record of the
section: FILE has such records, of every kind that makes a difference. An entry whose type can be
null says when; one whose name ends in a unit says the unit. An entry that refers to the one before
("The same of", "likewise") has what that one says. Prints each entry that breaks a rule."""
import json
import re
import sys

ABSENT = r"\b[Aa]bsent\b|\b[Oo]nly (in|where|with|when|while|there|has)\b|^With\b|^Of "
SAME = r"^The same\b|\blikewise\b|\bas above\b|^Its |^Their |\bof these (packets|connections)\b|\bin the same way\b|\bthen\.( |$)"
UNITS = {
    "_ms": r"milliseconds?", "_ms_sum": r"milliseconds?", "_ms_max": r"milliseconds?", "_us": r"microseconds?|How long",
    "_bytes": r"[Bb]ytes", "_packets": r"[Pp]ackets", "_ends": r"[Ee]nds", "_starts": r"starts", "_segments": r"[Ss]egments",
    "_flows": r"flows", "_records": r"records", "_windows": r"windows", "_rules": r"counters|rules", "_sockets": r"sockets",
    "_events": r"[Ee]vents|[Mm]essages", "_messages": r"[Mm]essages", "_errors": r"attempts", "_drops": r"[Pp]ackets|drops",
    "_ip": r"[Aa]ddress|source|destination", "_port": r"port", "_rows": r"flows", "_capacity": r"flows",
    "_seen": r"time", "_cut": r"cut|longer|room|too long|The same",
}


def entries(page, section):
    """(names, type, text) of each entry of the tables of a section."""
    here, entry = False, None
    for line in open(page):
        line = line.rstrip("\n")
        if line.startswith(".Sh "):
            here = line == ".Sh " + section
        if not here:
            continue
        found = re.match(r"\.It Cm (.*) Ta (.*) Ta", line)
        if found:
            if entry:
                yield entry
            entry = [found[1].split(" , "), found[2], ""]
        elif line.startswith(".El") or line.startswith(".Sh"):
            if entry:
                yield entry
            entry = None
        elif entry and not line.startswith(".It Sy"):
            text = re.sub(r"^\.(Cm|Fl|Ar|Li|Qq|Ql|Sx|Nm|Va|Pa|Vt|Pq|Xr|Dq|Sq|Ns|In|Er)\b ?", "", line)
            entry[2] = (entry[2] + " " + text).strip()


def main():
    page, section = sys.argv[1:3]
    records = [json.loads(line) for line in open(sys.argv[3])] if len(sys.argv) > 3 else None
    broken, before, absent, count = [], "", None, 0
    for names, kind, text in entries(page, section):
        count += 1
        same = re.search(SAME, text)
        said = before + " " + text if same else text
        absent = re.search(ABSENT, text) or same and absent
        before = said
        for name in names:
            if "null" in kind and "null" not in said:
                broken.append(f"{name}: when is it null?")
            if not text:
                broken.append(f"{name}: says nothing")
            for suffix, unit in UNITS.items():
                if name.endswith(suffix) and not re.search(unit, said):
                    broken.append(f"{name}: no unit")
            if absent or records is None or name == "tag_KEY":
                continue
            if any(name not in record for record in records):
                broken.append(f"{name}: is absent at times, and when is not said")
    if count == 0:
        broken.append("no entries")
    for line in broken:
        print(f"{section}: {line}")
    sys.exit(1 if broken else 0)


main()
