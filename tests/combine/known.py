# SPDX-License-Identifier: GPL-2.0-or-later
"""The options that plans have, and those that the programs have: a new option has to be in a plan, too."""
import re
import subprocess

SELECTION = "proto src dst sport dport addr port direction zone mark".split()
MESSAGES = "quiet verbose help version".split()
OPTIONS = {
    "ctagg": """window count output spool spool-max spool-sync early-close no-align metrics strict host tag labels
        anonymize key distinct max-flows top table nflog-group kernel-drops rules sockets no-conntrack netns source
        buffer-size enable user interim events snapshot state changes read own seed check fail-on schema""".split()
    + SELECTION + MESSAGES,
    "ctagg-deliver": """spool url gzip header-file cert cacert timeout udp syslog ipfix ipfix-file ipfix-domain
        ipfix-enterprise exec rebind once archive retry max-attempts metrics user status warning critical list retry-dead
        keep dry-run""".split() + MESSAGES,
    "ctagg-view": "follow report table csv level group sort top names".split() + SELECTION + MESSAGES,
}
LETTERS = {"w": "window", "c": "count", "o": "output", "k": "key", "m": "max-flows", "t": "top", "g": "nflog-group",
           "s": "snapshot", "q": "quiet", "v": "verbose", "h": "help", "V": "version"}


def all_names():
    return [f"{program} --{name}" for program, names in OPTIONS.items() for name in names]


def used_in(command):
    """The names of options in a command line, which ends for us at --exec."""
    names = set()
    for word in command:
        if word.startswith("--"):
            names.add(word[2:].split("=")[0])
        elif re.match("-[a-zA-Z]", word):
            names.add(LETTERS[word[1]])
        if word == "--exec":
            break
    return sorted(names)


def differences(build):
    wrong = []
    for program, names in OPTIONS.items():
        text = subprocess.run([f"{build}/{program}", "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
        there = set(re.findall(r"^ +(?:-[a-zA-Z], )?--([a-z-]+)", text, re.M))
        wrong += [f"{program} --{name}: tests/combine/known.py does not know it; put it into a plan" for name in sorted(there - set(names))]
        wrong += [f"{program} --{name}: --help does not say it" for name in sorted(set(names) - there)]
    return wrong
