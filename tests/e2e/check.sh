#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --check: each cause that it knows is brought about and must be named; then the command
# that --check gives must mend it.
. "$(dirname "$0")/lib.sh"

set_to() { sysctl -qw "net.netfilter.nf_conntrack_$1=$2" || fail "sysctl $1"; }
causes() { "$CTAGG" --check=json "$@" 2>err | jq -r .cause | tr '\n' ' '; }
command_for() { "$CTAGG" --check=json "${@:2}" 2>/dev/null | jq -r "select(.cause == \"$1\") | .command" | head -n 1; }
named() {	# cause, options: --check names it, and the command mends it
	local cause=$1 command
	shift
	case " $(causes "$@")" in
	*" $cause "*) ;;
	*) fail "$cause is not named: $(causes "$@")" ;;
	esac
	command=$(command_for "$cause" "$@")
	[ -n "$command" ] || fail "$cause: no command"
	eval "$command" >/dev/null 2>command.err || fail "$cause: $command: $(cat command.err)"
	case " $(causes "$@")" in
	*" $cause "*) fail "$cause is still there after: $command" ;;
	esac
}

# All is well: no output, status 0.
set_to acct 1
set_to timestamp 1
set_to events 1
track
"$CTAGG" --check >out 2>err || fail "status $?: $(cat out)"
equal "nothing to say" "$(cat out)" ""

# Each cause on its own.
nft flush ruleset
"$CTAGG" --check >out 2>err
equal "status" $? 3
grep -q '^error: no rule in this network namespace' out || fail "$(cat out)"
named no_tracking
set_to events 0
named events_off
set_to events 2
conntrack -I -p udp -s 10.0.0.1 -d 192.0.2.1 --sport 1000 --dport 53 -t 600 >/dev/null 2>&1
named events_auto
conntrack -D >/dev/null 2>&1
set_to acct 0
named accounting_off
set_to timestamp 0
named timestamps_off

# without privilege over this namespace
(exec setpriv --reuid 65534 --clear-groups --inh-caps -all --bounding-set -all "$CTAGG" --check=json) >out 2>err
equal "status" $? 3
equal "the worst comes first" "$(jq -r .cause out | head -n 1)" privilege
equal "its severity" "$(jq -r .severity out | head -n 1)" error
grep -q '^kernel_table$' <(jq -r .cause out) || fail "the kernel table is not named"

# In a container: commands that its root cannot run are marked as the host's.
unshare --user --map-root-user --net "$CTAGG" --check=json --buffer-size 1G >out 2>err
inside() { jq -r "select(.cause == \"$1\").command" out; }
equal "the buffer" "$(inside buffer)" "sysctl -w net.core.rmem_max=$((1 << 30))   # on the host"
case $(inside kernel_table) in
"ctagg --table=hash"*) ;;	# setcap would not help
*) fail "the kernel table: $(inside kernel_table)" ;;
esac

# the kernel table is tried with the key and the selection that are asked for
"$CTAGG" --check >out 2>err || fail "$(cat out)"
zones=1,3,5,7,9,11,13,15,17,19
"$CTAGG" --check=json --zone=$zones >out 2>err
"$CTAGG" -w 100ms -c 1 --zone=$zones >/dev/null 2>err || fail "status $?"
if grep -q 'no kernel table' err; then
	equal "with many zones" "$(jq -r .cause out)" kernel_table
else
	equal "with many zones" "$(cat out)" ""
fi

# drops: nobody logs to the group; another program has it
nft -f - <<-'N'
	table inet filter {
		chain input {
			type filter hook input priority 0;
		}
	}
N
named group_unused -g 5
start -g 5
equal "a taken group" "$(causes -g 5)" "group_taken "
"$CTAGG" --check -g 5 >out 2>err
equal "status" $? 3
grep -q "^error: NFLOG group 5 is held by ctagg, process $PID: " out || fail "$(cat out)"
bash -c "$(command_for group_taken -g 5)" >shown || fail "$(command_for group_taken -g 5)"
grep -q "ctagg.* -g 5" shown || fail "the command does not show the program: $(cat shown)"
kill -0 "$PID" || fail "the command has ended the program"
finish

# nobody here sees which program holds the group
unshare --pid --fork --kill-child --mount-proc "$CTAGG" -w 1h -g 5 >/dev/null 2>hidden.err &
hidden=$!
held() { grep -q '^ *5 ' /proc/self/net/netfilter/nfnetlink_log; }
wait_for held
unshare --pid --fork --mount-proc "$CTAGG" --check -g 5 >out 2>err
grep -q '^error: NFLOG group 5 is held by another program' out || fail "$(cat out)"
grep -E 'process [0-9]|kill' out && fail "a process that is not there is named"
kill -KILL "$hidden"	# unshare(1) waits for its child after SIGTERM
{ wait "$hidden"; } 2>/dev/null
free() { ! held; }
wait_for free

# offloaded connections
host a 1
host b 2
sysctl -qw net.ipv4.ip_forward=1
if nft -f - 2>/dev/null <<-'N'
	table inet fast {
		flowtable f { hook ingress priority 0; devices = { to-a, to-b }; }
		chain forward {
			type filter hook forward priority 0;
			ip protocol tcp flow add @f
		}
	}
N
then
	serve b 7000
	mkfifo hold
	ip netns exec a ncat 10.9.2.2 7000 <hold >echoed &
	client=$!
	exec 3>hold
	for i in 1 2 3 4 5; do echo $i >&3; wait_for grep -q $i echoed; done
	offloaded() { conntrack -L 2>/dev/null | grep -q OFFLOAD; }
	wait_for offloaded
	named offloaded
	equal "in a snapshot" "$("$CTAGG" --snapshot | jq 'select(.type == "window") | .offloaded')" 1
	exec 3>&-
	wait $client
	nft delete table inet fast
fi

# The first empty window has a hint, and its status says that something explains it.
nft flush ruleset
conntrack -F >/dev/null 2>&1
rm -f out
start -w 200ms -c 1 -q
wait "$PID"
equal "status of an empty window" "$(jq -r 'select(.type == "window") | .status' out)" nodata
rm -f out
script -qec "$CTAGG -w 200ms -c 1 -o out" typescript >/dev/null </dev/null
grep -q 'ctagg --check' typescript || fail "no hint: $(cat typescript)"
track
rm -f out
start -w 200ms -c 1
wait "$PID"
equal "status when nothing is wrong" "$(jq -r 'select(.type == "window") | .status' out)" ok

# A connection table that is nearly full. Only the first namespace can change its size, so it
# is filled.
max=$(cat /proc/sys/net/netfilter/nf_conntrack_max)
if [ "$max" -le 400000 ]; then
	"$TOOLS/ctgen" --keys 1000 --live "$max" --events "$((max * 92 / 100))" --hold >/dev/null || fail "ctgen"
	case " $(causes)" in
	*" table_nearly_full "*) ;;
	*) fail "a table nearly full is not named: $(causes)" ;;
	esac
fi

