# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For tests of the kernel table: they skip where the privilege for BPF is missing, and fail
# where the kernel table does not work for another reason. Sourced, in place of lib.sh.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# shellcheck disable=SC2034 # for start
TABLE=bpf
"$CTAGG" --table=bpf -w 100ms -c 1 >probe 2>err || {
	grep -qE 'CAP_BPF|has no BPF' err || fail "no kernel table"
	cat err
	exit 77
}
: >err

# Events that the filter took, and events that it passed on, by the window records.
folded() {
	total kernel_events "$@"
}
passed() {
	total passed_events "$@"
}
