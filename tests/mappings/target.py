# SPDX-License-Identifier: GPL-2.0-or-later
"""What the targets of mappings have in common."""
import ipaddress
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FLOWS = ("flow", "other")
EXACT = 2**53  # jq 1.6 rounds larger numbers


class Problems:
    def __init__(self):
        self.found, self.what = [], ""

    def expect(self, truth, text):
        if not truth:
            self.found.append(f"{self.what}: {text}")

    def equal(self, what, got, expected):
        """Equal, or as equal as numbers can be that jq has rounded."""
        close = isinstance(got, int) and isinstance(expected, int) and max(got, expected) > EXACT
        self.expect(abs(got - expected) * EXACT <= 4 * expected if close else got == expected,
                    f"{what} is {got!r}, expected {expected!r}")

    def tell(self):
        for problem in self.found[:20]:
            print(problem)
        sys.exit(1 if self.found else 0)


def rows_of(name):
    """The rows of a file of published fields."""
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]


def is_address(text):
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


def is_whole_number(value):
    """An integer, as an exponent can write it, too."""
    return not isinstance(value, bool) and isinstance(value, (int, float)) and value == int(value)


def is_time(text):
    return isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text) is not None


def total(records, field):
    """The sum of what is known, as text of ctagg says it: exact."""
    return sum(record.get(field) or 0 for record in records)


def known(record, field):
    return record.get(field) is not None


def of_packets(records, kind, counter):
    """Packets and bytes of flow records, and of events of a kind."""
    flows = [record for record in records if record["type"] in FLOWS]
    events = [record for record in records if record["type"] == "event" and record["kind"] == kind]
    bytes_of = {"drops": total(flows, "drop_bytes") + total(events, "bytes"), "kernel_drops": total(events, "bytes"),
                "logged": total(events, "bytes")}
    return total(flows, counter) + len(events), bytes_of[counter]


def carriers(records):
    """The lines that say what connections carried."""
    return [record for record in records if record["type"] in FLOWS + ("event",)]
