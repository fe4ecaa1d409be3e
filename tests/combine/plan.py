# SPDX-License-Identifier: GPL-2.0-or-later
"""Random command lines, each of them valid: what goes together is what the pages of the manual say."""

FIELDS = ["src", "dst", "sport", "dport", "proto", "icmp", "icmp-code", "dir", "nat-src", "nat-sport", "nat-dst",
          "nat-dport", "zone", "mark", "rule", "iif", "oif", "src-label", "dst-label"]
PACKET_FIELDS = {"rule", "iif", "oif"}
LABEL_FIELDS = {"src-label", "dst-label"}
LISTS = {
    "proto": ["udp", "tcp,udp", "!tcp", "!icmp", "6-17", "udp,icmp,icmpv6,gre", "!gre,sctp", "tcp,132,253"],
    "src": ["10.0.0.0/8,fd00::/16", "127.0.0.1,10.0.0.0-10.0.1.255", "!10.0.0.0/9", "0.0.0.0/0", "::/0,10.0.0.0/28", "!fd00::/8"],
    "dst": ["198.18.0.0/15", "!127.0.0.0/8", "198.18.0.0-198.18.0.255,::1,127.0.0.1", "2001:db8::/32,0.0.0.0/1", "!2001:db8::/33"],
    "sport": ["1024-2048", "!1024-1100", "0-65535", "1030-30000,20000-20002"],
    "dport": ["1-32767", "!53", "http,https,domain,0-20000", "10000-10999,5000-65535"],
    "addr": ["10.0.0.0/8", "!198.18.0.3", "127.0.0.1,198.18.0.0/16,::/0", "fd00::/8,10.0.0.0/30"],
    "port": ["1-2000", "!1024", "1024-1030,10000-20000", "0-65535"],
    "direction": ["forward,local", "!in", "in,out,local", "local", "!out,in"],
    "zone": ["0", "0-7", "!3", "0,7-9"],
    "mark": ["0", "!5", "0x0/0x1", "0-0xff", "0,5,0x10/0xf0"],
}


def some(rng, chance):
    return rng.random() < chance


def word(rng, name, letter, value):
    """An option with a value, in one of the ways to write it."""
    ways = [[f"--{name}={value}"], [f"--{name}", value]]
    if letter:
        ways += [[f"-{letter}", value], [f"-{letter}{value}"]]
    return rng.choice(ways)


def selection(rng, chance=0.35, bar=()):
    if not some(rng, chance):
        return {}
    names = rng.sample(sorted(set(LISTS) - set(bar)), rng.choice([1, 1, 2, 3]))
    return {name: rng.choice(LISTS[name]) for name in names}


def words_of_selection(rng, chosen):
    return [w for name, value in chosen.items() for w in word(rng, name, None, value)]


def key(rng, plan, packets=True):
    fields = rng.sample(FIELDS, rng.choice([1, 2, 3, 4, 6]))
    if not plan["labels"]:
        fields = [f for f in fields if f not in LABEL_FIELDS]
    if plan.get("state"):
        fields = [f for f in fields if f not in LABEL_FIELDS]
    if not packets:
        fields = [f for f in fields if f not in PACKET_FIELDS]
    fields = fields or ["dst"]
    written = []
    for field in fields:
        if field in ("src", "dst", "nat-src", "nat-dst") and some(rng, 0.4):
            written.append(field + rng.choice(["/24", "/24/64", "/0/0", "/32/128", "/8/16"]))
        elif field == "mark" and some(rng, 0.5):
            written.append(rng.choice(["mark/0xf", "mark/255"]))
        else:
            written.append(field)
    return fields, ",".join(written)


def distinct(rng, plan, conntrack, drops):
    """A field that the key has not, and that something has."""
    there = plan["fields"] or ["src", "dst", "dport", "proto", "icmp", "dir", "rule"]
    free = [f for f in FIELDS if f not in there and (plan["labels"] or f not in LABEL_FIELDS) and not (f == "icmp" and "icmp-code" in there)]
    if not drops:
        free = [f for f in free if f not in PACKET_FIELDS]
    if not conntrack:
        free = [f for f in free if f not in ("zone", "mark", "nat-src", "nat-sport", "nat-dst", "nat-dport")]
    return rng.choice(free) if free else None


