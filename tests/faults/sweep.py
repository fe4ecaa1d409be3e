#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# One fault a run, each in turn: every allocation fails once (memory; of those made by the same callers the first
# and the last one), or every system call (calls). Run by tests/faults/world.
#   sweep.py memory|calls [--sample=N] [--seed=N] [--most=N] [--only=SCENARIO] [--at=FAULT]
# --sample takes so many of the faults of each scenario, by --seed; --most is how often a call of one name fails at most.
# --at repeats some, with commas: allocations' numbers, or CALL:ERROR:N.
# Prints a line a scenario: how many faults there were, and what became of the program: it ended with a message; or it went
# on, and its result was exact, or stated by a message or the window record. Exit status 1: something else became of it.
import argparse
import collections
import os
import random
import signal
import subprocess
import sys
import time

import catalogue
from fault import ERRORS, NEVER, Call, Chains, Memory, NoFault, Wrong, calls_of
from judge import check_ended, messages, plain

LONGEST = 60		# seconds that a run may take: more than any machine takes
SLOW_READY = 12		# until a program that says nothing gets no load
# Libraries that crash for want of memory, and the function of ours that called them.
LIBRARIES_CRASH = {
    "libc.so.6 for identity_name": "glibc 2.36, getpwuid(): nss_database_check_reload_and_get() with no database",
    "libc.so.6 for service_name": "glibc 2.36, getservbyport(): the same",
    "libglib-2.0.so.0": "GLib ends a program that cannot have memory; libfixbuf uses it",
    "libseccomp.so.2 for make_and_load": "libseccomp 2.5.4, seccomp_export_bpf(): frees twice, or never ends",
}


class Runs:
    """Runs of one scenario."""

    def __init__(self, scenario):
        self.scenario, self.usual = scenario, None

    def start(self, argv, fault):
        environment = {**os.environ, **fault.environment()}
        with open("err", "wb") as err, open("stdout", "wb") as out:
            return subprocess.Popen(fault.prefix() + argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment)

    def is_ready(self, process):
        until = time.monotonic() + SLOW_READY
        while time.monotonic() < until and process.poll() is None:
            with open("err", encoding="utf-8", errors="replace") as err:
                if self.scenario.ready in err.read():
                    return True
            time.sleep(0.005)
        return False

    def run(self, fault, wrap=None):
        scenario = self.scenario
        while time.time() % 3600 > 3510:	# windows of an hour end with the hour: two of them are not what is expected
            time.sleep(1)
        scenario.prepare()
        argv = scenario.argv()
        process = self.start(wrap(argv) if wrap else argv, fault)
        made = scenario.drive(process, lambda: self.is_ready(process))
        try:
            status = process.wait(fault.patience(LONGEST))
        except subprocess.TimeoutExpired as late:
            process.send_signal(signal.SIGABRT)	# says where it was, when memory is what failed
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if fault.crash_of_library() in LIBRARIES_CRASH:
                return process.returncode, made
            raise Wrong(f"it has not ended in {LONGEST} s") from late
        return status, made

    def loader_dies(self, fault):
        """Whether a program that does nothing ends in the same way: then its loader did."""
        if not isinstance(fault, Call):
            return False
        argv = [os.path.join(catalogue.FOLDER, self.scenario.program), "--version"]
        return subprocess.run(fault.prefix() + argv, capture_output=True, check=False).returncode < 0

    def judge(self, fault, status, made):
        said = messages("err", self.scenario.program)
        new = [line for line in said if self.usual is not None and line not in self.usual]
        library = fault.crash_of_library()
        if status < 0 and library in LIBRARIES_CRASH:
            return f"crash in {library.split(' ')[0]}"
        if status == 0 and fault.happened() and len(open("err", "rb").read()) and not said:
            new = ["without a name"]
        if status < 0 and not said and self.loader_dies(fault):
            return "before main()"
        with open("err", encoding="utf-8", errors="replace") as err:
            report = next((line.strip() for line in err if "Sanitizer" in line or "runtime error" in line), None)
        check_ended(status, self.scenario.done, said or new, report)
        verdict = self.scenario.check(status, made, bool(new))
        self.scenario.tidy()
        return verdict

    def learn(self):
        """A run in which nothing fails."""
        for _ in range(2):
            status, made = self.run(NoFault())
            if status not in self.scenario.done:
                sys.exit(f"{self.scenario.name}: status {status} without a fault: {open('err').read()}")
            if made is None and hasattr(self.scenario, "ready"):
                sys.exit(f"{self.scenario.name}: not ready without a fault: {open('err').read()}")
            self.scenario.expected = self.scenario.records()
            if self.scenario.expected and isinstance(self.scenario.expected[0], dict):
                self.scenario.expected = plain(self.scenario.expected)
            elif not self.scenario.expected:
                self.scenario.expected = None
        self.usual = messages("err", self.scenario.program)
        self.judge(NoFault(), status, made)

    def one(self, fault, verdicts, wrong):
        try:
            status, made = self.run(fault)
            if fault.happened():
                verdicts[self.judge(fault, status, made)] += 1
            else:	# runs differ a little
                self.judge(NoFault(), status, made)
        except Wrong as what:
            said = " | ".join(messages("err", self.scenario.program)[-3:])
            wrong.append(f"{self.scenario.name}: {fault.name}: {what}\n    said: {said}\n    at: {fault.places()}")
            print("WRONG " + wrong[-1], flush=True)


