#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# selected.py FILE --OPTION=LIST...: the connections in what conntrack(8) has written, of those that
# the options of ctagg select: how many lines say [NEW], how many [DESTROY], and how many neither
# (conntrack -L). It knows addresses, networks, ranges, numbers and marks, and a `!' before a list.
import ipaddress
import re
import sys


def address_item(item):
    if '-' in item:
        return [ipaddress.ip_address(end) for end in item.split('-')]
    network = ipaddress.ip_network(item, strict=False)
    return [network[0], network[-1]]


def number_item(item):
    ends = [int(end, 0) for end in item.split('-')]
    return [ends[0], ends[-1]]


def mark_item(item):
    value, _, mask = item.partition('/')
    return number_item(value) + [int(mask or '0xffffffff', 0)]


def holds(option, text, read, values):
    items = [read(item) for item in text.lstrip('!').split(',')]
    if option == 'mark':
        found = any(first <= value & mask <= last for value in values for first, last, mask in items)
    else:
        found = any(type(value) is type(first) and first <= value <= last
                    for value in values for first, last in items)
    return found != text.startswith('!')


def values_of(option, line):
    words = {'addr': ('src', 'dst'), 'port': ('sport', 'dport')}.get(option, (option,))
    # The first of each is that of the original direction.
    found = [re.search(rf' {word}=(\S+)', line) for word in words]
    if option in ('src', 'dst', 'addr'):
        return address_item, [ipaddress.ip_address(f[1]) for f in found]
    if option == 'mark':    # conntrack(8) leaves out a mark of 0
        return mark_item, [int(f[1]) if f else 0 for f in found]
    return number_item, [int(f[1]) for f in found if f]


options = [arg[2:].split('=', 1) for arg in sys.argv[2:]]
counts = {'NEW': 0, 'DESTROY': 0, None: 0}
for line in open(sys.argv[1]):
    if all(holds(option, text, *values_of(option, line)) for option, text in options):
        event = re.search(r'\[(NEW|DESTROY)\]', line)
        counts[event and event[1]] += 1
print(*counts.values())