def common(rng, plan, events=False):
    """Options of every way to run: what records say, where lines go."""
    args = []
    if some(rng, 0.4):
        plan["labels"] = True
        args += word(rng, "labels", None, "labels.csv")
        if some(rng, 0.2):
            args += ["--labels=more.csv"]
    if some(rng, 0.15):
        plan["anonymize"] = True
        args += word(rng, "anonymize", None, "anon.key")
    if not events:
        if some(rng, 0.3):
            args += word(rng, "host", None, rng.choice(["gw1", "a b\"c", "\u00fcber", "x" * 60]))
        for name in rng.sample(["site", "a_1", "z"], rng.choice([0, 0, 1, 2])):
            args += ["--tag", f"{name}={rng.choice(['fra', '', 'x=y', chr(9) + chr(92)])}"]
    if some(rng, 0.15):
        plan["strict"] = True
        args.append("--strict")
    if some(rng, 0.2):
        args += word(rng, "user", None, "nobody")
    if some(rng, 0.3):
        args.append(rng.choice(["-q", "--quiet"])) if some(rng, 0.3) else args.append("--verbose")
    return args


def spools(rng, plan, chance):
    args = []
    if some(rng, chance):
        plan["spool"] = True
        args += word(rng, "spool", None, "SPOOL")
        if some(rng, 0.4):
            args += word(rng, "spool-max", None, rng.choice(["100M", "1G,7d", "64M,1h"]))
        if some(rng, 0.5):
            args += word(rng, "spool-sync", None, rng.choice(["none", "window"]))
    return args


def netns(rng, plan):
    """The namespace: our own, or another one's by three names."""
    plan["netns"] = rng.choice(["own", "own", "own", "NAME", "PATH", "PID"])
    return [] if plan["netns"] == "own" else word(rng, "netns", None, plan["netns"])


def sizes(rng, plan, conntrack, drops, snapshot=False):
    args = []
    if some(rng, 0.5):
        plan["max_flows"] = rng.choice([1, 7, 100, 1000, 20000])
        args += word(rng, "max-flows", "m", str(plan["max_flows"]))
    if some(rng, 0.3) and not plan.get("state"):
        counters = (["starts", "ends", "bytes", "packets"] if conntrack else []) + (["drops"] if drops else [])
        if snapshot:
            counters = ["starts", "bytes", "packets"]
        top = f"{rng.choice([1, 5, 50, 100000])}"
        if counters and (not conntrack or some(rng, 0.6)):
            top += "," + rng.choice(counters)
        if counters:
            plan["top"] = True
            plan["solo"] = plan.get("solo") or top.endswith(",drops")
            args += word(rng, "top", "t", top)
    if some(rng, 0.25) and not plan.get("state"):
        field = distinct(rng, plan, conntrack, drops)
        if field:
            plan["distinct"] = True
            plan["solo"] = plan.get("solo") or field in PACKET_FIELDS
            args += word(rng, "distinct", None, field)
    return args


