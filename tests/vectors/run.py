# SPDX-License-Identifier: GPL-2.0-or-later
"""Run ctagg --read over vectors: see README. usage: run.py PROGRAM [VECTOR...]"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
from compare import differences  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
PIECE = 997  # bytes that the pipe gets at once: a prime, so that lines are split everywhere
SEEDED = "--seed=1"
A_MINUTE = 60  # more than any machine takes


def text_of(name, default=""):
    try:
        with open(name, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return default


def feed(pipe, data):
    """Write data in pieces. A program that has read enough (--count) goes away before the end."""
    try:
        with pipe:
            for i in range(0, len(data), PIECE):
                pipe.write(data[i : i + PIECE])
                pipe.flush()
    except BrokenPipeError:
        pass


class Vector:
    def __init__(self, program, name):
        self.program, self.name = program, name
        self.options = [o for o in text_of("options").splitlines() if not o.startswith("#")]
        self.expected = text_of("expected.jsonl")
        self.problems = []

    def start(self, source, *options, **streams):
        command = [self.program, f"--read={source}", *self.options, *options]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **streams)

    def output(self, running):
        """What a run has written; its status and messages are held against the vector's."""
        try:
            out, err = running.communicate(timeout=A_MINUTE)
        except subprocess.TimeoutExpired:
            running.kill()
            out, err = running.communicate()
            self.problems.append("did not end")
        self.judge(running.returncode, err.decode())
        return out

    def judge(self, status, err):
        expected = int(text_of("expected.status", "0"))
        if status != expected:
            self.problems.append(f"status {status}, expected {expected}")
        lines, patterns = err.splitlines(), text_of("expected.err").splitlines()
        if len(lines) != len(patterns) or not all(map(re.search, patterns, lines)):
            self.problems.append(f"messages {lines}, expected {patterns}")

    def of_file(self, *options, name="input.jsonl"):
        return self.output(self.start(name, *options))

    def compare(self, out, how):
        try:
            self.problems += [how + wrong for wrong in differences(self.expected, out.decode("ascii"))]
        except ValueError as why:
            self.problems.append(f"{how}not lines of ctagg: {why}")

    def has_an_order(self):
        """Whether it matters in which order the events come: not within one window that has room for all."""
        windows = self.expected.count('"type":"window"')
        return windows != 1 or re.search('"late_events":[1-9]|table_full', self.expected) or os.path.exists("expected.err")

    def of_pipe(self, *options):
        running = self.start("-", *options, stdin=subprocess.PIPE)
        with open("input.jsonl", "rb") as file:
            writer = threading.Thread(target=feed, args=(running.stdin, file.read()))
        running.stdin = None  # communicate() leaves it to the writer
        writer.start()
        out = self.output(running)
        writer.join()
        return out

    def run(self):
        out = self.of_file()
        self.compare(out, "")
        if not self.has_an_order():
            with open("input.jsonl", "rb") as file, open("reversed.jsonl", "wb") as backwards:
                backwards.writelines(line.rstrip(b"\n") + b"\n" for line in reversed(file.readlines()))
            self.compare(self.of_file(name="reversed.jsonl"), "backwards: ")
        seeded = self.of_file(SEEDED)
        if self.of_pipe(SEEDED) != seeded:
            self.problems.append(f"{SEEDED}: other bytes from a pipe than from the file")
        return out


def run_all(program, names, outputs):
    """How many vectors failed. What each has given is put into the folder `outputs`."""
    failed = 0
    for name in names:
        with tempfile.TemporaryDirectory() as work:
            shutil.copytree(os.path.join(HERE, name), work, dirs_exist_ok=True)
            os.chmod(work, 0o700)  # make distcheck reads from a folder that nobody may write to
            os.chdir(work)
            if os.path.exists("key"):
                os.chmod("key", 0o600)
            vector = Vector(program, name)
            with open(os.path.join(outputs, name), "wb") as file:
                file.write(vector.run())
            os.chdir(HERE)
        failed += bool(vector.problems)
        for problem in vector.problems:
            print(f"FAIL {name}: {problem}")
    return failed


def has_validator():
    """Whether tests/validate, which runs Debian's Python, has its library."""
    try:
        return subprocess.run(["/usr/bin/python3", "-c", "import fastjsonschema"], stderr=subprocess.DEVNULL).returncode == 0
    except FileNotFoundError:
        return False


def is_as_the_schema_has_it(program, outputs):
    schema = os.path.join(outputs, "schema")
    with open(schema, "wb") as file:
        subprocess.run([program, "--schema"], stdout=file, check=True)
    files = [entry.path for entry in os.scandir(outputs) if entry.path != schema]
    return subprocess.run([os.path.join(HERE, "..", "validate"), schema, *files]).returncode == 0


def main():
    program = os.path.abspath(sys.argv[1])
    names = sys.argv[2:] or sorted(e.name for e in os.scandir(HERE) if e.is_dir() and e.name != "__pycache__")
    if len(sys.argv) == 2 and len(names) < 40:
        sys.exit(f"FAIL: {len(names)} vectors, where there are at least 40")
    with tempfile.TemporaryDirectory() as outputs:
        failed = run_all(program, names, outputs)
        valid = not has_validator() or is_as_the_schema_has_it(program, outputs)
    print(f"{len(names) - failed} of {len(names)} vectors are as expected")
    sys.exit(1 if failed or not valid else 0)


main()
