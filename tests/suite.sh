# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# How tests/run.sh counts. Sourced; the counts are in passed, failed and skipped. A build
# or a `make` that fails counts as a failed test, so that tests which were never compiled
# or never run cannot pass.

passed=0 failed=0 skipped=0
step_times=${step_times:-/dev/null}	# file: a line "SECONDS CPU-SECONDS STEP" for each step
failures=${failures:-/dev/null}	# file: what has failed, for the end

# Count what has failed, and say so at once and, by summary(), again at the end.
fail() {
	echo "FAIL: $1"
	echo "$1" >>"$failures"
	failed=$((failed + 1))
}

# Set cpu_seconds to the processor time of this shell's children that have ended.
count_cpu() {
	local fields
	read -ra fields </proc/$BASHPID/stat
	cpu_seconds=$(((fields[15] + fields[16]) / $(getconf CLK_TCK)))
}

# Run a step, which is a command, and note how long it took.
timed() {	# name, command
	local name=$1 began=$SECONDS status cpu_seconds cpu_before
	shift
	echo "== $name"
	count_cpu
	cpu_before=$cpu_seconds
	"$@"
	status=$?
	count_cpu
	echo "$((SECONDS - began)) $((cpu_seconds - cpu_before)) $name" >>"$step_times"
	return $status
}

# Count one check that is a single command.
check() {	# name, command
	if timed "$@"; then
		passed=$((passed + 1))
	else
		fail "$1"
	fi
}

# Run checks beside those that follow: a function that calls check(), tests_in() and so on. What
# it prints goes into FILE. The rest of the program has precedence for the processors. The process
# groups of all that run are aside_pids.
aside_pids=
aside() {	# file, function
	rm -f "$1.counts"
	set -m
	(
		set +m
		renice -n $(($(nice) + 10)) -p "$BASHPID" >/dev/null
		passed=0 failed=0 skipped=0
		"$2"
		echo "$passed $failed $skipped" >"$1.counts"
	) >"$1" 2>&1 </dev/null &
	echo $! >"$1.pid"
	aside_pids="$aside_pids $! "
	set +m
}

# Wait for the function that aside() has started with FILE, show what it has printed, and add up
# what it has counted.
join_aside() {	# file
	local counts pid
	pid=$(cat "$1.pid")
	wait "$pid"
	aside_pids=${aside_pids/ $pid /}
	cat "$1"
	if read -ra counts 2>/dev/null <"$1.counts"; then
		passed=$((passed + counts[0]))
		failed=$((failed + counts[1]))
		skipped=$((skipped + counts[2]))
	else
		fail "the checks of ${1##*/} ended early"
	fi
}

# End what aside() has started.
stop_asides() {
	local pid
	for pid in $aside_pids; do
		kill -- -"$pid"
	done
}

# The slowest tests of directories: "SECONDS TEST" for each. A test's log begins with the test, and
# the file with its result is written at its end.
slowest() {	# how many, directories
	local result test began
	find "${@:2}" -name '*.trs' | while read -r result; do
		test=${result%.trs}
		began=$(stat -c %W "$test.log")
		[ "$began" = 0 ] || # a file system that does not tell
			echo "$(($(stat -c %Y "$result") - began)) $test"
	done | sort -rn | head -n "$1"
}

# Add up the results that a `make check` has left in directory $1, and say in the list of failures why.
count() {
	local log
	for log in "$1"/tests/*.trs "$1"/tests/*/*.trs; do
		[ -e "$log" ] || continue
		passed=$((passed + $(grep -c '^:test-result: *\(PASS\|XFAIL\)' "$log")))
		failed=$((failed + $(grep -c '^:test-result: *\(FAIL\|ERROR\|XPASS\)' "$log")))
		skipped=$((skipped + $(grep -c '^:test-result: *SKIP' "$log")))
		sed -n "s,^:test-result: *\(FAIL\|ERROR\|XPASS\|SKIP\),${log%.trs}: \1,p" "$log" >>"$failures"
		grep -qE '^:test-result: *(FAIL|ERROR)' "$log" &&
			grep -m 3 -E '^(FAIL: |not ok )' "${log%.trs}.log" | sed 's/^/    /' >>"$failures"
	done
}

# Compile the tests of directory $1, run them, and count each. The rest is for make.
tests_in() {
	local dir=$1 before=$failed
	shift
	check "compile the tests of ${dir##*/}" make -s -C "$dir" check TESTS= "$@"
	[ "$failed" = "$before" ] || return
	timed "tests of ${dir##*/}" make -s -C "$dir" check "$@"
	local status=$?
	count "$dir"
	if [ $status != 0 ] && [ "$failed" = "$before" ]; then
		fail "make check in $dir ended with status $status"
	fi
}

# Add up one or more TAP reports on standard input, each with its plan, a line 1..N.
count_tap() {
	local line planned=0 seen=0
	while read -r line; do
		case $line in
		1..*) planned=$((planned + ${line#1..})) ;;
		"ok "*"# SKIP"*) skipped=$((skipped + 1)) seen=$((seen + 1)) ;;
		"ok "*) passed=$((passed + 1)) seen=$((seen + 1)) ;;
		"not ok "*) fail "$line"; seen=$((seen + 1)) ;;
		esac
	done
	if [ "$seen" != "$planned" ] || [ "$seen" = 0 ]; then
		fail "$seen of $planned tests were run"
	fi
}

# Print what has failed or was skipped, and the last line. Returns whether all is well. With $1 a skipped test has failed.
summary() {
	[ ! -s "$failures" ] || { echo "== what failed, or was skipped:"; cat "$failures"; }
	if [ -n "${1-}" ] && [ "$skipped" -gt 0 ]; then
		echo "a test was skipped, which counts as failed here"
		failed=$((failed + skipped))
		skipped=0
	fi
	if [ "$((passed + failed))" = 0 ]; then
		echo "FAIL: nothing was run"
		failed=1
	fi
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ]
}