def windows(rng):
    plan = {"kind": "windows", "labels": False, "fields": None, "max_flows": 65536, "events": some(rng, 0.4)}
    args = common(rng, plan)
    plan["conntrack"] = conntrack = not some(rng, 0.1)
    plan["drops"] = some(rng, 0.4)
    plan["rules"] = some(rng, 0.2)
    plan["sockets"] = some(rng, 0.2)
    if not conntrack and not (plan["drops"] or plan["rules"] or plan["sockets"]):
        plan["drops"] = True
    drops = plan["drops"]
    if some(rng, 0.5):
        plan["fields"], text = key(rng, plan)
        args += word(rng, "key", "k", text)
    args += sizes(rng, plan, conntrack, drops) if conntrack or drops else []
    plan["select"] = selection(rng, bar=() if conntrack else ("zone", "mark"))
    args += words_of_selection(rng, plan["select"])
    plan["window"] = rng.choice(["1h", "1h", "100ms", "250ms", "1s", "200ms,1s", "500ms,1s,1m", "300ms,600ms,1h"])
    args += word(rng, "window", "w", plan["window"])
    if some(rng, 0.1) and "ms" in plan["window"]:
        plan["count"] = rng.choice([1, 2, 4])
        args += word(rng, "count", "c", str(plan["count"]))
    if some(rng, 0.2):
        plan["unaligned"] = True
        args.append("--no-align")
    if some(rng, 0.2):
        plan["early"] = True
        args += word(rng, "early-close", None, rng.choice(["1", "50", "100"]))
    if some(rng, 0.3):
        plan["metrics"] = True
        args += word(rng, "metrics", None, "METRICS")
    args += spools(rng, plan, 0.5)
    args += netns(rng, plan)
    if some(rng, 0.4):
        plan["buffer"] = rng.choice(["65536", "256K", "4M", "32M"])
        args += word(rng, "buffer-size", None, plan["buffer"])
    if conntrack:
        if some(rng, 0.3):
            plan["enable"] = rng.sample(["acct", "timestamp", "events", "hooks"], rng.choice([1, 2, 4]))
            args += word(rng, "enable", None, ",".join(plan["enable"]))
        if some(rng, 0.25):
            plan["interim"] = True
            args.append(rng.choice(["--interim", "--interim=all"]))
        if some(rng, 0.1):
            args.append("--source=netlink")
    else:
        args.append("--no-conntrack")
    if plan["rules"]:
        args.append("--rules")
    if plan["sockets"]:
        args.append(rng.choice(["--sockets", "--sockets=3"]))
    if drops:
        plan["groups"] = rng.choice([["-g", "5"], ["-g5,6"], ["--nflog-group=auto"], ["-g", "5", "-g", "6=accept"], ["--nflog-group", "6,5"]])
    plan["args"] = args
    plan["signals"] = [rng.choice(["USR1", "USR2", "HUP"]) for _ in range(rng.choice([0, 0, 1, 3, 6]))]
    plan["stop"] = rng.choice(["TERM", "INT"])
    plan["deliver"] = deliver(rng) if plan.get("spool") else None
    plan["view"] = [view(rng) for _ in range(rng.choice([0, 1, 1, 2]))]
    return plan


def events(rng):
    plan = {"kind": "events", "labels": False, "fields": None, "max_flows": 65536}
    args = ["--events", *common(rng, plan, events=True)]
    plan["drops"] = some(rng, 0.4)
    plan["select"] = selection(rng)
    args += words_of_selection(rng, plan["select"])
    args += netns(rng, plan) + spools(rng, plan, 0.4)
    if some(rng, 0.3):
        plan["enable"] = ["acct"]
        args.append("--enable=acct")
    if some(rng, 0.3):
        args += word(rng, "buffer-size", None, "8M")
    if some(rng, 0.3):
        args += word(rng, "table", None, rng.choice(["auto", "hash"]))
    if plan["drops"]:
        plan["groups"] = rng.choice([["-g", "5"], ["-g5,6"], ["-g", "auto"]])
    plan["args"] = args
    plan["signals"] = [rng.choice(["USR1", "HUP"]) for _ in range(rng.choice([0, 1, 3]))]
    plan["stop"] = rng.choice(["TERM", "INT"])
    plan["deliver"] = deliver(rng) if plan.get("spool") else None
    plan["reads"] = [read(rng) for _ in range(2)]
    return plan


