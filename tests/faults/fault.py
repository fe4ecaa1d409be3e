# SPDX-License-Identifier: GPL-2.0-or-later
# Faults that are injected into a program, one a run: an allocation that fails (tests/tools/oom.c), or a system call
# (strace -e inject). And what became of the program then.
import os
import re
import subprocess
import time

TOOLS = os.environ["TOOLS"]

# What each system call fails with; the others fail with ENOMEM. EINTR: no signal has come, so nothing may end.
ERRORS = {
    "accept4": ["EMFILE"], "access": ["EACCES"], "bind": ["EPERM"], "bpf": ["EPERM", "ENOMEM"], "chdir": ["EACCES"],
    "close": ["EIO"], "connect": ["EACCES"], "epoll_create1": ["EMFILE"], "epoll_wait": ["EINTR"], "epoll_pwait": ["EINTR"],
    "fchmod": ["EPERM"], "fchown": ["EPERM"], "fdatasync": ["EIO"], "fsync": ["EIO"], "flock": ["ENOLCK"], "fstat": ["EIO"],
    "ftruncate": ["EIO"], "getdents64": ["EIO"], "lseek": ["ESPIPE"], "mkdir": ["ENOSPC"], "mkdirat": ["ENOSPC"],
    "newfstatat": ["EACCES"], "openat": ["EMFILE", "EACCES"], "pipe2": ["EMFILE"], "poll": ["EINTR"], "ppoll": ["EINTR"],
    "pread64": ["EIO"], "prctl": ["EPERM"], "pselect6": ["EINTR"], "pwrite64": ["ENOSPC"], "pwritev2": ["EOPNOTSUPP", "ENOSPC"],
    "read": ["EIO", "EINTR"], "readlink": ["EACCES"], "recvfrom": ["ENOBUFS", "EINTR"], "recvmmsg": ["ENOBUFS", "EINTR"],
    "recvmsg": ["ENOBUFS", "EINTR"], "rename": ["ENOSPC"], "renameat": ["ENOSPC"], "renameat2": ["ENOSPC"],
    "seccomp": ["EINVAL"], "sendmsg": ["ENOBUFS"], "sendto": ["ENOBUFS"], "setsockopt": ["EPERM"], "signalfd4": ["EMFILE"],
    "socket": ["EMFILE"], "statfs": ["EACCES"], "statx": ["EACCES"], "timerfd_create": ["EMFILE"], "timerfd_settime": ["EINVAL"],
    "unlink": ["EACCES"], "unlinkat": ["EACCES"], "unshare": ["EPERM"], "write": ["ENOSPC", "EINTR"],
    "writev": ["ENOSPC"],
}
# These do not return, cannot fail, or are the program's own start; brk(2) fails by returning an address, which strace(1) cannot do.
NEVER = {"brk", "execve", "futex", "rt_sigprocmask", "exit", "exit_group", "rt_sigreturn", "restart_syscall", "gettid", "getpid", "getppid", "getuid", "geteuid",
         "getgid", "getegid", "arch_prctl", "set_tid_address", "uname", "set_robust_list", "rseq", "umask", "vfork"}


class Wrong(Exception):
    """What must not be."""


class NoFault:
    name = "no fault"

    def environment(self):
        return {}

    def prefix(self):
        return []

    def happened(self):
        return True

    def crash_of_library(self):
        return None

    def patience(self, longest):
        """How many seconds the program may take to end."""
        return longest


