# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What every shell must complete. Sourced by the test of each shell, which defines
# complete_line: it prints what the shell proposes for the last word of a line, one
# proposal a line. Some shells print a value with its option (--table=hash), some without.

# shellcheck disable=SC2034 # for those who source this
files=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../completions" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
touch flows.jsonl
mkdir delivered

fail() {
	echo "FAIL: $*"
	exit 1
}

# The line, then the proposals in any order.
expect() {
	local line=$1
	shift
	complete_line "$line" | sed -E 's/^--[a-z-]+=(.)/\1/; s:[=/, ]+$::' | sort -u >proposed
	printf '%s\n' "$@" | sed '/^$/d' | sort -u >wanted
	diff proposed wanted >differ || fail "$line: proposed (<) and wanted (>): $(cat differ)"
}

expect_cases() {
	expect 'ctagg --tab' --table
	expect 'ctagg --no-a' --no-align
	expect 'ctagg --table h' hash
	expect 'ctagg --table=h' hash
	expect 'ctagg -v --table=b' bpf
	expect 'ctagg --key=nat-sr' nat-src
	expect 'ctagg -k src,dp' src,dport
	expect 'ctagg --enable=acct,ti' acct,timestamp
	expect 'ctagg --direction=fo' forward
	expect 'ctagg --direction in,lo' in,local
	expect 'ctagg --proto=tcp,vr' tcp,vrrp
	expect 'ctagg -t 5,by' 5,bytes
	if grep -qs '^gopher[[:space:]]' /etc/services; then
		expect 'ctagg --dport=gophe' gopher
		expect 'ctagg --sport=!80,gophe' '!80,gopher'
	fi
	expect 'ctagg --top=5,pa' 5,packets
	expect 'ctagg --check=j' json
	expect 'ctagg --changes=appeared,va' appeared,vanished
	expect 'ctagg -o flo' flows.jsonl
	expect 'ctagg --snapshot --state=flo' flows.jsonl
	expect 'ctagg --table x' ''
	expect 'ctagg -t 5' ''
	expect 'ctagg --user=daemo' daemon
	expect 'ctagg-deliver --user daemo' daemon
	expect 'ctagg-deliver --arch' --archive
	expect 'ctagg-deliver --archive del' delivered
	expect 'ctagg-deliver --spool=del' delivered
	expect 'ctagg-deliver --exec mktem' mktemp
	expect 'ctagg-view --fol' --follow
	expect 'ctagg-view --follow del' delivered
	expect 'ctagg-view --group=dir' direction
	expect 'ctagg-view --report=flo' flows.jsonl
	expect 'ctagg-view --direction=in,lo' in,local
	expect 'ctagg-view flo' flows.jsonl
	expect 'ctagg-view --table flo' flows.jsonl
}

# For shells that print all proposals.
expect_lists() {
	expect 'ctagg --table=' auto bpf hash
	expect 'ctagg --enable ' acct timestamp events hooks
	expect 'ctagg --direction=' in out forward local
	expect 'ctagg -k ' src dst sport dport proto icmp icmp-code dir nat-src nat-sport \
		nat-dst nat-dport zone mark iif oif rule src-label dst-label netns drop_reason
	expect 'ctagg --direction=!i' '!in'
	expect 'ctagg --direction=!in,fo' '!in,forward'
	expect 'ctagg --window=' ''
	expect 'ctagg-view --sort ' bytes packets starts ends drops live
}
