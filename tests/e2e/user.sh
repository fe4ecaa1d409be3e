#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --user: root becomes an ordinary user after setting up, in every thread; what setting up has made
# belongs to that user, and what was there stays as it was. All that ctagg does goes on working.
. "$(dirname "$0")/lib.sh"
DELIVER=$(dirname "$CTAGG")/ctagg-deliver
NAME=$(getent passwd 65534 | cut -d: -f1) GROUP=$(getent group 65534 | cut -d: -f1)
: >probe
{ [ -n "$NAME" ] && chown 65534:65534 probe 2>/dev/null; } || { echo "no other users in this namespace"; exit 77; }
# A group that the user is in besides its own, and the group of spools, in a file of our own.
{ cat /etc/group; echo "extra:x:4714:$NAME"; } >group
getent group ctagg >/dev/null || echo "ctagg:x:4715:" >>group
mount --bind group /etc/group
SPOOLERS=$(getent group ctagg | cut -d: -f3)
chmod 755 /run /run/work
umask 022

owner() { stat -c '%u:%g %a' "$1"; }
is_user() {	# process id: every thread is that user for good, with its groups
	local task
	for task in /proc/"$1"/task/*; do
		equal "uids of ${task##*/}" "$(awk '/^Uid:/ { print $2, $3, $4, $5 }' "$task/status")" "65534 65534 65534 65534"
		equal "gids" "$(awk '/^Gid:/ { print $2, $3, $4, $5 }' "$task/status")" "65534 65534 65534 65534"
		equal "groups" "$(awk '/^Groups:/ { for (i = 2; i <= NF; i++) print $i }' "$task/status" | sort -n | tr '\n' ' ')" "4714 65534 "
	done
}

# --- a run, in which everything is new
find_tables
mkdir metrics
chown 65534 metrics
for table in $tables; do
	TABLE=$table start --user="$NAME" -w 3600 -o log --spool=spool --metrics=metrics/m --enable=acct,hooks
	equal "said" "$(grep -c "^ctagg: privileges: user $NAME, capabilities net_admin" err)" 1
	equal "the output" "$(owner log)" "65534:65534 640"
	for part in spool spool/new spool/tmp spool/dead; do
		equal "$part" "$(owner $part)" "65534:$SPOOLERS 2770"
	done
	equal "the metrics" "$(owner metrics/m)" "65534:65534 644"
	equal "notes of --enable" "$(find /run/ctagg -printf '%u\n' | sort -u)" "$NAME"
	gen --keys 50 --events 500
	cp gen.json truth
	kill -USR2 "$PID"
	written() { [ -n "$(ls spool/new)" ]; }
	wait_for written
	is_user "$PID"
	equal "a window" "$(stat -c %u:%g spool/new/*)" "65534:$SPOOLERS"
	# A new output, which that user can make in a folder of its own only.
	mv log old
	kill -HUP "$PID"
	wait_for grep -q 'cannot open log anew: Permission denied' err
	grep -q ": ctagg runs as $NAME; chown $NAME \.; in logrotate: create 0640 $NAME $GROUP" err || fail "who is needed"
	install -o 65534 -m 640 /dev/null log
	wait_for grep -q 'opened log anew' err
	gen --keys 50 --events 500
	cat gen.json >>truth
	finish
	equal "switched off again" "$(cat /proc/sys/net/netfilter/nf_conntrack_acct)" 0
	equal "tables" "$(nft list tables)" ""
	cat old log >all
	check_output all
	equal starts "$(total starts all)" "$(jq -s 'map(.created) | add' truth)"
	equal "the spool has the same" "$(cat spool/new/* | jq -s 'map(select(.type == "window").starts) | add')" "$(total starts all)"
	rm -r log old all spool
	rm -rf /run/ctagg
done

# --- what was there is not given away, and says what is needed when it cannot be used
: >log
mkdir states
start --user="$NAME" -w 3600 -o log
finish
equal "an output that was there" "$(owner log)" "0:0 644"
refused() {	# words of the message, options
	"$CTAGG" --user="$NAME" "${@:2}" >out 2>err
	equal "status of ${*:2}" $? 1
	equal "lines of ${*:2}" "$(wc -l <err)" 1
	grep -q "Permission denied: ctagg runs as $NAME; chown $NAME $1\$" err || fail "${*:2}: $(cat err)"
	equal "records of ${*:2}" "$(wc -c <out)" 0
}
"$CTAGG" -w 1s -c 1 --spool=spool >/dev/null 2>&1
refused spool -w 1s -c 1 --spool=spool
chown 65534 spool
refused spool/new -w 1s -c 1 --spool=spool
equal "the spool" "$(owner spool/new)" "0:$SPOOLERS 2770"
refused states -s --state=states/state
refused states -w 1s -c 1 --metrics=states/metrics

