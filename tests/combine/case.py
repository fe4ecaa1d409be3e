# SPDX-License-Identifier: GPL-2.0-or-later
"""One case, in namespaces of its own: case.py BUILD SEED INDEX. Its last line says as JSON what was run and what did not hold."""
import json
import os
import random
import signal
import subprocess
import sys
import traceback

import ways
import holds
import known
import plan as plans
import system
import traffic



class Case:
    def __init__(self, build, seed, index):
        self.build, self.tools = build, f"{build}/tests/tools"
        self.rng = random.Random(f"{seed}/{index}")
        self.plan = plans.make(self.rng)
        self.commands, self.wrong, self.used, self.records = [], [], {}, []
        self.bpf, self.spool_lines = set(), []

    def expect(self, what, got, wanted):
        if got != wanted:
            self.wrong.append(f"{what}: {got}, expected {wanted}")

    def command(self, program, args):
        """A command line of ours, with what its words stand for; it is noted."""
        stands = {"NAME": "watched", "PATH": f"/proc/{os.getpid()}/ns/net", "PID": str(os.getpid())}
        words = []
        for arg in args:
            name, eq, value = arg.partition("=")
            words.append(name + eq + stands[value] if value in stands else stands.get(arg, arg))
        self.used.setdefault(program, set()).update(known.used_in(words))
        self.commands.append(" ".join([program, *map(repr_word, words)]))
        return [f"{self.build}/{program}", *words]

    def elsewhere(self):
        """Before a command that is to watch this namespace from another one."""
        return [] if self.plan.get("netns", "own") == "own" else ["unshare", "--net"]

    def start(self, args, name):
        command = self.elsewhere() + self.command("ctagg", args)
        err = open(f"{name}.err", "wb")
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=open(f"{name}.out", "ab"), stderr=err)
        return process

    def start_ready(self, args, name):
        """Started, and set up: it says so with -v, which is one of several ways to see it."""
        process = self.start([*args, "-v"], name)

        def ready():
            with open(f"{name}.err", "rb") as file:
                return b"\nctagg: ready" in b"\n" + file.read() or process.poll() is not None
        traffic.wait(ready)
        if process.poll() is None:
            self.bpf |= system.bpf_of(process.pid)
        return process

    def end(self, process, sig):
        if process.poll() is None:
            process.send_signal(sig)
        return process.wait(60)

    def run(self, program, args, **more):
        """Run it to its end: the status, and what it printed."""
        done = subprocess.run((self.elsewhere() if program == "ctagg" else []) + self.command(program, args),
                              stdin=more.pop("stdin", subprocess.DEVNULL), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **more)
        return done.returncode, done.stdout.decode("latin-1"), done.stderr.decode("latin-1")

    def said(self, text, program="ctagg"):
        with open("said", "w", encoding="latin-1") as file:
            file.write(text)
        self.wrong += holds.messages("said", program, ways.ALLOWED)

    def go(self):
        getattr(self, self.plan["kind"])()
        self.wrong += holds.schema([name for name in self.records if os.path.exists(name)]) if self.records else []
        left = system.bpf_left(self.bpf)
        if left:
            self.wrong.append(f"maps or programs are left: {sorted(left)}")

    # --- ways to run

    def windows(self):
        ways.Windows(self).go()

    def events(self):
        ways.Events(self).go()

    def snapshot(self):
        ways.Snapshot(self).go()

    def check(self):
        status, out, err = self.run("ctagg", self.plan["args"])
        if status not in (0, 3):
            self.wrong.append(f"--check: status {status}: {err[:300]}")
        worst = {"error": 3, "warning": 2, "note": 1}
        json_lines = "--check=json" in self.plan["args"]
        kinds = [json.loads(line)["severity"] if json_lines else line.split(":")[0] for line in out.splitlines()]
        if any(kind not in worst for kind in kinds):
            self.wrong.append(f"--check: not a line of a cause: {out[:300]}")
        else:
            limit = worst[self.plan.get("fail_on", "error")]
            self.expect("--check: status", status, 3 if any(worst[kind] >= limit for kind in kinds) else 0)
            self.expect("--check: order", [worst[k] for k in kinds], sorted((worst[k] for k in kinds), reverse=True))
        self.said(err)

    def traced(self):
        """Where the tracing program cannot be had it is refused, in one line and with nothing written; else it runs."""
        process = self.start_ready(self.plan["args"], "first")
        if process.poll() is None:
            self.wrong += ways.ends_by_signal(process)
            return
        process = self.start(self.plan["args"], "traced")
        self.expect("refused: status", process.wait(60), 1)
        with open("traced.err", encoding="latin-1") as file:
            said = file.read().splitlines()
        if len(said) != 1 or not said[0].startswith("ctagg: --"):
            self.wrong.append(f"refused: {said}")
        self.expect("refused: bytes written", os.path.getsize("traced.out"), 0)

    def words(self):
        for program, *args in self.plan["commands"]:
            status, out, err = self.run(program, args)
            self.expect(f"{program} {args}: status, messages", (status, err), (0, ""))
            if len(out) < 40:
                self.wrong.append(f"{program} {args}: nothing to read")


def repr_word(word):
    return word if word.isascii() and all(c.isalnum() or c in "-_=./,:" for c in word) else repr(word)


def prepare(case):
    """The world: /proc and /run of our own, a name for our namespace, files that options name."""
    for command in (["mount", "-t", "proc", "proc", "/proc"], ["mount", "-t", "tmpfs", "tmpfs", "/run"], ["ip", "link", "set", "lo", "up"]):
        subprocess.run(command, check=True)
    os.mkdir("/run/work")
    os.chdir("/run/work")
    os.chmod(".", 0o777)
    if case.plan.get("netns") == "NAME":
        subprocess.run(["ip", "netns", "attach", "watched", str(os.getpid())], check=True)
    with open("labels.csv", "w") as file:
        file.write("10.0.0.0/8,inside\n10.0.0.0/30,few\n198.18.0.0/15,tests\n2001:db8::/32,six\n127.0.0.0/8,own\nmark,label\n5,gold\n")
    with open("more.csv", "w") as file:
        file.write("fd00::/8,\u00fcber\n0.0.0.0/0,world\n")
    with open(os.open("anon.key", os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.write("0123456789abcdef" * 4)
    if "--user" in " ".join(case.plan.get("args", [])):
        os.chown("anon.key", 65534, -1)
    with open("schema.json", "w") as file:
        subprocess.run([f"{case.build}/ctagg", "--schema"], stdout=file, check=True)
    traffic.prepare(case.rng, case.plan)


def main():
    case = Case(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        prepare(case)
        before = system.now()
        case.go()
        case.wrong += system.differences(before)
    except Exception:  # whatever it is, the case says so
        case.wrong.append(traceback.format_exc()[-1500:])
    print(json.dumps({"index": int(sys.argv[3]), "kind": case.plan["kind"], "commands": case.commands, "wrong": case.wrong[:12],
                      "used": {program: sorted(names) for program, names in case.used.items()}}))


main()
