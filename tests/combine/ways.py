# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways to run ctagg: what is started beside it, and what has to hold when it has ended."""
import os
import random
import signal
import subprocess

import consumers
import holds
import system
import traffic

# What a program may say unasked, each a fact of the case. With -v it says more: `ready' and what the kernel granted.
ALLOWED = [
    # with -v
    r"^ctagg(-deliver)?: (ready|privileges: user |confined: (Landlock|no Landlock \()|--labels: \d+ networks and \d+ marks|opened .* anew)",
    r"^ctagg: read \d+ connections in \d+ us: what they have carried so far is not counted$",
    r"^ctagg: read \d+ live connections in \d+ us, and held \d+ events meanwhile$",
    r"^ctagg: --anonymize: addresses are replaced by the key in anon.key; host, tags, prefixes and comments are not$",
    r"^ctagg: the kernel table passed on: of unknown layout \d+, no room \d+, error 0, ends \d+, full rows \d+, new namespaces 0$",
    r"^ctagg-deliver: .*\.jsonl: (taken|later): ",
    r"^ctagg-deliver: spools/s: \d+ files? delivered, 0 given up$",
    r"^ctagg-view: \d+ lines? read, \d+ windows?",
    # small tables, and long records
    r"^ctagg: --sockets: there are more sockets than --max-flows: what the others carry is not counted; try a larger number$",
    r"^ctagg: --sockets: all sockets of this host are read again$",
    r"^ctagg: --state: \d+ flows and more than --max-flows has room for cannot be compared; raise it \(nothing is written, the state is as it was\)$",
    r"^ctagg-deliver: (happened \d+ times, the last one at [^ ]*: )?[^ ]*: \d+ records are too long to be sent, and were left out$",
    # answers to SIGUSR1
    r"^ctagg: statistics: ",
    # a receiver that fails, and takes then
    r"^ctagg-deliver: spools/s: .*; files wait, and are tried again$",
    r"^ctagg-deliver: spools/s: delivery goes on$",
]
FIXED_KIB, OF_A_FLOW, OF_VALUES = 40 * 1024, 0.4, 1.2    # KiB: the program and its buffers; a flow in a table; its --distinct
DESCRIPTORS = 64


def ends_by_signal(process):
    process.send_signal(signal.SIGTERM)
    status = process.wait(60)
    return [] if status == 0 else [f"after SIGTERM: status {status}"]


class Watching:
    """Programs that watch this namespace while there is traffic."""

    def __init__(self, case):
        self.case, self.plan, self.rng = case, case.plan, random.Random(case.rng.random())
        self.wrong = case.wrong

    def spool(self, args):
        os.makedirs("spools", exist_ok=True)
        os.chmod("spools", 0o777)
        return [{"SPOOL": "spools/s", "METRICS": "metrics", "STATE": "state"}.get(a, a).replace("=SPOOL", "=spools/s").replace("=METRICS", "=metrics").replace("=STATE", "=state") for a in args]

    def without(self, args, *names):
        """The same options but these, which two programs cannot share."""
        left, skip = [], False
        for arg in args:
            name = arg.split("=")[0]
            if skip:
                skip = False
            elif name.lstrip("-") in names and name.startswith("--"):
                skip = "=" not in arg
            else:
                left.append(arg)
        return left

    def bound(self):
        """KiB that a ctagg of this plan may have needed at most."""
        p = self.plan
        tables = 2 + p.get("window", "").count(",")
        return FIXED_KIB + p["max_flows"] * tables * (OF_A_FLOW + (OF_VALUES if p.get("distinct") else 0))

    def signals(self, processes):
        for name in self.plan["signals"]:
            for process in processes:
                if process.poll() is None:
                    process.send_signal(getattr(signal, "SIG" + name))

    def measure(self, processes):
        for process in processes:
            if process.poll() is None:
                kib, descriptors = system.memory_of(process.pid)
                if kib > self.bound():
                    self.wrong.append(f"memory: {kib} KiB, expected {self.bound()} at most")
                if descriptors > DESCRIPTORS:
                    self.wrong.append(f"descriptors: {descriptors}")

    def traffic(self, processes):
        """All traffic, with signals in the middle. Returns what conntrack(8) was told."""
        oracle = traffic.Oracle()
        self.made = traffic.Traffic(self.case.rng, self.case.tools, self.plan)
        half = len(self.made.jobs) // 2
        for number, job in enumerate(self.made.jobs):
            if number == half:
                self.signals(processes)
            job()
        if self.rng.random() < 0.6:
            traffic.delete_all()
        self.measure(processes)
        events, lost = oracle.end()
        return events if not lost else None

    def status(self, process, name, lines):
        incomplete = any(r.get("status") == "partial" for r in lines if r["type"] == "window")
        allowed = 4 if self.plan.get("strict") and incomplete else 0
        self.case.expect(f"{name}: status", process.returncode, allowed)
        self.wrong += holds.messages(f"{name}.err", "ctagg", ALLOWED)

    def expected(self, events, kind):
        """How many events of a kind the selection takes: at least, and at most."""
        verdicts = [traffic.matches(e, self.plan["select"]) for e in events if e["kind"] == kind]
        return verdicts.count(True), len(verdicts) - verdicts.count(False)