# --- other modes
chown 65534 states
"$CTAGG" -v --user="$NAME" -s --state=states/state >out 2>err || fail "$(cat err)"
"$CTAGG" -v --user="$NAME" -s --state=states/state >>out 2>err || fail "$(cat err)"
equal "the state" "$(owner states/state)" "65534:65534 640"
equal "said by a snapshot" "$(grep -c "user $NAME, capabilities net_admin\$" err)" 1
"$CTAGG" -v --user="$NAME" --check=json >out 2>err
"$CTAGG" --check=json >as_root 2>/dev/null
equal "said by --check" "$(grep -c "user $NAME, capabilities dac_read_search" err)" 1
equal "causes" "$(jq -r .cause out)" "$(jq -r .cause as_root)"
echo '{"type":"event","kind":"start","time":"2026-11-21T01:00:00Z","proto":"udp","src_ip":"10.0.0.1","src_port":1,"dst_ip":"10.0.0.2","dst_port":2}' >events
chmod 600 events	# opened before the change
"$CTAGG" -v --user="$NAME" --read=events >out 2>err || fail "$(cat err)"
equal "said by --read" "$(grep -c "user $NAME, capabilities none\$" err)" 1
equal "events read" "$(total starts)" 1
command rm events	# not as the schema has events of ctagg

# --- ctagg-deliver changes before it opens anything
rm -r spool
"$CTAGG" --user="$NAME" -w 1s -c 1 --spool=spool >/dev/null 2>&1
printf '#!/bin/sh\ncat >/dev/null; id -u >>ran; id -G >>ran; grep ^Cap /proc/self/status | cut -f 2 | sort -u >>ran\n' >'command'
chmod 755 command
install -o 65534 /dev/null ran
"$DELIVER" -v --user="$NAME" --spool=spool --once --exec ./command 2>err || fail "$(cat err)"
equal "the command ran as" "$(tr '\n' ' ' <ran)" "65534 65534 4714 0000000000000000 "
equal "said" "$(grep -c "^ctagg-deliver: privileges: user $NAME, capabilities none\$" err)" 1
chown -R 0 spool
"$DELIVER" --user="$NAME" --spool=spool --status >out 2>err
equal "status" $? 3
"$DELIVER" --user="$NAME" --spool=spool --once --exec true 2>err
equal "status" $? 1
grep -q "spool: Permission denied: ctagg-deliver runs as $NAME; chown $NAME spool\$" err || fail "$(cat err)"

# --- refused
for program in "$CTAGG" "$DELIVER --spool=spool --exec true"; do
	for unknown in "no such user" "" 4711; do
		# shellcheck disable=SC2086 # a program and options
		${program%% *} --user="$unknown" ${program#"${program%% *}"} >out 2>err
		equal "status of --user='$unknown'" $? 2
		equal "lines" "$(wc -l <err)" 1
	done
done
as_other() { setpriv --reuid 65534 --regid 65534 --init-groups --inh-caps -all,+net_admin --ambient-caps -all,+net_admin "$@"; }
cp "$CTAGG" /run/ctagg-copy
as_other /run/ctagg-copy --user=daemon -w 1s -c 1 >out 2>err
equal "status of another user" $? 1
grep -q '^ctagg: --user daemon: only root can become another user; run it as root, or' err || fail "$(cat err)"
as_other /run/ctagg-copy -v --user="$NAME" -w 10ms -c 1 >out 2>err || fail "the same user: $(cat err)"
setpriv --bounding-set -all,+net_admin --inh-caps -all "$CTAGG" --user="$NAME" -w 1s -c 1 >out 2>err
equal "status of root without capabilities" $? 1
grep -q 'this root lacks CAP_SETUID or CAP_SETGID' err || fail "$(cat err)"

# --- what is missing is named
lacking() { setpriv --bounding-set -net_admin --inh-caps -all "$CTAGG" "$@" >out 2>err; }
for options in "-w 1s -c 1 --table=hash" "-s" "-w 1s -c 1 --no-conntrack -g 5"; do
	# shellcheck disable=SC2086 # options
	lacking $options
	equal "status of $options without CAP_NET_ADMIN" $? 1
	grep -q 'needs CAP_NET_ADMIN, which no program here can have' err || fail "$options: $(cat err)"
	# shellcheck disable=SC2086 # options
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all /run/ctagg-copy $options >out 2>err
	equal "status of $options by a user" $? 1
	grep -q 'needs CAP_NET_ADMIN: run as root, or setcap' err || fail "$options: $(cat err)"
done
