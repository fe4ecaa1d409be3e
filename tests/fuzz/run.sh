#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Run each fuzz target for so many seconds in a tree that was built with
#   ./configure --enable-fuzzers CC=clang && make
# Inputs that reached new code stay in tests/fuzz/corpus of that tree, one that crashes in
# tests/fuzz. Exit status: 0 nothing was found, 1 something was.
set -u

usage()
{
	echo "usage: $0 SECONDS [BUILD-DIRECTORY]" >&2
	exit 2
}

[ $# -ge 1 ] && [ $# -le 2 ] || usage
case $1 in
"" | *[!0-9]*) usage ;;
esac
seconds=$1
cd "${2:-.}/tests/fuzz" || exit 2
if ! [ -x seeds ]; then
	echo "$0: no fuzz targets in $PWD: configure with --enable-fuzzers CC=clang, then make" >&2
	exit 2
fi

targets="conntrack flat lines nflog packet records text"
pids=
# shellcheck disable=SC2086 # a list
trap 'kill $pids 2>/dev/null; exit 1' INT TERM
for target in $targets; do	# all at the same time
	mkdir -p "corpus/$target" "seeds-$target"
	./seeds "$target" "seeds-$target" || exit 2
	echo "fuzz_$target: $seconds s"
	./"fuzz_$target" -max_total_time="$seconds" -max_len=2048 -timeout=10 -print_final_stats=1 \
		-artifact_prefix="crash-$target-" "corpus/$target" "seeds-$target" \
		>"$target.log" 2>&1 &
	pids="$pids $!"
done
status=0
for target in $targets; do
	pid=${pids# }
	pids=${pid#* }
	wait "${pid%% *}"
	rc=$?
	grep -E 'stat::number_of_executed_units|stat::average_exec_per_sec' "$target.log"
	if [ $rc -ne 0 ]; then
		grep -vE '	(NEW|REDUCE|pulse) ' "$target.log" | tail -n 60
		echo "fuzz_$target: FOUND SOMETHING, see $PWD/crash-$target-*" >&2
		status=1
	fi
done
exit $status