class Windows(Watching):
    def go(self):
        plan = self.plan
        args = self.spool(plan["args"])
        tables = ["bpf", "hash"] if plan["conntrack"] else ["hash"]
        if not self.has_kernel_table():
            tables = ["hash"]
        if plan.get("solo"):
            tables = [self.rng.choice(tables)]
        processes, names = [], []
        for number, table in enumerate(tables):
            mine = args if number == 0 else self.without(args, "spool", "spool-max", "spool-sync", "metrics")
            mine = [*mine, f"--output={table}.jsonl", f"--table={table}", *(plan.get("groups", []) if number == 0 else [])]
            processes.append(self.case.start_ready(mine, table))
            names.append(table)
        if plan["events"] and plan["conntrack"]:
            words = selecting(plan)
            processes.append(self.case.start_ready(["--events", "-o", "events.jsonl", *netns(plan), *words], "events"))
            names.append("events")
        dead = [f"{name}: ended at once, status {p.returncode}: {open(name + '.err').read()[:400]}" for p, name in zip(processes, names)
                if p.poll() is not None and "count" not in plan]
        if dead:
            self.wrong += dead
            self.stop(processes)
            return
        events = self.traffic(processes)
        self.stop(processes)
        self.hold(tables, processes, names, events)

    def has_kernel_table(self):
        """Whether the machine has it: a build or a privilege can be missing."""
        command = [f"{self.case.build}/ctagg", "--table=bpf", "--window=1ms", "--count=1"]
        return not subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode

    def stop(self, processes):
        for process in processes:
            if process.poll() is None:
                process.send_signal(getattr(signal, "SIG" + self.plan["stop"]))
        for process in processes:
            process.wait(60)

    def hold(self, tables, processes, names, events):
        plan, outputs = self.plan, {}
        for table, process in zip(tables, processes):
            name = f"{table}.jsonl"
            self.case.records.append(name)
            lines = outputs[table] = holds.lines_of(name)
            self.wrong += holds.whole(name)
            self.wrong += holds.slots(lines, bool(plan.get("unaligned")))
            self.wrong += holds.levels(lines)
            self.status(process, table, lines)
            if "count" in plan:
                self.case.expect(f"{table}: windows at most", len(holds.windows_of(lines)) <= plan["count"], True)
            self.complete(table, lines, events)
        if len(tables) == 2 and "count" not in plan and not any(lost(lines) for lines in outputs.values()):
            self.wrong += holds.alike(outputs["bpf"], outputs["hash"], "bpf and hash")
        self.drops(outputs[tables[0]])
        if "events" in names:
            self.read_back(outputs[tables[-1]], processes[names.index("events")])
        if plan["deliver"]:
            consumers.deliver(self.case, plan["deliver"], outputs[tables[0]])
        for view in plan["view"]:
            consumers.view(self.case, view, f"{tables[0]}.jsonl", outputs[tables[0]])

    def complete(self, table, lines, events):
        """Every event is in a window, or stated as lost."""
        if events is None or not self.plan["conntrack"]:
            return
        for counter, kind in (("starts", "start"), ("ends", "end")):
            least, most = self.expected(events, kind)
            got = holds.total(holds.windows_of(lines), counter)
            missing = holds.total(holds.windows_of(lines), "lost_events") or (10**9 if "count" in self.plan else 0)
            if not least - missing <= got <= most:
                self.wrong.append(f"{table}: {got} {counter}, conntrack(8) says {least} to {most}, {missing} lost")

    def drops(self, lines):
        plan, windows = self.plan, holds.windows_of(lines)
        if "count" in plan:
            return
        if plan["drops"]:
            counted = traffic.counters()
            groups = "".join(plan["groups"])
            for name, port, taken in (("five", 5000, "5" in groups or "auto" in groups), ("six", 5001, "6" in groups)):
                packet = {"kind": "drop", "src": "127.0.0.1", "dst": "127.0.0.1", "proto": 17, "dport": port}
                verdict = traffic.matches(packet, plan["select"])
                counter = "drops" if name == "five" else "logged"
                got = holds.total(windows, counter) + (holds.total(windows, "lost_drops") if not plan["select"] else 0)
                if taken and verdict is None or any(w.get("lost_drops", 0) is None for w in windows):
                    continue        # the window says that packets were lost, and that nobody knows yet how many
                self.case.expect(f"{counter} of group {name}", got, counted[name] if taken and verdict else 0)
        if plan["rules"]:
            self.case.expect("packets of rules", sum(r.get("packets") or 0 for r in lines if r["type"] == "rule" and r.get("window_ms") == windows[0]["window_ms"]), traffic.ruled())

    def read_back(self, direct, process):
        """The events of the same traffic, as lines, read again, give the same sums."""
        self.case.records.append("events.jsonl")
        self.case.expect("events: status", process.returncode, 0)
        status, out, err = self.case.run("ctagg", ["--read=events.jsonl", "-w", "1h", "-o", "again.jsonl"])
        self.case.expect("--read: status, messages", (status, err), (0, ""))
        again = holds.lines_of("again.jsonl")
        if "count" in self.plan or lost(direct) or any(r["type"] == "loss" for r in holds.lines_of("events.jsonl")):
            return
        for counter in ("starts", "ends"):
            self.case.expect(f"{counter} of --events, read", holds.total(holds.windows_of(again), counter), holds.total(holds.windows_of(direct), counter))


