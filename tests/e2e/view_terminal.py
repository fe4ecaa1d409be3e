#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ctagg-view on a terminal whose other end is this program: every byte is seen, or none is taken.

hostile VIEW FILE   keys are pressed; nothing but what ncurses sends arrives
names VIEW FILE     the same of names of addresses, which are looked up
slow VIEW           the terminal takes nothing: the writer of the pipe is not held up, and the screen
                    says how many windows were skipped
stuck VIEW          a signal ends the program while the terminal takes nothing
"""
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time

COLUMNS, LINES = 160, 50
PATIENCE = 60       # seconds; what has not happened by then does not happen


class Terminal:
    """The program runs with a new terminal, and its standard input is a pipe or a file."""

    def __init__(self, command, stdin):
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.modes = termios.tcgetattr(self.slave)
        env = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8")
        self.process = subprocess.Popen(command, stdin=stdin, stdout=self.slave, stderr=subprocess.PIPE,
                                        env=env, start_new_session=True, preexec_fn=self.take)
        self.seen = b""

    def take(self):
        fcntl.ioctl(1, termios.TIOCSCTTY, 0)

    def press(self, keys):
        os.write(self.master, keys)

    def read(self, seconds=0.05):
        """What has arrived; b"" when nothing has for so long."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        data = os.read(self.master, 65536)
        self.seen += data
        return data

    def whole(self):
        """The screen, drawn anew, until nothing more arrives."""
        text = b""
        until = time.monotonic() + PATIENCE
        self.press(b"\x0c")
        while True:
            data = self.read(0.3)
            text += data
            if not data and text:
                return text
            if not data and (time.monotonic() > until or self.process.poll() is not None):
                fail(f"nothing arrives; status {self.process.poll()}")

    def wait_for(self, pattern):
        """Draw the screen anew until it matches, and return the match."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = re.search(pattern, plain(self.whole()))
            if found:
                return found
        fail(f"never on the screen: {pattern}")

    def end(self, status):
        """The program has ended, and the terminal has its modes again."""
        until = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            if time.monotonic() > until:
                fail("it does not end")
            self.read()
        error = self.process.stderr.read().decode()
        if self.process.returncode != status:
            fail(f"status {self.process.returncode}, expected {status}: {error}")
        if termios.tcgetattr(self.slave) != self.modes:
            fail("the terminal has other modes than before")


def fail(text):
    print(text)
    sys.exit(1)


SEQUENCE = re.compile(rb"\x1b\[[?>0-9;]*[A-Za-z@`]|\x1b[()][0AB]|\x1b[=>78M]")


def plain(data):
    """The characters of a screen that was drawn as a whole; moves of the cursor are blanks."""
    text = re.sub(rb"\x1b\[[0-9;]*m|\x1b[()][0AB]", b"", data)
    return SEQUENCE.sub(b" ", text).decode(errors="replace")


# --- hostile text ----------------------------------------------------------------------------------

# What ncurses sends to this type of terminal: moves, attributes, erasing, modes.
SENT = re.compile(rb"\x1b\[[0-9;]*[ABCDGHJKLMPXd@mrbS]|\x1b\[\?(1|7|12|25|1049|2004)(;25)?[hl]|\x1b\[4l|"
                  rb"\x1b\[2[23];0;0t|\x1b[()][0B]|\x1b[=>]|[\r\n\x08]")


def check_bytes(data):
    """No control byte but those of ncurses, and no character that controls."""
    rest = SENT.sub(b"", data)
    text = rest.decode()    # UTF-8, or an exception
    for c in text:
        if ord(c) < 0x20 or 0x7f <= ord(c) < 0xa0 or ord(c) in (0x2028, 0x2029) or \
                0x202a <= ord(c) <= 0x202e or 0x2066 <= ord(c) <= 0x2069 or ord(c) in (0x200e, 0x200f):
            at = text.index(c)
            fail(f"U+{ord(c):04X} arrived: {text[max(0, at - 40):at + 40]!r}")


def hostile(view, file):
    t = Terminal([view, file], subprocess.DEVNULL)
    t.wait_for("boom")
    for keys in (b"u", b"l", b"x", b"h", b"f", b"\x1b[B", b"\x1b[B", b"N", b"n", b"/\x1b]0;boom\x07", b"\r",
                 b"/src=\xc2\x9b31m\xff", b"\r", b"\x1b", b"?", b"?"):
        t.press(keys)
        t.whole()
    t.press(b"q")
    t.end(0)
    check_bytes(t.seen)
    if b"boom" not in t.seen:
        fail("the text is not on the screen at all")


def names(view, file):
    t = Terminal([view, "--names", file], subprocess.DEVNULL)
    t.wait_for("evil")
    t.press(b"q")
    t.end(0)
    check_bytes(t.seen)


# --- a terminal that takes nothing -----------------------------------------------------------------

def moment(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(1795222800 + seconds))


def flow(n, w):
    return ('{"type":"flow","schema":1,"host":"gw1","run":"aaaaaaaa","window_ms":1000,"slot":"%s",'
            '"window_start":"%s","window_end":"%s","direction":"out","proto":"tcp","src_ip":"10.%d.%d.%d",'
            '"dst_ip":"192.0.2.1","dst_port":443,"starts":%d,"ends":1,"drops":0,"orig_packets":1,'
            '"orig_bytes":%d,"reply_packets":1,"reply_bytes":%d,"padding":"%s"}\n' %
            (moment(w), moment(w), moment(w + 1), n >> 16, n >> 8 & 255, n & 255, n % 10,
             (n * 7919 + w * 104729) % 99991, n * w % 997, "x" * 200))


def window(w, flows):
    return (flows + '{"type":"window","schema":1,"host":"gw1","run":"aaaaaaaa","window_ms":1000,"slot":"%s",'
            '"window_start":"%s","window_end":"%s","seq":%d,"closed_by":"timer","status":"ok"}\n' %
            (moment(w), moment(w), moment(w + 1), w + 1)).encode()


def small(w):
    return window(w, "".join(flow(n, w) for n in range(200)))


def is_held_up(pid):
    """Whether the program waits, and not for something to happen: in a write to the terminal."""
    for _ in range(5):
        with open(f"/proc/{pid}/stat") as f:
            state = f.read().rsplit(")", 1)[1].split()[0]
        with open(f"/proc/{pid}/wchan") as f:
            where = f.read()
        if state != "S" or "poll" in where:
            return False
        time.sleep(0.02)
    return True


def hold_up(t, pipe):
    """Write small windows until the program waits for its terminal. Returns how many."""
    for w in range(1000):
        os.write(pipe, small(w))
        if is_held_up(t.process.pid):
            return w + 1
    fail("the terminal takes everything")


BIG = 24        # windows, of 15 MB each: far more than may wait


def slow(view):
    read, pipe = os.pipe()
    t = Terminal([view], read)
    os.close(read)
    first = hold_up(t, pipe)
    lines = "".join(flow(n, 0) for n in range(25000))

    def write():
        for w in range(first, first + BIG):
            data = lines.replace(moment(0), moment(w)).replace(f'"window_end":"{moment(1)}"',
                                                               f'"window_end":"{moment(w + 1)}"')
            data = memoryview(window(w, data))
            while data:
                data = data[os.write(pipe, data):]

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    writer.join(PATIENCE)
    if writer.is_alive():
        fail("the writer of the pipe is held up")
    # now the terminal takes what comes
    while t.read(1):
        pass
    last = moment(first + BIG)[11:19]
    t.wait_for(f"to {last} UTC")
    skipped = int(t.wait_for("([0-9,]+) windows? skipped: this terminal was too slow")[1].replace(",", ""))
    t.press(b"[" * (first + BIG))
    t.wait_for(f" {first + BIG - skipped - 1} windows? back")
    t.press(b"q")
    t.end(0)


def stuck(view):
    for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
        read, pipe = os.pipe()
        t = Terminal([view], read)
        os.close(read)
        hold_up(t, pipe)
        t.process.send_signal(number)
        t.process.wait(PATIENCE)    # nothing is read from the terminal meanwhile
        t.end(0)
        os.close(pipe)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
