#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What --events has written, read back by --read, gives the flows that a ctagg beside it has counted,
# and the same lines again.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

track
host a 1
drop_udp five
nft -f - <<-'N' || fail "the ruleset"
	table ip translate {
		chain out { type nat hook output priority -100
			tcp dport 80 dnat to 10.9.1.2:5999
		}
	}
	table inet marks {
		chain out { type filter hook output priority -150
			udp dport 6000 ct mark set 7
		}
	}
N
sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1
key=src,dst,dport,proto,icmp,dir,nat-dst,nat-dport,mark
"$CTAGG" -v -w 1h -k $key --table=hash -o direct 2>direct.err &
beside=$!
start --events -g 5 -o lines
serve a 5999
for to in 10.9.1.2 10.9.1.77; do
	echo word | ncat $to "$([ $to = 10.9.1.2 ] && echo 5999 || echo 80)" >/dev/null || fail "no answer of $to"
done
ping -q -c 1 fd09:1::2 >/dev/null
"$TOOLS/packets" --count 3 --to 10.9.1.2 --port 6000 >/dev/null
gen --keys 300 --events 5000 --patient
send_from_a 40 5000
conntrack -F 2>/dev/null
all_dropped() { [ "$(grep -c '"kind":"drop"' lines)" = "$(counted inet filter dropped)" ]; }
wait_for all_dropped
kill -INT $beside
wait $beside || fail "the ctagg beside"
finish

"$CTAGG" --read=lines -w 1h -k $key -o again || fail "--read"
check_output again
flows() { jq -c 'select(.type == "flow" and .drops == 0) | del(.type, .id, .run, .window_start, .window_end, .first_seen, .last_seen)' "$1" | sort; }
flows direct >expected
[ "$(wc -l <expected)" -ge 303 ] || fail "only $(wc -l <expected) flows"
flows again | diff expected - >differ || fail "counted (<) and read back (>): $(head differ)"
equal "translated flows" "$(jq -c 'select(.type == "flow" and .nat_dst_port == 5999 and .dst_port == 80) | [.nat_dst_ip, .starts]' again)" \
	'["10.9.1.2",1]'
equal "marked starts and ends" "$(jq -s 'map(select(.mark == 7) | .starts + .ends) | add > 0' again)" true
equal "drops" "$(total drops again)" "$(counted inet filter dropped)"
"$CTAGG" --read=lines -w 1h -k src,rule -o rules || fail "--read with the rule"
equal "rule" "$(jq -r 'select(.type == "flow" and .drops > 0) | [.log_prefix, .rule] | join(" ")' rules)" \
	"five inet/filter/input/$(handle_of input 'dport 5000')"

# --- lines that are read become the same lines, or those of them that are selected
"$CTAGG" --read=lines --events | diff lines - >differ || fail "lines (<) and the same again (>): $(head differ)"
"$CTAGG" --read=- --events --proto udp --dport 5000,6000 <lines >some || fail "--read --events"
jq -c 'select(.proto == "udp" and (.dst_port == 5000 or .dst_port == 6000))' lines | diff some - >differ ||
	fail "selected (<) and expected (>): $(head differ)"
[ -s some ] || fail "nothing was selected"