def read(rng):
    """--read of event lines: all that aggregates, and no privilege."""
    plan = {"labels": False, "fields": None, "max_flows": 65536}
    args = common(rng, plan)
    if some(rng, 0.5):
        plan["fields"], text = key(rng, plan)
        args += word(rng, "key", "k", text)
    args += sizes(rng, plan, True, True)
    plan["select"] = selection(rng, 0.3)
    args += words_of_selection(rng, plan["select"])
    args += word(rng, "window", "w", rng.choice(["1h", "100ms", "1s,10s", "1m,1h", "60s"]))
    if some(rng, 0.4):
        args += word(rng, "own", None, rng.choice(["10.0.0.1", "127.0.0.1,::1", "10.9.1.1,fd09:1::1"]))
    if some(rng, 0.5):
        plan["seeded"] = True
        args += word(rng, "seed", None, str(rng.randrange(2**64)))
    if some(rng, 0.2):
        args.append("--no-align")
        plan["unaligned"] = True
    if some(rng, 0.2):
        args += word(rng, "early-close", None, "50")
    if some(rng, 0.3):
        plan["metrics"] = True
        args += ["--metrics=METRICS"]
    if some(rng, 0.2):
        args += ["--table=hash"]
    plan["args"] = args
    plan["view"] = [view(rng)]
    return plan


def snapshot(rng):
    plan = {"kind": "snapshot", "labels": False, "fields": None, "max_flows": 65536, "state": some(rng, 0.5)}
    args = [rng.choice(["-s", "--snapshot"]), *common(rng, plan)]
    if some(rng, 0.5):
        plan["fields"], text = key(rng, plan, packets=False)
        args += word(rng, "key", "k", text)
    args += sizes(rng, plan, True, False, snapshot=True)
    plan["select"] = selection(rng)
    args += words_of_selection(rng, plan["select"]) + netns(rng, plan)
    if plan["state"]:
        args += word(rng, "state", None, "STATE")
        if some(rng, 0.5):
            args += word(rng, "changes", None, rng.choice(["appeared", "vanished,changed", "changed:5%", "appeared,changed:0.5"]))
    args += spools(rng, plan, 0.4)
    plan["args"] = args
    plan["acct"] = some(rng, 0.5)
    plan["deliver"] = deliver(rng) if plan.get("spool") else None
    plan["view"] = [view(rng)]
    return plan


def check(rng):
    plan = {"kind": "check", "labels": False, "fields": None, "max_flows": 65536, "select": selection(rng)}
    args = [rng.choice(["--check", "--check=json"])]
    if some(rng, 0.6):
        plan["fail_on"] = rng.choice(["error", "warning", "note"])
        args += word(rng, "fail-on", None, plan["fail_on"])
    if some(rng, 0.4):
        args += word(rng, "key", "k", key(rng, plan)[1])
    if some(rng, 0.4):
        args += word(rng, "max-flows", "m", rng.choice(["10", "65536"]))
    if some(rng, 0.4):
        args += word(rng, "buffer-size", None, "1M")
    source = some(rng, 0.2)
    if source:
        args.append(rng.choice(["--source=trace", "--source=netlink"]))
    if some(rng, 0.4):
        args += word(rng, "table", None, rng.choice(["auto", "bpf", "hash"]))
    args += netns(rng, plan)
    if some(rng, 0.3):
        args += rng.choice([["-g", "5"], ["-g", "auto"], ["-g7,5=accept"]])
    if some(rng, 0.2):
        args.append("--interim")
    if some(rng, 0.2):
        args += ["--user", "nobody"]
    if some(rng, 0.2):
        args.append(rng.choice(["-q", "-v"]))
    plan["args"] = args + words_of_selection(rng, plan["select"])
    return plan


def traced(rng):
    """What wants a kernel that takes tracing programs."""
    args = rng.choice([["--source=trace"], ["--source", "trace", "--netns=all"], ["--source=trace", "--kernel-drops"],
                       ["--no-conntrack", "--kernel-drops=NO_SOCKET,netfilter_drop"], ["--source=trace", "--events"],
                       ["--kernel-drops", "--source=trace", "--netns", "all"]])
    if "--events" not in args:
        args = args + word(rng, "window", "w", "1h")
        if some(rng, 0.4):
            args += word(rng, "max-flows", "m", "100")
        if some(rng, 0.3):
            args += ["--metrics=METRICS"]
    if some(rng, 0.3):
        args += word(rng, "buffer-size", None, "1M")
    return {"kind": "traced", "args": args + words_of_selection(rng, selection(rng, 0.4, bar=("zone", "mark")))}


