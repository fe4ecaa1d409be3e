# shellcheck shell=dash disable=SC2154 # result() and only() are of cases.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of the cases, sourced by guest.sh: --check where tracing can be had. tests/e2e/check_trace.sh has the rest.
echo 1 >$netfilter/nf_conntrack_events
nft 'table inet checked { chain in { type filter hook input priority 0; ct state new counter; }; }'

says() { # name, first words on standard output or "", line on standard error or "", options
	name=$1 words=$2 line=$3
	shift 3
	(only +net_admin,+sys_admin,+bpf ctagg --check "$@") >out 2>err
	status=$?
	if [ $status = 0 ] && [ "$(cut -c "-${#words}" out)" = "$words" ] && [ "$(cat err)" = "$line" ] &&
		[ "$(bpf_left)" = "programs 0, maps 0, links 0" ]; then
		result "check: $name" "ok $line"
	else
		result "check: $name" "FAILED status $status, $(bpf_left): $(cat out err)"
	fi
}
well="ctagg: nothing found that would keep data away"
can="--source=trace can be had here"
says "all is well" "" "$well; $can" --source=trace
says "of every network namespace" "" "$well; $can" --source=trace --netns=all
says "as JSON" "" "$well; $can" --check=json --source=trace
says "nobody has asked for tracing" "" "$well"
says "quiet" "" "" --source=trace -q
echo 0 >$netfilter/nf_conntrack_acct
says "with a note" "note: nf_conntrack_acct is 0" "ctagg: $can" --source=trace
echo 1 >$netfilter/nf_conntrack_acct

# A capability is missing.
(only +net_admin,+bpf ctagg --check --source=trace) >out 2>err
status=$?
if [ $status = 3 ] && grep -q '^error: --source=trace cannot be had here: it needs CAP_SYS_ADMIN' out && ! grep -q trace err; then
	result "check: without CAP_SYS_ADMIN" "ok $(cat out)"
else
	result "check: without CAP_SYS_ADMIN" "FAILED status $status: $(cat out err)"
fi
nft delete table inet checked