class Memory(NoFault):
    """Allocation number n fails."""

    def __init__(self, n):
        self.n, self.note = n, os.path.abspath("note")
        self.name = f"allocation {n}"

    def environment(self):
        if os.path.exists(self.note):
            os.remove(self.note)
        return {"OOM_AT": str(self.n), "OOM_NOTE": self.note, "LD_PRELOAD": os.path.join(TOOLS, "oom.so")}

    def happened(self):
        return os.path.exists(self.note) and os.path.getsize(self.note) > 0

    def callers(self):
        """Who asked for memory in vain; and whether there was a crash, and where, if that can be said."""
        with open(self.note, encoding="ascii") as note:
            failed, crash, crashed = note.read().partition("crash\n")
        failed, crashed = [[c for c in callers.split() if "oom.so" not in c and "+" in c] for callers in (failed, crashed)]
        return failed, bool(crash), crashed

    def crash_of_library(self):
        """Of a crash: "LIBRARY for FUNCTION" when the library asked for memory, got none, and crashed."""
        failed, is_crash, crashed = self.callers()
        if not is_crash or not failed or "/ctagg" in failed[0]:
            return None
        ours = next((i for i, c in enumerate(failed) if "/ctagg" in c), len(failed))
        if any("libglib" in c for c in failed[:ours]):
            return "libglib-2.0.so.0"
        library = failed[0].split("+")[0]
        crashed = [c.split("+")[0] for c in crashed[1:]]	# the first one is where signals return
        if "libc.so" not in library:
            crashed = [c for c in crashed if "libc.so" not in c]
        if crashed[:1] != [library]:
            return None
        for caller in failed:
            if "/ctagg" in caller:
                return f"{os.path.basename(failed[0].split('+')[0])} for {where(caller).split(' ')[0]}"
        return None

    def patience(self, longest):
        """libseccomp may never end."""
        return 10 if self.happened() and "libseccomp" in "".join(self.callers()[0][:1]) else longest

    def places(self):
        if not self.happened():
            return "the fault did not come"
        failed = self.callers()[0]
        return "" if not failed else " < ".join([failed[0].split("/")[-1]] + [where(c) for c in failed if "/ctagg" in c][:4])


class Chains(Memory):
    """No allocation fails; each is written down."""

    def __init__(self):
        super().__init__(1 << 40)
        self.log = os.path.abspath("chains")

    def environment(self):
        return {**super().environment(), "OOM_LOG": self.log}

    def happened(self):
        return True

    def crash_of_library(self):
        return None

    def patience(self, longest):
        return longest

    def chosen(self):
        """Of the allocations that were made in one way (by the same callers): the first and the last one."""
        numbers = {}
        with open(self.log, encoding="ascii") as log:
            for line in log:
                number, *callers = line.split()
                numbers.setdefault(tuple(callers), []).append(int(number))
        return sorted({some[i] for some in numbers.values() for i in (0, -1)}), sum(map(len, numbers.values()))


class Call(NoFault):
    """Call number n of a system call fails; of each thread."""

    def __init__(self, call, error, n):
        self.call, self.error, self.n = call, error, n
        self.trace = os.path.abspath("trace")
        self.name = f"{call} {n}: {error}"

    def prefix(self):
        if os.path.exists(self.trace):
            os.remove(self.trace)
        return ["strace", "-D", "-f", "-o", self.trace, "-e", f"trace={self.call}",
                "-e", f"inject={self.call}:error={self.error}:when={self.n}"]

    def lines(self):
        """The trace, which strace(1) ends after the program has ended."""
        for _ in range(200):
            with open(self.trace) as file:
                lines = file.readlines()
            if lines and re.search(r"\+\+\+ (exited|killed)", lines[-1]):
                return lines
            time.sleep(0.01)
        return lines

    def happened(self):
        return any("(INJECTED)" in line for line in self.lines())

    def places(self):
        return next((line.strip() for line in self.lines() if "(INJECTED)" in line), "")


def where(caller):
    """A function and its line, of FILE+OFFSET."""
    file, offset = caller.split("+")
    found = subprocess.run(["addr2line", "-fspe", file, offset], capture_output=True, text=True, check=False)
    return re.sub(r" \(discriminator.*", "", found.stdout.strip()).replace(" at ", " ")


def calls_of(argv, run):
    """The system calls that a program makes, by strace -c: the name and how often."""
    counts = os.path.abspath("counts")
    run(["strace", "-D", "-f", "-c", "-o", counts] + argv)
    for _ in range(200):
        with open(counts) as file:
            text = file.read()
        if "total" in text:
            break
        time.sleep(0.01)
    found = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 5 and words[0][0].isdigit() and words[-1] != "total" and words[-1] not in NEVER:
            found[words[-1]] = int(words[3])
    return found
