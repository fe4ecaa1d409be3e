#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Run fuzz targets for so many seconds each, in a tree that was built with
#   ./configure --enable-fuzzers CC=clang && make
# all at the same time; with --record two at a time, and what came of each target becomes its line of
# last-result.txt beside this script. Inputs that reached new code stay in tests/fuzz/corpus of the tree that
# was built, one that crashes in tests/fuzz. With --keep nothing runs: of the inputs of the tree that was built,
# those that are needed to reach what all reach are put into corpus/ beside this script, for `make check', up
# to KEPT_BYTES of each target. Exit status: 0 nothing was found, 1 something was.
# usage: tests/fuzz/run.sh [--record] SECONDS [BUILD-DIRECTORY [TARGET...]]
#        tests/fuzz/run.sh --keep [BUILD-DIRECTORY [TARGET...]]
set -u
KEPT_BYTES=16000

usage() {
	sed -n 's/^# usage: /usage: /p; s/^#  \( *tests.fuzz.run\)/  \1/p' "$0" >&2
	exit 2
}

here=$(cd "$(dirname "$0")" && pwd) || exit 2
record=
seconds=
[ "${1:-}" = --record ] && record=$here/last-result.txt && shift
[ $# -ge 1 ] || usage
case $1 in
--keep) ;;
"" | *[!0-9]*) usage ;;
*) seconds=$1 ;;
esac
cd "${2:-.}/tests/fuzz" || exit 2
shift $(($# > 1 ? 2 : 1))
if ! [ -x seeds ]; then
	echo "$0: no fuzz targets in $PWD: configure with --enable-fuzzers CC=clang, then make" >&2
	exit 2
fi
read -ra all < <(./seeds --targets)
targets=("${@:-${all[@]}}")
declare -A pids

write_seeds() {	# target
	rm -rf "seeds-$1"
	mkdir -p "corpus/$1" "seeds-$1"
	./seeds "$1" "seeds-$1" "$here/begin/$1.txt" "$here/corpus/$1.txt" || exit 2
}

# Where the inputs that are needed have more than KEPT_BYTES, each second, third ... of them by size.
keep() {	# target
	local files bytes
	write_seeds "$1"
	rm -rf "kept-$1"
	mkdir "kept-$1"
	"./fuzz_$1" -merge=1 -max_len=2048 "kept-$1" "seeds-$1" "corpus/$1" >"$1.log" 2>&1 || { tail "$1.log"; exit 1; }
	mapfile -t files < <(find "kept-$1" -type f -size -4k -printf '%s %p\n' | LC_ALL=C sort -nr | cut -d' ' -f2-)
	bytes=$(./seeds --keep "${files[@]}" | wc -c)
	./seeds --keep "${files[@]}" | awk -v each=$((bytes / KEPT_BYTES + 1)) 'NR % each == 0' >"$here/corpus/$1.txt"
	echo "corpus/$1.txt: $(wc -l <"$here/corpus/$1.txt") of ${#files[@]} inputs"
}

fuzz() {	# target
	write_seeds "$1"
	echo "fuzz_$1: $seconds s"
	nice "./fuzz_$1" -max_total_time="$seconds" -max_len=2048 -timeout=30 -print_final_stats=1 \
		-artifact_prefix="crash-$1-" "corpus/$1" "seeds-$1" >"$1.log" 2>&1 &
	pids[$1]=$!
}

# What the log of libFuzzer says: executions, seconds, edges that were reached, and edges that there are.
numbers() {	# target
	awk '/^Done [0-9]+ runs in / { runs = $2; seconds = $5 }
		/inline 8-bit counters\):/ { for (i = 1; i < NF; i++) if ($i ~ /^\(/) edges = substr($i, 2) }
		{ for (i = 1; i < NF; i++) if ($i == "cov:") reached = $(i + 1) }
		/^stat::number_of_executed_units:/ && !runs { runs = $2 }
		END { printf "%s\t%s\t%s of %s", seconds ? seconds : "-", runs, reached, edges }' "$1.log"
}

write_line() {	# target, what was found
	local rest
	rest=$(grep -v "^$1	" "$record" 2>/dev/null | grep -v '^#')
	{
		echo "# tests/fuzz/run.sh --record writes this file: what came of each fuzz target when it ran last, with"
		echo "# AddressSanitizer and UndefinedBehaviorSanitizer."
		echo "# target	seconds	executions	edges reached	found	day"
		printf '%s\n' "$rest" "$1	$(numbers "$1")	$2	$(date -u +%F)" | grep . | LC_ALL=C sort
	} >"$record.new" && mv "$record.new" "$record"
}

# Wait for a target; say and record what came of it.
finish() {	# target
	local rc found=nothing
	wait "${pids[$1]}"
	rc=$?
	unset "pids[$1]"
	echo "fuzz_$1: $(numbers "$1")"
	if [ $rc -eq 3 ]; then	# FUZZ_CANNOT
		found="cannot run here"
		echo "fuzz_$1: cannot run here: $(tail -n 1 "$1.log"); run it as root, or name the other targets" >&2
		status=1
	elif [ $rc -ne 0 ]; then
		found=$(sed -n 's/^SUMMARY: //p' "$1.log" | head -n 1)
		grep -vE '	(NEW|REDUCE|pulse) ' "$1.log" | tail -n 60
		echo "fuzz_$1: FOUND SOMETHING, see $PWD/crash-$1-*" >&2
		status=1
	fi
	[ -z "$record" ] || write_line "$1" "${found:-exit status $rc}"
}

if [ -z "$seconds" ]; then
	for target in "${targets[@]}"; do
		keep "$target"
	done
	exit 0
fi
status=0
trap 'kill "${pids[@]}" 2>/dev/null; exit 1' INT TERM
before=()
for target in "${targets[@]}"; do
	fuzz "$target"
	before+=("$target")
	if [ -n "$record" ] && [ ${#before[@]} -ge 2 ]; then
		finish "${before[0]}"
		before=("${before[@]:1}")
	fi
done
for target in "${before[@]}"; do
	finish "$target"
done
exit $status
