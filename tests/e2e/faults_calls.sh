#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A system call fails, once: of the calls of each program some: SAMPLE of each scenario, chosen by SEED. All of them: tests/faults/run.
exec "$(dirname "$0")/../faults/world" calls --sample="${SAMPLE:-3}" --seed="${SEED:-1}"
