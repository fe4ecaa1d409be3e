#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-cookbook(7): questions about the connection table, asked by snapshots: who fills it, what has changed since
# yesterday, graded for mail, and whose networks. The oracle is what conntrack(8) lists.
. "$(dirname "$0")/lib.sh"
. "$E2E/cookbook-lib.sh"
. "$E2E/truth-lib.sh"
install_all
sysctl -qw net.netfilter.nf_conntrack_acct=1
host a 1
track
serve a 8080
serve "" 8081
is_open() { conntrack -L -p tcp --state ESTABLISHED 2>/dev/null | grep -c "dport=$1 " | grep -qx "$2"; }
from_a() {	# how many connections to our port 8081, which stay
	local i
	for ((i = 0; i < $1; i++)); do
		ip netns exec a bash -c 'exec 3<>/dev/tcp/10.9.1.1/8081; exec sleep 1000' &
		clients+=($!)
	done
	wait_for is_open 8081 "$1"
}
clients=()
conntrack -F >/dev/null 2>&1

# Five that stay to one server, one that is closed, and two the other way.
exec 11<>/dev/tcp/10.9.1.2/8080 12<>/dev/tcp/10.9.1.2/8080 13<>/dev/tcp/10.9.1.2/8080 14<>/dev/tcp/10.9.1.2/8080 15<>/dev/tcp/10.9.1.2/8080
echoed 10.9.1.2 100
wait_for closed 1
from_a 2
note_live
procedure "WHO FILLS THE CONNECTION TABLE"
types "conntrack -C"
sees 1
equal "connections" "$(cat said)" "$(wc -l <live.json)"
types "ctagg --snapshot -k src *"
sees 2
equal "sources" "$(cat said)" "$(jq -s -r 'group_by(.src) | map([length, (map(select(.kind == "live")) | length),
	(map(select(.kind == "closed")) | length), .[0].src]) | sort_by(-.[0])[] | @tsv' live.json)"
types "ctagg --snapshot -k dst,dport,proto *"
sees 2
procedure_ends
equal "destinations" "$(cat said)" "$(jq -s -r 'group_by([.dst, .dport]) | map([length, .[0].proto, .[0].dst, .[0].dport]) | sort_by(-.[0])[] | @tsv' live.json)"

procedure LABELS
types "printf *>/etc/ctagg.networks.csv"
types "ctagg --snapshot --labels=/etc/ctagg.networks.csv *"
sees 2
procedure_ends
equal "labels" "$(cat said)" "$(jq -s -r 'map((.src, .dst) |= {"10.9.1.1": "gateway", "10.9.1.2": "Fulda"}[.])
	| group_by([.src, .dst])[] | [.[0].src, .[0].dst, length] | @tsv' live.json | sort)"

# What cron did yesterday, by the command of the page; then some go, and others come.
flows() { jq -r '[.proto, .src, .dst, .dport] | @tsv' live.json | sort -u; }
kill "${clients[@]}"
wait_for closed 3
conntrack -F >/dev/null 2>&1
from_a 1
note_live
flows >yesterday
yesterday=$(head -n 1 "page/WHAT CHANGED SINCE YESTERDAY.commands")
eval "$yesterday" || fail "$yesterday"
jq -c 'select(.change) | .change' /var/log/ctagg-day.jsonl | sort -u >first
equal "the first run" "$(cat first)" '"appeared"'
command rm /var/log/ctagg-day.jsonl
kill "${clients[@]}" 2>/dev/null
wait_for closed 1
conntrack -F >/dev/null 2>&1
exec 11>&- 12>&- 13>&- 14>&- 15>&-
conntrack -F >/dev/null 2>&1
exec 11<>/dev/tcp/10.9.1.2/8080
note_live
flows >today
procedure "WHAT CHANGED SINCE YESTERDAY"
types "ctagg --snapshot --state=/var/lib/ctagg-day.state *"
equal "what cron would mail" "$(cat said)" ""
types "jq -r 'select(.change) *"
sees 2
procedure_ends
equal "changes" "$(sort said)" "$({ comm -13 yesterday today | sed 's/^/appeared\t/'; comm -23 yesterday today | sed 's/^/vanished\t/'; } | sort)"

# Who is new and comes in is mail; who is new and goes out is none; who grows is.
from_a 1
procedure "SEVERITIES FOR CHANGES IN CRON MAIL"
types "cp /usr/share/doc/ctagg/examples/cron-mail/ctagg-mail /usr/local/bin/"
types "echo * >/etc/cron.d/ctagg-mail"
types "/usr/local/bin/ctagg-mail"
sees 1
equal "mail of the first run" "$(wc -l <said)" "$(conntrack -L -d 10.9.1.1 2>/dev/null | wc -l)"
# The entry as cron runs it, with its PATH: what is printed would be mailed.
run_mail() {
	env -i HOME=/root LOGNAME=root PATH=/usr/bin:/bin sh -c "$(sed -nE 's/^([0-9*\/,-]+ ){5}root //p' /etc/cron.d/ctagg-mail)" \
		>mail 2>&1 </dev/null || fail "cron: $(cat mail)"
}
run_mail
equal "mail when nothing has changed" "$(cat mail)" ""
sent() { conntrack -L -p tcp --dport 8080 2>/dev/null | connections_as_json | jq -s 'map(.orig_bytes) | add'; }
before=$(sent)
head -c 20000 /dev/zero >&11
equal "echo" "$(head -c 20000 <&11 | wc -c)" 20000
after=$(sent)
[ "$after" -ge $((10 * before)) ] || fail "has not grown: $before, $after"
run_mail
sees 1 mail
procedure_ends
equal "mail of what has grown" "$(wc -l <mail)" 1
kill "${clients[@]}" 2>/dev/null
wait_for closed 1
conntrack -D -p tcp --dport 8081 >/dev/null 2>&1
run_mail
equal "mail of what has gone" "$(cat mail)" ""
