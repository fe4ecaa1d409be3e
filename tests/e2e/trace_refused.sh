#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --source=trace where the kernel does not take it, or the caller may not: one line, status 1, and no
# record. tests/kernels has kernels that take it.
. "$(dirname "$0")/lib.sh"

refused() {	# what, command...
	what=$1
	shift
	"$@" --source=trace -w 100ms -c 1 >out 2>err
	status=$?
	equal "status $what" $status 1
	equal "lines $what" "$(grep -c . err)" 1
	grep -Eq '^ctagg: --source=trace: [A-Z][a-z ]+: .{20,}' err || fail "$what: the reason is not said: $(cat err)"
	[ ! -s out ] || fail "$what: records were written"
}

refused "of an ordinary user" setpriv --reuid 65534 --clear-groups --inh-caps -all --bounding-set -all "$CTAGG"
grep -q 'needs CAP_SYS_ADMIN: run as root\|is missing\|locked down' err || fail "what to do is not said: $(cat err)"

"$CTAGG" --source=trace -w 100ms -c 1 >out 2>err
status=$?
if [ $status = 0 ]; then
	equal windows "$(jq -r 'select(.type == "window").engine' out)" bpf
else
	refused "of root" "$CTAGG"
	lines=$("$CTAGG" -v --source=trace -w 100ms -c 1 2>&1 >/dev/null | grep -c '^ctagg: \(libbpf\|verifier\): ')
	[ "$lines" -ge 1 ] && [ "$lines" -le 8 ] || fail "with -v: $lines lines of the kernel's"
fi
