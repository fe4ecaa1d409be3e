# SPDX-License-Identifier: GPL-2.0-or-later
# What the programs are asked to do while something fails. Each scenario says how it is started, what happens meanwhile, and
# what its result has to be when the program says that all is well.
import json
import os
import re
import shutil
import signal
import subprocess
import time

from fault import TOOLS, Wrong
from judge import check_windows, is_stated, plain, total, whole_lines, whole_windows

CTAGG = os.environ["CTAGG"]
FOLDER = os.path.dirname(CTAGG)
ACCT = "/proc/sys/net/netfilter/nf_conntrack_acct"
SPOOLS = ["spool", "spool2"]


def remove(*names):
    for name in names:
        if os.path.isdir(name) and not os.path.islink(name):
            shutil.rmtree(name)
        elif os.path.lexists(name):
            os.remove(name)


def whole_text(name):
    with open(name, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def generate(*options):
    made = subprocess.run([os.path.join(TOOLS, "ctgen"), *options], check=True, capture_output=True, text=True)
    made = json.loads(made.stdout.splitlines()[-1])
    return made["created"], made["deleted"]


def write_events(file, count):
    """Lines for --read: as many starts as ends, with counters, of some flows, over three windows."""
    with open(file, "w", encoding="ascii") as out:
        for i in range(count):
            second = i * 29 // count
            out.write(json.dumps({
                "type": "event", "schema": 1, "kind": "end" if i % 2 else "start", "time": f"2026-11-21T01:00:{second:02}.000000Z",
                "proto": "tcp", "src_ip": f"10.0.{i % 7}.{i % 50}", "src_port": 1024 + i, "dst_ip": "192.0.2.10", "dst_port": 40443,
                **({"orig_packets": 2, "orig_bytes": 100, "reply_packets": 1, "reply_bytes": 60} if i % 2 else {})}) + "\n")


class Scenario:
    """A program that runs to its end by itself, and writes `out`."""
    program = "ctagg"
    writes = ["out"]
    done = (0,)			# the status when all is well

    def __init__(self, name, options):
        self.name, self.options = name, options
        self.expected = None	# the records of a run in which nothing failed

    def argv(self):
        return [os.path.join(FOLDER, self.program), *self.options]

    def prepare(self):
        remove(*self.writes)

    def drive(self, process, is_ready):
        """While it runs. Returns what was made."""
        return None

    def tidy(self):
        """After it."""

    def records(self):
        return whole_lines(self.writes[0])

    def check(self, status, made, has_said):
        """Returns what the result is: exact, stated, or (it ended with a message) ended."""
        lines = self.records()
        check_windows(whole_windows(lines) if status else lines)
        if status:
            return "ended"
        if self.expected is not None and plain(lines) == self.expected:
            return "exact"
        if not has_said and not is_stated(lines):
            other = sorted(set(plain(lines)) ^ set(self.expected or []))
            raise Wrong(f"another result, and nothing is said: {len(lines)} lines, as {' '.join(other[:2])}")
        return "stated"


class Read(Scenario):
    """Events from a file, by ctagg --read."""
    events = 400

    def __init__(self, name, options):
        super().__init__(name, ["--read=events", "--seed=1", "-o", "out", *options])
        write_events("events", self.events)

    def check(self, status, made, has_said):
        verdict = super().check(status, made, has_said)
        lines = self.records()
        if not status and lines:
            level = min(r["window_ms"] for r in lines)
            counted = sum(total(lines, f, level) for f in ("starts", "ends", "lost_events", "unselected_events"))
            if counted != self.events:
                raise Wrong(f"{counted} events of {self.events}")
        return verdict


class Netlink(Scenario):
    """Events of the kernel, until a signal comes."""
    ready = "ctagg: ready"
    may_drop = False	# a window, after a message

    def __init__(self, name, options, more=()):
        super().__init__(name, ["-v", "-w", "1h", "-o", "out", *options])
        self.more = list(more)

    def make(self):
        return generate("--keys", "20", "--events", "200", "--live", "50", *self.more)

    def drive(self, process, is_ready):
        made = None
        if is_ready():
            made = self.make()
            process.send_signal(signal.SIGUSR2)
            self.wait_for_window(process)
            created, deleted = self.make()
            made = made[0] + created, made[1] + deleted
        process.terminate()
        return made

    def wait_for_window(self, process):
        until = time.monotonic() + 5
        while time.monotonic() < until and process.poll() is None and not whole_windows(self.records()):
            time.sleep(0.01)

    def check(self, status, made, has_said):
        verdict = super().check(status, made, has_said or made is None)
        lines = whole_windows(self.records())
        counted = sum(total(lines, f) for f in ("starts", "ends", "lost_events"))
        unknown = any(r.get("lost_events", 0) is None for r in lines if r["type"] == "window")
        if made and status == 0 and counted != sum(made) and not unknown and not (self.may_drop and has_said):
            raise Wrong(f"{counted} events of {sum(made)}")
        if made and counted > sum(made):
            raise Wrong(f"{counted} events, and only {sum(made)} were made")
        return verdict


class Spooled(Netlink):
    """The same, in two spools: a file for each window."""
    writes = [*SPOOLS, "out", "metrics"]
    may_drop = True

    def prepare(self):
        super().prepare()
        for spool in SPOOLS:
            os.mkdir(spool)

    def records(self):
        lines = []
        folder = SPOOLS[0] + "/new"
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            window = whole_lines(f"{folder}/{name}")
            if not window or window[-1]["type"] != "window":
                raise Wrong(f"{name}: not a whole window")
            lines += window
        return lines


class Enabled(Netlink):
    """With --enable=acct, which is as before when the program has ended, or it says that it is not."""

    def prepare(self):
        super().prepare()
        with open(ACCT, "w", encoding="ascii") as file:
            file.write("0")

    def check(self, status, made, has_said):
        with open(ACCT, encoding="ascii") as file:
            left = file.read().strip()
        if left != "0" and not has_said:
            raise Wrong("nf_conntrack_acct is still on, and nothing is said")
        return super().check(status, made, has_said)


class Dropped(Netlink):
    """Packets that a rule drops and logs."""

    def make(self):
        subprocess.run([os.path.join(TOOLS, "packets"), "--count", "60", "--to", "127.0.0.1", "--port", "5000", "--ports", "5"],
                       check=True, stdout=subprocess.DEVNULL)
        return 60, 0

    def check(self, status, made, has_said):
        verdict = Scenario.check(self, status, made, has_said or made is None)
        lines = whole_windows(self.records())
        counted = total(lines, "drops") + total(lines, "lost_drops")
        unknown = any(r.get("lost_drops", 0) is None for r in lines if r["type"] == "window")
        if made and (counted > sum(made) or (status == 0 and counted != sum(made) and not unknown)):
            raise Wrong(f"{counted} drops of {sum(made)}")
        return verdict


class Compared(Scenario):
    """A snapshot that is compared with the one in a file: afterwards the file is whole, the old one or the new one."""

    def __init__(self, name):
        super().__init__(name, ["--snapshot", "--state=state", "-o", "out"])
        generate("--keys", "30", "--events", "30", "--live", "30", "--hold")
        remove("state.old")
        subprocess.run([CTAGG, "--snapshot", "--state=state.old", "-o", "/dev/null"], check=True)
        generate("--keys", "10", "--events", "10", "--live", "10", "--hold", "--zone", "3")

    def check(self, status, made, has_said):
        lines = self.records()
        if status:
            return "ended"
        if self.expected is not None and plain(lines) == self.expected:
            return "exact"
        if not has_said and not is_stated(lines):
            raise Wrong(f"another result, and nothing is said: {len(lines)} lines")
        return "stated"

    def prepare(self):
        super().prepare()
        shutil.copy("state.old", "state")

    def tidy(self):
        remove("again")
        again = subprocess.run([CTAGG, "--snapshot", "--state=state", "-o", "again"], capture_output=True, text=True, check=False)
        if again.returncode or again.stderr:
            raise Wrong(f"the next snapshot: {again.stderr}")
        left = [name for name in os.listdir(".") if name.startswith(("state.", ".state")) and name != "state.old"]
        if left:
            raise Wrong(f"left behind: {left}")


class Delivered(Scenario):
    """A spool that ctagg-deliver sends: what it does not say to be left was taken, and what was not taken is left."""
    program = "ctagg-deliver"
    writes = ["out", "spool", "taken", "r/taken", "metrics", "archive"]
    windows = 5
    takes = "taken"		# the file in which the lines are that were taken

    def prepare(self):
        super().prepare()
        for folder in ("spool", "spool/new", "spool/tmp", "spool/dead", "archive"):
            os.mkdir(folder)
            os.chmod(folder, 0o2770)
        for i in range(self.windows):
            with open(f"spool/new/{self.window(i)}", "w", encoding="ascii") as file:
                file.write(f'{{"id":"{i}-1"}}\n{{"id":"{i}-2"}}\n')

    @staticmethod
    def window(number):
        return f"20261121T00{number:02}00.000Z-60s-gw1-k3v9x2ma-{number:010}.jsonl"

    def check(self, status, made, has_said):
        left = len(os.listdir("spool/new")) + len(os.listdir("spool/dead"))
        taken = set()
        if os.path.exists(self.takes):
            with open(self.takes, encoding="ascii") as file:
                taken = {json.loads(line)["id"].split("-")[0] for line in file}
        if len(taken) + left < self.windows:
            raise Wrong(f"{len(taken)} windows were taken, {left} are left, of {self.windows}")
        if status == 0 and left:
            raise Wrong(f"{left} windows are left, and the status is 0")
        if not status and not has_said:
            return "exact"
        return "ended" if status else "stated"


class Exported(Delivered):
    """IPFIX, of real records, into a file: what is removed from the spool is in the file."""

    def prepare(self):
        super().prepare()
        remove("spool/new")
        shutil.copytree("windows", "spool/new")

    def check(self, status, made, has_said):
        left = len(os.listdir("spool/new")) + len(os.listdir("spool/dead"))
        size = os.path.getsize("taken") if os.path.exists("taken") else 0
        if status == 0 and left:
            raise Wrong(f"{left} windows are left, and the status is 0")
        if self.expected is None:
            self.expected = size
        if status == 0 and not has_said and size != self.expected:
            raise Wrong(f"{size} bytes of {self.expected}, and nothing is said")
        return "ended" if status else "stated" if has_said else "exact"


class Posted(Delivered):
    """To a server."""
    takes = "r/taken"


class Listed(Delivered):
    """Nothing is sent."""

    def records(self):
        return [re.sub("[0-9]+", "N", line) for line in whole_text("stdout")]

    def check(self, status, made, has_said):
        if len(os.listdir("spool/new")) != self.windows:
            raise Wrong("windows are gone")
        if not status and not has_said and self.records() != self.expected:
            raise Wrong("another text, and nothing is said")
        return "ended" if status else "stated" if has_said else "exact"


class Viewed(Scenario):
    """Text of ctagg-view: with status 0 it is what it is without a fault, unless a message says what is not."""
    program = "ctagg-view"

    def records(self):
        return whole_text("out" if os.path.exists("out") else "stdout")

    def check(self, status, made, has_said):
        lines = self.records()
        if status not in self.done:
            return "ended"
        if lines == self.expected:
            return "exact"
        if not has_said:
            raise Wrong(f"another text of {len(lines)} lines, and nothing is said")
        return "stated"


class Printed(Viewed):
    """What ctagg says of itself and of the machine."""
    program = "ctagg"
    done = (0, 3)	# --check has found something

    def check(self, status, made, has_said):
        more = set(self.records()) - set(self.expected or [])	# --check says what it could not find out
        missing = set(self.expected or []) - set(self.records())
        stated = any("cannot be read" in line for line in more) if missing else bool(more)
        return super().check(status, made, has_said or stated)
