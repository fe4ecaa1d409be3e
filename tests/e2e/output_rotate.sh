#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# logrotate makes the new file for another user, and ctagg has given up the privilege to
# write to it anyhow. ctagg goes on with the old file and says once which owner is needed;
# when the owner is right it goes on with the new file. Nothing is missing.
. "$(dirname "$0")/lib.sh"
command -v logrotate >/dev/null || { echo "no logrotate here"; exit 77; }
: >probe
chown 65534:65534 probe 2>/dev/null || { echo "no other users in this namespace"; exit 77; }
user=$(id -un) group=$(id -gn)
other=$(getent passwd 65534 | cut -d: -f1) others=$(getent group 65534 | cut -d: -f1)

# Rotate the log.
rotate() {	# what logrotate shall create: mode, user, group
	cat >config <<-C
		$PWD/log {
			create $*
			rotate 9
			postrotate
				kill -HUP $PID
			endscript
		}
	C
	chmod 600 config
	logrotate -f -s "$PWD/state" config || fail "logrotate"
}
said() { grep -c "$1" err; }
cut() { kill -USR2 "$PID"; }
grows() { [ "$(wc -l <"$1")" -gt "$2" ]; }

umask 022
start -w 3600 -o log
while read -r name set; do
	[ $((0x$set & 1 << 1)) = 0 ] || fail "CAP_DAC_OVERRIDE is kept: $name $set"
done < <(grep -E '^Cap(Inh|Prm|Eff|Amb|Bnd):' /proc/"$PID"/status)

# --- the new file is for our user
gen --keys 50 --events 500
cp gen.json truth
rotate 0640 "$user" "$group"
cut
wait_for test -s log
equal "failures" "$(said 'cannot open')" 0

# --- the new file is for another user, as it is on many systems
rotate 0640 "$other" "$others"
wait_for grep -q 'cannot open log anew: Permission denied; still writing to the old file' err
grep -q "create 0640 $user $group" err || fail "it does not say which owner is needed"
gen --keys 50 --events 500
cat gen.json >>truth
lines=$(wc -l <log.1)
cut
wait_for grows log.1 "$lines"
[ ! -s log ] || fail "it writes to a file of somebody else"

# --- another SIGHUP changes nothing
kill -HUP "$PID"
kill -USR1 "$PID"
wait_for grep -q statistics err

# --- the owner is corrected: no signal is needed
chown "$user:$group" log
opened_again() { [ "$(said 'opened log anew')" = 2 ]; }
wait_for opened_again
equal "times it was said" "$(said 'cannot open')" 1
gen --keys 50 --events 500
cat gen.json >>truth
cut
wait_for test -s log

# --- the next time is said again; it ends when the new file is removed
rotate 0640 "$other" "$others"
said_again() { [ "$(said 'cannot open')" = 2 ]; }
wait_for said_again
rm log
wait_for test -e log
gen --keys 50 --events 500
cat gen.json >>truth
finish
equal "mode" "$(stat -c '%a %U' log)" "640 $user"
cat log.3 log.2 log.1 log >all
check_output all
equal starts "$(total starts all)" "$(jq -s 'map(.created) | add' truth)"

# --- SIGHUP without a new file, and no right to open the same one again: no message
chown "$other:$others" log
start -w 3600 -o log
kill -HUP "$PID"
wait_for grep -q 'opened log anew' err
equal "failures" "$(said 'cannot open')" 0
finish

# --- the directory of a snapshot's state belongs to another user
mkdir states
chown "$other" states
chmod 755 states
"$CTAGG" --snapshot --state states/state >out.denied 2>err
equal "status without the permission to replace the state" $? 1
equal "records without the permission" "$(wc -c <out.denied)" 0
grep -q '^ctagg: states/state: Permission denied: ctagg runs as ' err || fail "$(cat err)"
chown "$user" states
for _ in 1 2; do
	"$CTAGG" --snapshot --state states/state >/dev/null 2>err || fail "the state of a snapshot"
done
