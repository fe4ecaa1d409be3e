# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# How tests/packaging/run reports. Sourced; each step has a log in $work.

# shellcheck disable=SC2154 # work is set by who sources this
number=0 bad=0
declare -A pid

report() {	# name, status, log
	number=$((number + 1))
	case $2 in
	0) echo "ok $number - packages: $1" ;;
	77) echo "ok $number - packages: $1 # SKIP $(tail -n 1 "$3")" ;;
	*)
		bad=1
		echo "not ok $number - packages: $1"
		tail -n 40 "$3" >&2
		;;
	esac
}

# Run a step: a name, and a command or a function.
run() {
	local name=$1 log=$work/step-$((number + 1)).log
	shift
	("$@") >"$log" 2>&1 </dev/null
	report "$name" $? "$log"
}

# Start a step beside the others: a word, and a command or a function. finish NAME WORD waits for it.
start() {
	local word=$1
	shift
	("$@") >"$work/$word.log" 2>&1 </dev/null &
	pid[$word]=$!
}
finish() {
	wait "${pid[$2]}"
	report "$1" $? "$work/$2.log"
}

plan() {
	echo "1..$number"
	exit $bad
}
