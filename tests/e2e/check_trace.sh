#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --check --source=trace: whether tracing can be had here, and who makes it dear. The oracle is a run with the
# same options.
. "$(dirname "$0")/lib.sh"

check() { "$CTAGG" --check "$@" --source=trace >out 2>err; }
sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1 net.netfilter.nf_conntrack_events=1
track

# What the run says, the check says before it.
"$CTAGG" --source=trace -w 100ms -c 1 >/dev/null 2>run.err
ran=$?
check
status=$?
if [ $ran = 0 ]; then
	equal "status" $status 0
	equal "nothing to say" "$(cat out)" ""
	grep -qF -- "--source=trace can be had here" err || fail "not that it can be had: $(cat err)"
else
	equal "status" $status 3
	why=$(sed -n 's/^ctagg: --source=trace: [A-Z][^:]*: //p' run.err)
	[ -n "$why" ] || fail "the run has not said why: $(cat run.err)"
	grep -qF "error: --source=trace cannot be had here: $why" out || fail "not why ($why): $(cat out)"
	! grep -q 'can be had' err || fail "that it can be had, too: $(cat err)"
	# The kernel's last words, as a run has them.
	"$CTAGG" -v --source=trace -w 100ms -c 1 2>&1 >/dev/null | grep libbpf >run.words
	check -v
	equal "last words" "$(grep libbpf err)" "$(cat run.words)"
fi
check=$(check --check=json; jq -c 'select(.cause | startswith("trace")) | [.severity, .cause]' out)
[ $ran = 0 ] || equal "as JSON" "$check" '["error","trace"]'
if "$CTAGG" --check | grep 'source=trace'; then
	fail "nobody has asked"
fi

# Nothing is left: no listener, and no program of the kernel's.
[ -z "$(awk '$2 == 12 && $4 ~ /[1-9a-f]/' /proc/net/netlink)" ] || fail "somebody listens"

# A listener in another network namespace, and one in this: the kernel's own list says where, conntrack's
# process id is known.
dear() { check --check=json; jq -r 'select(.cause == "trace_listener").text' out; }
equal "nobody listens" "$(dear)" ""
ip netns add far
ip netns exec far conntrack -E >far.out 2>&1 &
listener=$!
# shellcheck disable=SC2317 # by wait_for
joined() { grep -q ' 12 .* 0000000[1-9a-f] ' "/proc/$1/net/netlink"; }
wait_for joined $listener
case $(dear) in
"conntrack, process $listener, "*" in another network namespace: "*) ;;
*) fail "another namespace: $(cat out)" ;;
esac
conntrack -E -e NEW >near.out 2>&1 &
near=$!
wait_for listens $near
case $(dear) in
"conntrack, process $near, "*" in this network namespace: "*) ;;
*) fail "this namespace: $(cat out)" ;;
esac
"$CTAGG" --check >out 2>err || fail "of a run that does not trace: $(cat out)"
equal "of a run that does not trace" "$(cat out)" ""
kill $listener $near
wait
equal "nobody listens any more" "$(dear)" ""

# One that listens to what ctnetlink makes no messages of connections of, as a ctagg that traces does.
conntrack -E expect >expected.out 2>&1 &
near=$!
wait_for listens $near
equal "expectations" "$(dear)" ""
kill $near
exit 0
