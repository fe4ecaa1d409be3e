#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A system call fails, once: of the calls of each program some: SAMPLE of each scenario, chosen by SEED. All of them: tests/faults/run.
# And while rules are read a signal comes: a part of the rules is not taken for all of them.
world=$(dirname "$0")/../faults/world
"$world" calls --only=drops --at=recvmsg:EINTR:1,recvmsg:EINTR:2,recvmsg:EINTR:3,recvmsg:EINTR:4,recvmsg:EINTR:5,recvmsg:EINTR:6 || exit
# And --check cannot read addresses, the connection table, rules: what depends on these is not left out without a word.
"$world" calls --only=check --at=sendto:ENOBUFS:1,sendto:ENOBUFS:2,sendto:ENOBUFS:3,sendto:ENOBUFS:4 || exit
exec "$world" calls --sample="${SAMPLE:-3}" --seed="${SEED:-1}"
