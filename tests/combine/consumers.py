# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of the lines: ctagg-deliver takes a spool somewhere, ctagg-view shows a file."""
import csv
import fcntl
import io
import json
import os
import select
import signal
import struct
import subprocess
import termios
import time

import ways
import holds
import traffic

HERE = os.path.dirname(os.path.abspath(__file__))
TAKE = """#!/bin/sh
case $CTAGG_NAME in
*1.jsonl) [ ! -e fail ] || [ -e "failed.$CTAGG_NAME" ] || { : >"failed.$CTAGG_NAME"; exit 75; } ;;
esac
cat >>taken
"""


def ids(lines):
    return sorted(r.get("id") or json.dumps(r, sort_keys=True) for r in lines)


def deliver(case, plan, lines):
    """Every line of the spool arrives, once; what is left says so."""
    if "--user" in " ".join(plan["args"]) and os.stat("spools/s").st_uid == 0:
        subprocess.run(["chown", "-R", "nobody", "spools"], check=True)
    who = ["--user=nobody"] if os.stat("spools/s").st_uid else []
    waiting = sorted(os.listdir("spools/s/new"))
    spooled = []
    for name in waiting:
        with open(f"spools/s/new/{name}", encoding="latin-1") as file:
            spooled += [json.loads(line) for line in file]
    case.expect("lines in the spool are those of the output", ids(spooled), ids(lines))
    status, out, err = case.run("ctagg-deliver", ["--spool=spools/s", *who, "--list"])
    case.expect("--list", (status, len(out.splitlines())), (0, len(waiting)))
    receiver = prepare(plan, who)
    try:
        args = ["--spool", "spools/s", *(who if "--user" not in " ".join(plan["args"]) else []), *(a.replace("URL", f"http://{receiver[1]}/x").replace("ADDRESS", receiver[1]) if receiver else a for a in plan["args"])]
        args = [a.replace("ARCHIVE", "archive").replace("DELIVERED", "delivered") for a in args]
        go(case, plan, args, waiting)
        arrived(case, plan, spooled, waiting)
    finally:
        if receiver:
            receiver[0].kill()
            receiver[0].wait()
    status, out, err = case.run("ctagg-deliver", ["--spool=spools/s", *who, *plan["status"]])
    # ctagg has ended, which --status notices when a window is overdue
    dead = "ctagg is dead" in out or '"state":"critical"' in out and '"pending":0' in out and '"dead":0' in out
    case.expect(f"--status: status ({out.strip()[:300]})", status, 2 if dead else 0)
    case.expect("--retry-dead", case.run("ctagg-deliver", ["--spool=spools/s", *who, "--retry-dead"])[::2],
                (0, "ctagg-deliver: 0 dead letters wait again, to be sent\n"))
    if plan["archive"]:
        case.expect("names in the archive", sorted(os.listdir("archive")), waiting)
        before = len(os.listdir("archive"))
        status, out, err = case.run("ctagg-deliver", ["--archive=archive", *who, *plan["keep"]])
        case.expect(f"--keep: status, messages ({err})", (status, err.startswith(f"ctagg-deliver: archive: {before} files of windows; ")), (0, True))
        left = len(os.listdir("archive"))
        case.expect("files that --keep has left", left <= before and ("--dry-run" not in plan["keep"] or left == before), True)


def prepare(plan, who):
    """The other end: a command, or a receiver with its address."""
    with open("take", "w") as file:
        file.write(TAKE)
    os.chmod("take", 0o755)
    for name in ("taken",):
        open(name, "a").close()
        os.chmod(name, 0o666)
    with open(os.open("headers", os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.write("X-Test: one\n")
    for name in ("ca.pem", "cert.pem"):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=x",
                        "-keyout", name + ".key", "-out", name], check=True, stderr=subprocess.DEVNULL)
        if name == "cert.pem":
            os.chmod(name, 0o600)
            with open(name, "a") as to, open(name + ".key") as key:
                to.write(key.read())
    if who:
        subprocess.run(["chown", "nobody", "headers", "ca.pem", "cert.pem"], check=True)
    os.makedirs("archive", exist_ok=True)
    os.chmod("archive", 0o777)
    if plan["failures"] and plan["way"] == "exec":
        open("fail", "w").close()
    if plan["way"] not in ("url", "udp", "ipfix"):
        return None
    os.mkdir("r")
    if plan["failures"]:
        with open("r/answers", "w") as file:
            file.write("503\n200\nclose\n200\n429\n200\n")
    process = subprocess.Popen([f"{HERE}/../tools/receiver", *(["--udp", "--buffer=33554432"] if plan["way"] != "url" else []), "r"], stderr=open("receiver.err", "w"))
    traffic.wait(lambda: os.path.exists("r/port") and os.path.getsize("r/port") or process.poll() is not None)
    with open("r/port") as file:
        return process, f"127.0.0.1:{file.read().strip()}"


