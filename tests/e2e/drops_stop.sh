#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Packets that were dropped before ctagg was told to stop are counted, also when a window
# ends at that very moment. The oracle is nft's counter.
. "$(dirname "$0")/lib.sh" || exit 1
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

host a 1
drop_udp "stop"
for ((round = 0; round < 25; round++)); do
	rm -f out
	nft reset counters >/dev/null
	start -w $((2 + round % 5))ms -g 5 --no-conntrack
	send_from_a 60 5000
	finish
	equal "round $round: drops" "$(total drops)" "$(counted inet filter dropped)"
	equal "sent" "$(total drops)" 60
done
check_output
