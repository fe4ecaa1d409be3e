#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# No memory, once: of the allocations of each program some fail: SAMPLE of each scenario, chosen by SEED. All of them: tests/faults/run.
exec "$(dirname "$0")/../faults/world" memory --sample="${SAMPLE:-3}" --seed="${SEED:-1}"