def go(case, plan, args, waiting):
    if plan["once"]:
        status, out, err = case.run("ctagg-deliver", args)
        case.expect("--once: status", status, 0)
        case.said(err, "ctagg-deliver")
        return
    process = subprocess.Popen(case.command("ctagg-deliver", args), stdin=subprocess.DEVNULL, stderr=open("deliver.err", "wb"))
    traffic.wait(lambda: not os.listdir("spools/s/new") or process.poll() is not None, 200)
    process.send_signal(signal.SIGTERM)
    case.expect("ctagg-deliver: status", process.wait(60), 0)
    case.wrong.extend(holds.messages("deliver.err", "ctagg-deliver", ways.ALLOWED))


def arrived(case, plan, spooled, waiting):
    case.expect("files that wait, dead ones", (os.listdir("spools/s/new"), os.listdir("spools/s/dead")), ([], []))
    if plan["way"] == "exec":
        case.expect("lines that arrived", ids(holds.lines_of("taken")), ids(spooled))
    elif plan["way"] == "url":
        case.expect("lines that arrived", ids(holds.lines_of("r/taken")), ids(spooled))
    elif plan["way"] == "udp":
        def texts():
            found = holds.lines_of("r/datagrams")
            return [json.loads(d["text"][d["text"].index("{"):]) for d in found]
        header = 150 if "--syslog" in plan["args"] else 0
        short = [r for r in ids([r for r in spooled if len(json.dumps(r, separators=(",", ":"))) + header < 1400])]
        traffic.wait(lambda: set(short) <= set(ids(texts())))
        case.expect("datagrams that came twice", len(texts()), len(set(ids(texts()))))
    elif plan["way"] == "ipfix-file" and any(r["type"] == "flow" and r.get("src_ip") for r in spooled):
        case.expect("bytes of IPFIX", os.path.getsize("flows.ipfix") > 16, True)


# --- ctagg-view

def view(case, plan, name, lines):
    args = [a.replace("REPORT", "page.html") for a in plan["args"]]
    lengths = sorted({r["window_ms"] for r in lines if "window_ms" in r})
    length = lengths[0] if lengths else 0
    if plan["level"] and lengths:
        length = lengths[-1]
        args.append(f"--level={length}ms")
    if plan["way"] in ("follow", "live"):
        return terminal(case, [*args, f"--follow={name}"] if plan["way"] == "follow" else [*args, name])
    status, out, err = case.run("ctagg-view", [*args, name])
    case.expect("ctagg-view: status", status, 0)
    case.said(err, "ctagg-view")
    if plan["way"] == "report":
        with open("page.html") as file:
            case.expect("a whole report", file.read().rstrip().endswith("</html>"), True)
    elif plan["way"] == "csv":
        rows = list(csv.DictReader(io.StringIO(out, newline="")))
        shown = [r for r in lines if r["type"] in ("flow", "other") and r.get("window_ms", 0) == length]
        for counter in ("starts", "ends", "drops", "orig_bytes", "reply_packets"):
            wanted, got = holds.total(shown, counter), sum(int(row[counter] or 0) for row in rows)
            if got > wanted or (not plan["any"] and got != wanted):
                case.wrong.append(f"--csv: {counter}: {got}, expected {wanted}")
    return None


def terminal(case, args):
    """The live view, on a terminal, through all its views, until q."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    env = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8")
    process = subprocess.Popen(case.command("ctagg-view", args), stdin=slave, stdout=slave, stderr=open("view.err", "wb"), env=env,
                               start_new_session=True, preexec_fn=lambda: fcntl.ioctl(1, termios.TIOCSCTTY, 0))
    os.close(slave)
    seen, keys, until = b"", list(b"fxypuldhsSrwct?q"), time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        if select.select([master], [], [], 0.05)[0]:
            try:
                seen += os.read(master, 65536)
            except OSError:
                break
        elif b"\x1b[?1049h" in seen:
            os.write(master, bytes([keys.pop(0) if keys else ord("q")]))
    if process.poll() is None and time.monotonic() >= until:
        process.kill()
        case.wrong.append("the live view did not end")
    case.expect("the live view: status", process.wait(60), 0)
    os.close(master)
    case.wrong.extend(holds.messages("view.err", "ctagg-view", ways.ALLOWED))