def lost(lines):
    return any((r.get("lost_events") or r.get("lost_events_max")) for r in lines if r["type"] == "window")


def selecting(plan):
    return [f"--{name}={value}" for name, value in plan["select"].items()]


def netns(plan):
    return [] if plan.get("netns", "own") == "own" else [f"--netns={plan['netns']}"]


class Events(Watching):
    def go(self):
        plan = self.plan
        args = self.spool(plan["args"])
        process = self.case.start_ready([*args, "-o", "events.jsonl", *plan.get("groups", [])], "events")
        if process.poll() is not None:
            self.wrong.append(f"events: ended at once, status {process.returncode}: {open('events.err').read()[:400]}")
            return
        events = self.traffic([process])
        self.case.end(process, getattr(signal, "SIG" + plan["stop"]))
        self.case.records.append("events.jsonl")
        lines = holds.lines_of("events.jsonl")
        losses = [r for r in lines if r["type"] == "loss"]
        self.case.expect("events: status", process.returncode, 4 if plan.get("strict") and losses else 0)
        self.wrong += holds.messages("events.err", "ctagg", ALLOWED)
        for kind in ("start", "end"):
            if events is not None and not losses:
                least, most = self.expected(events, kind)
                got = sum(r.get("kind") == kind for r in lines)
                if not least <= got <= most:
                    self.wrong.append(f"{got} lines of {kind}, conntrack(8) says {least} to {most}")
        if plan["drops"] and not losses and not plan["select"]:
            self.case.expect("lines of drops", sum(r.get("kind") == "drop" for r in lines), traffic.counters()["five"])
        self.reads(plan, lines)
        if plan["deliver"]:
            consumers.deliver(self.case, plan["deliver"], lines)

    def reads(self, plan, lines):
        for number, read in enumerate(plan["reads"]):
            name = f"read{number}.jsonl"
            args = [a.replace("METRICS", "metrics") for a in read["args"]]
            status, out, err = self.case.run("ctagg", [*args, "--read", "events.jsonl", "-o", name])
            again = holds.lines_of(name)
            incomplete = any(r.get("status") == "partial" for r in again)
            self.case.expect("--read: status", status, 4 if read.get("strict") and incomplete else 0)
            self.case.said(err)
            if not lines:
                continue
            self.case.records.append(name)
            late = holds.total(holds.windows_of(again), "late_events")   # seen before the window that counts them
            self.wrong += [w for w in holds.whole(name) if not (late and "seen outside its window" in w)] + holds.levels(again) + holds.slots(again, bool(read.get("unaligned")))
            if not read["select"]:
                for counter, kind in (("starts", "start"), ("ends", "end"), ("drops", "drop"), ("logged", "logged")):
                    self.case.expect(f"{counter} of --read", holds.total(holds.windows_of(again), counter), sum(r.get("kind") == kind for r in lines))
            if read.get("seeded"):
                status, out, err = self.case.run("ctagg", [*args, "--read=events.jsonl", "-o", name + ".twice"])
                self.case.expect("the same bytes with --seed", open(name + ".twice", "rb").read() == open(name, "rb").read(), True)
            for view in read["view"]:
                consumers.view(self.case, view, name, again)


