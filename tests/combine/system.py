# SPDX-License-Identifier: GPL-2.0-or-later
"""The system as a program finds it and is to leave it: settings, rules, listeners, BPF, processes, files."""
import ctypes
import os
import platform
import re
import subprocess
import time

BPF_PROG_GET_FD_BY_ID, BPF_MAP_GET_FD_BY_ID = 13, 14
SYS_BPF = {"x86_64": 321, "aarch64": 280}.get(platform.machine())


def settings():
    found = {}
    for folder in ("/proc/sys/net/netfilter", "/proc/sys/net/core"):
        for name in sorted(os.listdir(folder)):
            try:
                with open(f"{folder}/{name}") as file:
                    found[name] = file.read()
            except OSError:
                pass
    found.pop("nf_conntrack_count", None)
    return found


def listeners():
    """Sockets of netlink that have joined groups or are NFLOG's: how many of each protocol."""
    with open("/proc/net/netlink") as file:
        return sorted(line.split()[1] + " " + line.split()[3] for line in list(file)[1:] if line.split()[2] != "0")


def ours(kinds=("ctagg", "ctagg-deliver", "ctagg-view")):
    found = []
    for pid in os.listdir("/proc"):
        try:
            with open(f"/proc/{pid}/comm") as file:
                name = file.read().strip()
            if name in kinds:
                found.append(f"{name} {pid}")
        except OSError:
            pass
    return found


def now():
    rules = subprocess.run(["nft", "-s", "-a", "list", "ruleset"], stdout=subprocess.PIPE, text=True).stdout
    left = sorted(os.listdir("/run/ctagg")) if os.path.isdir("/run/ctagg") else []
    return {"settings": settings(), "rules": rules, "listeners": listeners(), "programs": ours(), "notes": [n for n in left if "lock" not in n]}


def differences(before):
    """What is not as it was: some things of the kernel go a moment after the process has."""
    until = time.monotonic() + 20
    while True:
        after = now()
        wrong = [f"{what} before: {before[what]}, after: {after[what]}" for what in before if what != "settings" and before[what] != after[what]]
        wrong += [f"{name} was {value!r}, is {after['settings'].get(name)!r}" for name, value in before["settings"].items()
                  if after["settings"].get(name) != value]
        if not wrong or time.monotonic() > until:
            return wrong
        time.sleep(0.1)


def bpf_of(pid):
    """The numbers of maps and programs that a process holds."""
    found = set()
    try:
        for fd in os.listdir(f"/proc/{pid}/fdinfo"):
            with open(f"/proc/{pid}/fdinfo/{fd}") as file:
                found.update(re.findall(r"^(map_id|prog_id):\s+(\d+)", file.read(), re.M))
    except OSError:
        pass
    return found


def bpf_left(ids):
    """Those of them that are still there, a while after the process has ended."""
    libc = ctypes.CDLL(None, use_errno=True)
    until = time.monotonic() + 30
    left = set(ids) if SYS_BPF else set()
    while left:
        for kind, number in list(left):
            attr = (ctypes.c_uint32 * 32)(int(number))
            fd = libc.syscall(SYS_BPF, BPF_MAP_GET_FD_BY_ID if kind == "map_id" else BPF_PROG_GET_FD_BY_ID, attr, ctypes.sizeof(attr))
            if fd < 0:
                left.discard((kind, number))
            else:
                os.close(fd)
        if time.monotonic() > until:
            break
        time.sleep(0.05)
    return left


def memory_of(pid):
    with open(f"/proc/{pid}/status") as file:
        text = file.read()
    return int(re.search(r"^VmHWM:\s+(\d+)", text, re.M).group(1)), len(os.listdir(f"/proc/{pid}/fd"))
