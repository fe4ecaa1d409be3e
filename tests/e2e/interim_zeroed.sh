#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --interim while somebody else sets the counters of connections to zero: what they had
# carried since the last window is lost, and the window is partial; nothing else is lost,
# and nothing is counted twice. The oracle is conntrack -L, before and after each
# conntrack -L -z.
. "$(dirname "$0")/lib.sh"
# shellcheck source=interim-lib.sh
. "$E2E/interim-lib.sh"

zero() {
	conntrack -L -z >/dev/null 2>&1
	wait_for has_carried 6000 0
}
begin() {
	talk 6000
	start_interim
	say 6000 10
	end_window
	say 6000 5	# these are lost
}
# what is tested, the packets of each window, the status of each
finish_with() {
	hush 6000
	forget 6000
	finish_all
	expect "$1" orig_packets "$2"
	expect "$1" status "$3"
	for table in $tables; do
		equal "$1, $table: vanished" "$(total vanished "out.$table")" 0
	done
}

begin
zero
say 6000 4
end_window	# so far it could be another connection on the same tuple
end_window
say 6000 3
forget 6000
end_window
finish_with "less than before" "10 0 4 3 0" "ok ok partial ok ok"

begin
zero
say 6000 4
end_window
say 6000 8
end_window
say 6000 1
end_window
finish_with "more than before by the second window" "10 0 12 1 0" "ok ok partial ok ok"

begin
zero
say 6000 2
end_window
zero
say 6000 1
end_window
end_window
finish_with "twice" "10 0 1 0 0" "ok ok partial ok ok"

begin
zero
say 6000 6
forget 6000
end_window
finish_with "ended in the same window" "10 6 0" "ok partial ok"

begin
zero
say 6000 1
end_window
say 6000 6
forget 6000
end_window
finish_with "ended in the next window" "10 0 7 0" "ok ok partial ok"

begin
zero
finish_all
expect "in the last window" orig_packets "10 0"
expect "in the last window" status "ok partial"

# A new connection on the same tuple is not taken for one that was set to zero.
hush 6000
forget 6000
talk 6000
start_interim
say 6000 10
end_window
forget 6000
say 6000 2
end_window
forget 6000
say 6000 30
end_window
finish_with "another connection on the same tuple" "10 2 30 0" "ok ok ok ok"
