# SPDX-License-Identifier: GPL-2.0-or-later
"""Random real traffic in this network namespace, and what others than ctagg say of it: conntrack(8), ctgen, counters of nft."""
import ipaddress
import json
import os
import re
import socket
import subprocess
import threading
import time

RULES = """
table inet filter {
	counter five { }
	counter six { }
	chain in { type filter hook input priority 0
		udp dport 5000 counter name five log prefix "%s" group 5 drop
		udp dport 5001 counter name six log prefix "six" group 6 accept
		udp dport 5002 counter drop
	}
}
"""
TRACKED = """
table inet track {
	chain in { type filter hook input priority 0
		ct state new counter
	}
}
"""


def run(*command, **more):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def prepare(rng, plan):
    for name in ("udp", "udp_stream", "icmp"):
        try:
            with open(f"/proc/sys/net/netfilter/nf_conntrack_{name}_timeout" + ("_stream" if name == "udp_stream" else ""), "w") as file:
                file.write("600")
        except OSError:
            pass
    if rng.random() < 0.5 or plan.get("acct"):
        with open("/proc/sys/net/netfilter/nf_conntrack_acct", "w") as file:
            file.write("1")
    prefix = rng.choice(["five", "dr\u00f6p ", "a\\\\b'c", "x" * 60])
    run("nft", "-f", "-", input=RULES % prefix)
    if "hooks" not in plan.get("enable", []):
        run("nft", "-f", "-", input=TRACKED)


class Oracle:
    """conntrack -E: what the kernel told another listener."""

    def __init__(self):
        self.file = open("oracle", "w")
        self.process = subprocess.Popen(["conntrack", "-E", "-e", "NEW,DESTROY", "-b", "33554432"], stdout=self.file, stderr=subprocess.DEVNULL)
        wait(lambda: self.row())

    def row(self):
        """Its event socket in /proc/net/netlink: that which has joined groups."""
        inodes = set()
        for fd in os.listdir(f"/proc/{self.process.pid}/fd"):
            try:
                inodes.update(re.findall(r"socket:\[(\d+)\]", os.readlink(f"/proc/{self.process.pid}/fd/{fd}")))
            except OSError:
                pass
        with open("/proc/net/netlink") as file:
            for line in file:
                columns = line.split()
                if columns[1] == "12" and columns[9] in inodes and columns[3] != "00000000":
                    return columns
        return None

    def end(self):
        """All that it was told, as (kind, fields of an event); and how many messages found no room."""
        def has_read():
            with open(f"/proc/{self.process.pid}/status") as status:
                return self.row()[4] == "0" and re.search(r"^State:\s+S", status.read(), re.M)
        wait(has_read)
        lost = int(self.row()[8])
        self.process.terminate()
        self.process.wait()
        with open("oracle") as file:
            return [event for event in map(parse, file) if event], lost


PROTOCOLS = {"icmpv6": 58}


def parse(line):
    words = line.split()
    if len(words) < 4 or words[0] not in ("[NEW]", "[DESTROY]"):
        return None
    event = {"kind": "start" if words[0] == "[NEW]" else "end", "proto": int(words[2]), "zone": 0, "mark": 0}
    seen = set()
    for text in words[3:]:
        name, _, value = text.partition("=")
        if name in ("src", "dst", "sport", "dport", "packets", "bytes", "type", "code", "zone", "mark"):
            event[name if name not in seen else "reply_" + name] = value if name in ("src", "dst") else int(value)
            seen.add(name)
    return event


def wait(condition, seconds=60):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(0.02)
    raise TimeoutError("a condition never came true")


def matches(event, select):
    """Whether the event is selected; None where this oracle does not know."""
    verdicts = [matches_one(event, name, text) for name, text in select.items()]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def matches_one(event, name, text):
    inverted, items = text.startswith("!"), text.lstrip("!").split(",")
    if name == "direction":
        return None
    if name in ("src", "dst", "addr"):
        ends = ["src", "dst"] if name == "addr" else [name]
        inside = any(in_networks(event[end], items) for end in ends)
    elif name in ("sport", "dport", "port"):
        ends = ["sport", "dport"] if name == "port" else [name]
        if "dport" not in event:
            return inverted         # a list never has what has no port
        if any(end not in event for end in ends):
            return None
        inside = any(in_numbers(event[end], items) for end in ends)
    elif name in ("zone", "mark") and event["kind"] == "drop":
        return inverted             # a packet has none
    elif name == "mark":
        return None if event["kind"] == "end" else in_numbers(event["mark"], items) != inverted
    else:
        inside = in_numbers(event[name], items)
    return inside != inverted