class Snapshot(Watching):
    def go(self):
        plan = self.plan
        for _ in range(self.rng.choice([1, 2])):
            traffic.run(f"{self.case.tools}/ctgen", "--hold", f"--keys={self.rng.choice([1, 50, 700])}", f"--live={self.rng.choice([10, 900])}",
                        f"--events={self.rng.choice([10, 900])}", f"--proto={self.rng.choice(['tcp', 'udp', 'sctp'])}", *self.rng.choice([[], ["--mixed"]]),
                        f"--zone={self.rng.randrange(60000)}")
        args = self.spool(plan["args"])
        shot = self.shoot(args, "one.jsonl")
        if shot is None:
            return
        with open("/proc/sys/net/netfilter/nf_conntrack_count") as file:
            there = int(file.read())
        window = shot[-1]
        if not plan["select"]:
            live = window.get("previous_live", 0) if plan["state"] and "live" not in window else window.get("live", window.get("starts"))
            if not plan["state"]:
                self.case.expect("live connections", live, there)
        if plan["state"]:
            again = self.shoot(args, "two.jsonl")
            if again is not None and not self.plan.get("acct"):
                changes = [r for r in again if r["type"] == "change"]
                if changes and not folded_state(again):
                    self.wrong.append(f"nothing has changed, but: {str(changes[0])[:300]}")
        if plan["deliver"]:
            consumers.deliver(self.case, plan["deliver"], shot + (again if plan["state"] and again else []))
        for view in plan["view"]:
            if view["way"] != "report":     # which is of windows of time
                consumers.view(self.case, view, "one.jsonl", shot)

    def shoot(self, args, name):
        status, out, err = self.case.run("ctagg", [*args, f"--output={name}"])
        if self.plan["state"] and self.plan["max_flows"] < 1000 and "more than --max-flows has room for" in err:
            self.case.said(err)
            self.case.expect("refused: status, lines", (status, os.path.exists(name) and os.path.getsize(name) > 0), (1, False))
            return None
        lines = holds.lines_of(name)
        partial = bool(lines) and lines[-1].get("status") == "partial"
        self.case.expect("--snapshot: status", status, 4 if self.plan.get("strict") and partial else 0)
        self.case.said(err)
        if not lines or lines[-1]["type"] != "window":
            self.wrong.append(f"--snapshot: no window: {err[:300]}")
            return None
        self.case.records.append(name)
        self.wrong += holds.shot(name, lines, self.plan["state"])
        return lines


def folded_state(lines):
    return lines[-1].get("status") == "partial"
