#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Where net.core.optmem_max has no room for the filter, a stub stands in for it.
. "$(dirname "$0")/bpf-lib.sh" || exit 1

[ -w /proc/sys/net/core/optmem_max ] || { echo "no net.core.optmem_max in a namespace"; exit 77; }
echo 1024 >/proc/sys/net/core/optmem_max
start -w 1h
gen --keys 100 --events 10000 --mixed
finish
check_output
equal starts "$(total starts)" "$(did created)"
equal folded "$(folded)" "$(($(did created) + $(did deleted)))"

# Where there is no room for the stub either, ctagg says so.
echo 0 >/proc/sys/net/core/optmem_max
if "$CTAGG" --table=bpf -w 100ms -c 1 >out 2>err; then
	fail "a filter without memory for it"
fi
equal "lines" "$(wc -l <err)" 1
grep -q 'net.core.optmem_max' err || fail "another cause is named"
"$CTAGG" --check >causes
grep -q 'sysctl -w net.core.optmem_max=' causes || fail "--check names another cause: $(cat causes)"
: >out
TABLE=auto start -w 1h
gen --keys 100 --events 1000
finish
check_output
equal starts "$(total starts)" "$(did created)"
equal table "$(jq -r 'select(.type == "window").engine' out)" hash
