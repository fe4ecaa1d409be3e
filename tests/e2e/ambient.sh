#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An ordinary user with ambient CAP_NET_ADMIN and CAP_BPF, as a service has them, does all that root
# does: both tables, drops, switching on, snapshots with a state, spools, metrics, --check; and keeps
# CAP_NET_ADMIN alone. Oracles: ctgen, nft's counters, the same run by root.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"
REAL=$CTAGG
setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null || { echo "no other users in this namespace"; exit 77; }

# From now on the program is run by a user, in a folder of its own.
cp "$REAL" /run/real
cat >/run/as-user <<'S'
#!/bin/sh
exec setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all,+net_admin,+bpf \
	--inh-caps -all,+net_admin,+bpf --ambient-caps -all,+net_admin,+bpf /run/real "$@"
S
chmod 755 /run /run/as-user
mkdir -m 755 /run/ctagg /run/user
chown 65534 /run/ctagg /run/user
as_user() { CTAGG=/run/as-user; }
as_root() { CTAGG=$REAL; }

host a 1
drop_udp "a drop"
as_user
find_tables
as_user_tables=$tables
as_root
find_tables
equal "tables of a user" "$as_user_tables" "$tables"
as_user
for table in $tables; do
	for groups in 5 auto; do
		dir=/run/user/$table.$groups
		: >out
		before=$(counted inet filter dropped)
		TABLE=$table start -w 3600 -g $groups --spool=$dir.spool --metrics=$dir.metrics -o $dir.log --enable=acct,timestamp,hooks --interim
		equal "engine" "$(grep -c "^ctagg: ready: table $table" err)" 1
		equal "said" "$(grep -c "^ctagg: privileges: user $(id -un 65534), capabilities net_admin\$" err)" 1
		equal "set" "$(sysctl -n net.netfilter.nf_conntrack_acct)" 1
		gen --keys 50 --events 500
		send_from_a 7 5000
		finish
		check_output $dir.log
		equal "starts" "$(total starts $dir.log)" "$(did created)"
		equal "ends" "$(total ends $dir.log)" "$(did deleted)"
		equal "drops" "$(total drops $dir.log)" "$(($(counted inet filter dropped) - before))"
		equal "the rule" "$(jq -r 'select(.type == "rule").rule' $dir.log)" "inet/filter/input/$(handle_of input group)"
		equal "put back" "$(sysctl -n net.netfilter.nf_conntrack_acct)" 0
		equal "notes" "$(ls -A /run/ctagg)" ""
		cmp -s $dir.spool/new/* $dir.log || fail "the spool"
		grep -q '^ctagg_windows_total.* 1$' $dir.metrics || fail "the metrics: $(cat $dir.metrics)"
	done
done

# --- a snapshot, and what has changed since the last one, as root sees it
track
conntrack -I -p udp -s 10.0.0.1 -d 192.0.2.1 --sport 1000 --dport 53 -t 600 >/dev/null 2>&1
flows() { jq -S -c 'select(.type != "window") | del(.id, .run, .window_start, .window_end, .first_seen, .last_seen)' "$@" | sort; }
"$REAL" -s >root 2>/dev/null
"$CTAGG" -s >user 2>err || fail "$(cat err)"
[ -s root ] || fail "root sees nothing"
equal "a snapshot" "$(flows user)" "$(flows root)"
"$CTAGG" -s --state=/run/user/state >first 2>err || fail "$(cat err)"
conntrack -I -p udp -s 10.0.0.2 -d 192.0.2.1 --sport 1000 --dport 53 -t 600 >/dev/null 2>&1
"$CTAGG" -s --state=/run/user/state >second 2>err || fail "$(cat err)"
equal "what appeared" "$(jq -r 'select(.type == "change") | .change + " " + .src_ip' second)" "appeared 10.0.0.2"

# --- --check finds what root finds
for options in "" "-g 5" "-g 9" "--interim"; do
	# shellcheck disable=SC2086 # options
	"$REAL" --check=json $options 2>/dev/null | jq -r .cause >root
	# shellcheck disable=SC2086 # options
	"$CTAGG" --check=json $options 2>err | jq -r .cause >user
	equal "causes with $options" "$(cat user)" "$(cat root)"
done