def sweep_memory(runs, args, chance):
    chains = Chains()
    runs.run(chains)
    numbers, runs.size = chains.chosen()
    verdicts, wrong = collections.Counter(), []
    if args.sample:
        numbers = chance.sample(numbers, min(args.sample, len(numbers)))
    for number in numbers:
        runs.one(Memory(number), verdicts, wrong)
    return verdicts, wrong


def sweep_calls(runs, args, chance):
    verdicts, wrong = collections.Counter(), []

    def run(argv):
        runs.run(NoFault(), lambda _: argv)
    calls = calls_of(runs.scenario.argv(), run)
    faults = [(call, error, n) for call, often in sorted(calls.items()) if call not in NEVER
              for error in ERRORS.get(call, ["ENOMEM"]) for n in range(1, min(often, args.most) + 1)]
    if args.sample:
        faults = chance.sample(faults, min(args.sample, len(faults)))
    for fault in faults:
        runs.one(Call(*fault), verdicts, wrong)
    return verdicts, wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["memory", "calls"])
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--most", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--only", default="")
    parser.add_argument("--at")
    args = parser.parse_args()
    if args.sample:
        print(f"seed {args.seed}")
    chance, bad, swept = random.Random(args.seed), 0, 0
    for scenario in catalogue.scenarios(args.only):
        runs = Runs(scenario)
        runs.learn()
        begin = time.monotonic()
        if args.at:
            verdicts, wrong = collections.Counter(), []
            for at in args.at.split(","):
                fault = Memory(int(at)) if args.kind == "memory" else Call(*at.split(":")[:2], int(at.split(":")[2]))
                runs.one(fault, verdicts, wrong)
                print(dict(verdicts), fault.places())
                print(open("err", errors="replace").read())
        else:
            verdicts, wrong = (sweep_memory if args.kind == "memory" else sweep_calls)(runs, args, chance)
        swept += 1
        bad += len(wrong)
        if not verdicts and not wrong:	# whatever injects faults does not
            print(f"WRONG {scenario.name}: nothing failed", flush=True)
            bad += 1
        text = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
        print(f"{args.kind:7} {scenario.name:38} {sum(verdicts.values()) + len(wrong):5} faults: {text}"
              f"{f', {len(wrong)} WRONG' if wrong else ''}" + ("" if args.sample else f"; {time.monotonic() - begin:.0f} s"), flush=True)
    sys.exit(1 if bad or not swept else 0)


main()
