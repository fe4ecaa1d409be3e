# SPDX-License-Identifier: GPL-2.0-or-later
# The scenarios, in the order in which they are swept. Only those that are asked for are prepared.
import os
import subprocess

from scenarios import (CTAGG, FOLDER, Compared, Delivered, Dropped, Enabled, Exported, Listed, Netlink, Posted, Printed, Read, Spooled, Viewed,
                       write_events)


def read_all():
    with open("labels", "w", encoding="ascii") as file:
        file.write("10.0.0.0/16,inside\n192.0.2.0/24,outside\n::/0,six\n")
    with open("key", "w", encoding="ascii") as file:
        file.write("0" * 63 + "1")
    os.chmod("key", 0o600)
    return Read("ctagg --read, many options", ["-w", "5s,10s", "--labels=labels", "--anonymize=key", "-k", "src,dst-label,src-label,proto",
                                               "--distinct=dport", "-t", "5", "--metrics=metrics", "--tag=a=b"])


def recorded():
    write_events("events", 200)
    if not os.path.exists("recorded"):
        subprocess.run([CTAGG, "--read=events", "--seed=1", "-w", "5s", "-o", "recorded"], check=True)
    return "recorded"


def make_windows():
    """Five files of a spool with real records."""
    if not os.path.exists("windows"):
        os.mkdir("windows")
        os.mkdir("made")
        write_events("events", 200)
        subprocess.run([CTAGG, "--read=events", "--seed=1", "-w", "5s", "--spool=made"], check=True)
        for name in os.listdir("made/new"):
            os.rename(f"made/new/{name}", f"windows/{name}")


def exported():
    make_windows()
    return Exported("ctagg-deliver --ipfix-file", ["--spool=spool", "--once", "--ipfix-file=taken"])


def delivered(*options):
    return Delivered("ctagg-deliver --exec", ["--spool=spool", "--once", "--metrics=metrics", "--archive=archive", *options,
                                              "--exec", "/bin/sh", "-c", "cat >>taken"])


def sent():
    return Posted("ctagg-deliver --url", ["--spool=spool", "--once", "--gzip", "--retry=10ms", f"--url={os.environ['URL']}/"])


ALL = {
    "read": lambda: Read("ctagg --read", ["-w", "10s"]),
    "read-all": read_all,
    "hash": lambda: Netlink("ctagg, in memory", ["--table=hash"]),
    "bpf": lambda: Netlink("ctagg, kernel table", ["--table=bpf"]),
    "auto": lambda: Netlink("ctagg, either table", ["--table=auto"]),
    "interim": lambda: Netlink("ctagg --interim, in memory", ["--interim", "--table=hash"]),
    "interim-bpf": lambda: Netlink("ctagg --interim, kernel table", ["--interim", "--table=bpf"]),
    "spool": lambda: Spooled("ctagg --spool, twice, --metrics", ["--table=hash", "--spool=spool", "--spool=spool2", "--metrics=metrics"]),
    "enable": lambda: Enabled("ctagg --enable=acct", ["--table=hash", "--enable=acct"]),
    "drops": lambda: Dropped("ctagg -g 5 --rules", ["--no-conntrack", "-g", "5", "--rules"]),
    "drops-auto": lambda: Dropped("ctagg -g auto", ["--no-conntrack", "-g", "auto"]),
    "state": lambda: Compared("ctagg --snapshot --state"),
    "check": lambda: Printed("ctagg --check", ["--check"]),
    "schema": lambda: Printed("ctagg --schema", ["--schema"]),
    "exec": delivered,
    "ipfix-file": exported,
    "url": sent,
    "status": lambda: Listed("ctagg-deliver --list", ["--spool=spool", "--list"]),
    "table": lambda: Viewed("ctagg-view --table", ["--table", recorded()]),
    "csv": lambda: Viewed("ctagg-view --csv", ["--csv", recorded()]),
    "report": lambda: Viewed("ctagg-view --report", ["--report=out", recorded()]),
}


def scenarios(only):
    """Those named in a list; or all."""
    names = only.split(",") if only else list(ALL)
    if not os.path.exists(os.path.join(FOLDER, "ctagg-view")):
        names = [name for name in names if name not in ("table", "csv", "report")]
    for name in names:
        yield ALL[name]()