def words(rng):
    """What only prints."""
    return {"kind": "words", "commands": [[program, option] for program, option in [
        ("ctagg", "--schema"), *((p, rng.choice(["--help", "-h"])) for p in ("ctagg", "ctagg-deliver", "ctagg-view")),
        *((p, rng.choice(["--version", "-V"])) for p in ("ctagg", "ctagg-deliver", "ctagg-view"))]]}


def deliver(rng):
    way = rng.choice(["exec", "exec", "url", "url", "udp", "ipfix", "ipfix-file"])
    plan = {"way": way, "archive": some(rng, 0.5), "failures": way in ("exec", "url") and some(rng, 0.4)}
    args, last = [], []
    if way == "url":
        args += word(rng, "url", None, "URL")
        args += rng.choice([[], ["--gzip"]]) + rng.choice([[], ["--header-file=headers"]])
        args += rng.choice([[], ["--timeout=10s"]]) + rng.choice([[], ["--cacert=ca.pem"]]) + rng.choice([[], ["--cert=cert.pem"]])
    elif way == "udp":
        args += word(rng, "udp", None, "ADDRESS") + rng.choice([[], ["--syslog"]])
    elif way == "ipfix":
        args += word(rng, "ipfix", None, "ADDRESS")
    elif way == "ipfix-file":
        args += word(rng, "ipfix-file", None, "flows.ipfix")
    else:
        last = ["--exec", "./take"]
    if way.startswith("ipfix"):
        args += rng.choice([[], ["--ipfix-domain=7"]]) + rng.choice([[], ["--ipfix-enterprise=32473"]])
    if plan["archive"]:
        args += word(rng, "archive", None, "ARCHIVE")
    if some(rng, 0.3):
        args.append("--rebind")
    if some(rng, 0.3):
        args += word(rng, "max-attempts", None, "1000")
    if some(rng, 0.4):
        args += ["--metrics=DELIVERED"]
    if some(rng, 0.3):
        plan["user"] = True
        args += word(rng, "user", None, "nobody")
    if some(rng, 0.3):
        args.append(rng.choice(["-q", "-v", "--verbose"]))
    plan["once"] = not plan["failures"] and some(rng, 0.5)
    args += ["--once"] if plan["once"] else word(rng, "retry", None, "10ms,50ms")
    rng.shuffle(args) if all(a.startswith("-") and "=" in a or a in ("--once", "--gzip", "--syslog", "--rebind") for a in args) else None
    plan["args"] = args + last
    plan["status"] = rng.choice([["--status"], ["--status=json"], ["--status", "--warning=1d,100000", "--critical", "2d,200000,1000"]])
    plan["keep"] = rng.choice([["--keep=all:7d,day:1M,quarter"], ["--keep", "year"], ["--keep=hour:1d,week"]]) + rng.choice([[], ["--dry-run"]])
    return plan


def view(rng):
    way = rng.choice(["table", "csv", "csv", "report", "follow", "live"])
    args = []
    select = selection(rng, 0.4)
    if way == "table":
        args += ["--table"] + rng.choice([[], ["--top=3"], ["--top", "1000"]])
    elif way == "csv":
        args += ["--csv"]
    elif way == "report":
        args += word(rng, "report", None, "REPORT") + rng.choice([[], ["--top=3"]])
    if way in ("table", "follow", "live"):
        args += rng.choice([[], [f"--group={rng.choice('flow src dst port rule label direction host'.split())}"]])
        args += rng.choice([[], [f"--sort={rng.choice('bytes packets starts ends drops live'.split())}"]])
        args += rng.choice([[], [], ["--names"]])
    level = some(rng, 0.2)
    args += rng.choice([[], [], [rng.choice(["-q", "-v"])]])
    return {"way": way, "args": args + words_of_selection(rng, select), "select": select, "level": level, "any": bool(select)}


KINDS = [(windows, 64), (events, 10), (snapshot, 12), (check, 7), (traced, 5), (words, 2)]


def make(rng):
    return rng.choices([k for k, _ in KINDS], [n for _, n in KINDS])[0](rng)