def in_networks(address, items):
    address = ipaddress.ip_address(address)
    for item in items:
        if "-" in item:
            first, last = map(ipaddress.ip_address, item.split("-"))
            if first.version == address.version and first <= address <= last:
                return True
        elif address in ipaddress.ip_network(item):
            return True
    return False


NAMES = {"udp": 17, "tcp": 6, "icmp": 1, "icmpv6": 58, "gre": 47, "sctp": 132, "http": 80, "https": 443, "domain": 53}


def in_numbers(number, items):
    for item in items:
        if "/" in item:
            value, mask = (int(text, 0) for text in item.split("/"))
            if number & mask == value:
                return True
            continue
        first, _, last = item.partition("-") if item not in NAMES else (item, "", "")
        first = NAMES[first] if first in NAMES else int(first, 0)
        if first <= number <= (int(last, 0) if last else first):
            return True
    return False


def counters():
    """What the counters of nft say: packets by name."""
    listed = json.loads(run("nft", "-j", "list", "counters"))["nftables"]
    return {c["counter"]["name"]: c["counter"]["packets"] for c in listed if "counter" in c}


def ruled():
    """Packets that rules have dropped, by counters of all kinds."""
    listed = json.loads(run("nft", "-j", "list", "chain", "inet", "filter", "in"))["nftables"]
    return counters()["five"] + sum(e["counter"]["packets"] for r in listed if "rule" in r for e in r["rule"]["expr"]
                                    if isinstance(e.get("counter"), dict))


class Traffic:
    """What happens, in an order that the case's random numbers say; and what ctgen says that it did."""

    def __init__(self, rng, tools, plan):
        self.rng, self.tools, self.plan = rng, tools, plan
        self.made = {"created": 0, "deleted": 0}
        self.jobs = [self.generate] * rng.choice([1, 2, 3]) + [self.talk] * rng.choice([0, 1]) + [self.ping] * rng.choice([0, 1])
        self.jobs += [self.drop] * (2 if plan.get("groups") or plan.get("rules") else 0)
        rng.shuffle(self.jobs)

    def go(self):
        for job in self.jobs:
            job()

    def generate(self):
        rng = self.rng
        proto = rng.choice(["udp", "udp", "tcp", "tcp", "icmp", "gre", "sctp", "udplite", "253"])
        args = [f"--proto={proto}", f"--keys={rng.choice([1, 10, 200, 1500])}", f"--live={rng.choice([100, 400])}", "--patient",
                f"--events={rng.choice([100, 400, 1200])}"]
        if proto not in ("icmp",):
            args += rng.choice([[], ["--mixed"], ["--ipv6"]])
        args += rng.choice([[], [], ["--zone=7"], ["--zone=3"]]) + rng.choice([[], [], ["--mark=5"], ["--mark=17"]])
        if proto != "253":      # nothing tells two connections of a key apart
            args += rng.choice([[], ["--zipf=1.2"]])
        if proto in ("udp", "tcp"):
            args += rng.choice([[], [], ["--nat"]])
        said = json.loads(run(f"{self.tools}/ctgen", *args).splitlines()[-1])
        if said["failed"]:
            raise RuntimeError(f"ctgen {args}: {said}")
        for name in self.made:
            self.made[name] += said[name]

    def talk(self):
        """Connections of TCP over loopback that send and are answered."""
        family, host = self.rng.choice([(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
        with socket.create_server((host, 0), family=family) as server:
            def serve(n):
                for _ in range(n):
                    end = server.accept()[0]
                    with end:
                        while data := end.recv(65536):
                            end.sendall(data)
            n = self.rng.choice([1, 3, 10])
            thread = threading.Thread(target=serve, args=(n,), daemon=True)
            thread.start()
            for _ in range(n):
                with socket.create_connection(server.getsockname()[:2]) as client:
                    left = self.rng.choice([1, 1000, 100000])
                    while left > 0:
                        client.sendall(bytes(min(left, 4096)))
                        left -= len(client.recv(4096, socket.MSG_WAITALL if left >= 4096 else 0))
            thread.join(30)

    def ping(self):
        for host in self.rng.sample(["127.0.0.1", "::1", "127.0.0.2"], 2):
            run("ping", "-q", "-c", "2", "-i", "0.05", host)

    def drop(self):
        for port in (5000, 5001, 5002):
            run(f"{self.tools}/packets", "--count", str(self.rng.choice([1, 50, 700])), "--to", "127.0.0.1", "--port", str(port), "--gap", "100")


def delete_all():
    for family in ("ipv4", "ipv6"):
        subprocess.run(["conntrack", "-D", "-f", family], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
