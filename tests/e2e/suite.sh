#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How tests/run.sh counts: tests that do not compile, end early or never run have failed, also
# those that run beside others. And what it says of times.
here=$(cd "$(dirname "$0")/.." && pwd) || exit 1
# shellcheck source=../suite.sh
. "$here/suite.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# A build folder with this Makefile; results are what its `check` writes.
build() {
	rm -rf "$work/build"
	mkdir -p "$work/build/tests"
	cat >"$work/build/Makefile"
}

# Run a function that counts, and compare the counts.
is() {	# name, the counts expected, function and arguments
	local what=$1 expected=$2
	shift 2
	passed=0 failed=0 skipped=0
	"$@" >"$work/said" 2>&1
	if [ "$passed $failed $skipped" != "$expected" ]; then
		echo "FAIL: $what: $passed passed, $failed failed, $skipped skipped; expected $expected"
		cat "$work/said"
		exit 1
	fi
}

build <<'M'
check: ; @false
M
is "tests that do not compile" "0 1 0" tests_in "$work/build"

build <<'M'
check:
	@printf ':test-result: PASS a\n:test-result: SKIP b\n' >tests/unit.trs
M
is "one passed, one skipped" "2 0 1" tests_in "$work/build"

build <<'M'
TESTS = all
check:
	@printf ':test-result: FAIL a\n' >tests/unit.trs; test -z "$(TESTS)"
M
is "one failed" "1 1 0" tests_in "$work/build"

build <<'M'
TESTS = all
check:
	@test -z "$(TESTS)"
M
is "a run that ends before any result" "1 1 0" tests_in "$work/build"

tap() { printf '%s\n' "$@" | { count_tap; echo "$passed $failed $skipped" >"$work/tap"; }; read -r passed failed skipped <"$work/tap"; }
is "a TAP report" "1 1 1" tap 1..3 "ok a::b" "not ok a::c" "ok a::d # SKIP no"
is "a TAP report that was cut short" "1 1 0" tap 1..2 "ok a::b"
is "no TAP report" "0 1 0" tap

# Checks that run beside others are counted when they are waited for, and what they print is shown.
beside() { aside "$work/aside" "$1"; check "in front" true; join_aside "$work/aside"; }
two_checks() { check "behind" true; check "behind, too" false; skipped=1; }
is "checks beside others" "2 1 1" beside two_checks
grep -q '^FAIL: behind, too' "$work/said" || { echo "FAIL: what is printed beside is lost: $(cat "$work/said")"; exit 1; }
ends_early() { check "before the end" true; exit 0; }
two_rows() { aside "$work/aside" two_checks; aside "$work/row" two_checks; join_aside "$work/aside"; join_aside "$work/row"; }
is "checks in two rows beside others" "2 2 2" two_rows
is "checks beside others that end early" "1 1 0" beside ends_early

# The times of steps and of tests.
step_times=$work/times
: >"$step_times"
is "steps that are timed" "1 1 0" eval 'check one true; check "number two" false'
[ "$(cut -d ' ' -f 3- "$step_times")" = "$(printf 'one\nnumber two')" ] || { echo "FAIL: times of steps: $(cat "$step_times")"; exit 1; }
grep -vqE '^[0-9]+ [0-9]+ ' "$step_times" && { echo "FAIL: no seconds: $(cat "$step_times")"; exit 1; }
build </dev/null
mkdir -p "$work/build/tests/e2e"
touch "$work/build/tests/e2e/slow.log" "$work/build/tests/quick.log" "$work/build/tests/quick.trs"
touch -d '100 seconds' "$work/build/tests/e2e/slow.trs"
slowest 1 "$work/build/tests" >"$work/slow"
if [ "$(stat -c %W "$work/build/tests/e2e/slow.log")" != 0 ]; then
	grep -qE "^(99|100|101) $work/build/tests/e2e/slow\$" "$work/slow" || { echo "FAIL: the slowest: $(cat "$work/slow")"; exit 1; }
	[ "$(wc -l <"$work/slow")" = 1 ] || { echo "FAIL: more than one is the slowest: $(cat "$work/slow")"; exit 1; }
fi

# What failed is named once more before the last line.
failures=$work/failures
: >"$failures"
build <<'M'
TESTS = all
check:
	@printf ':test-result: PASS x\n:test-result: ERROR - ends early\n' >tests/unit.trs; test -z "$(TESTS)"
M
is "names of what fails" "2 3 0" eval 'check gone false; tests_in "$work/build"; fail "by hand"'
printf '%s\n' gone "$work/build/tests/unit: ERROR - ends early" "by hand" >"$work/expected"
(summary | grep -A9 '^== ' | sed '1d;$d') >"$work/named"
diff "$work/expected" "$work/named" || { echo "FAIL: names of what failed"; exit 1; }
failures=/dev/null

failing_summary() { ! summary "$@" >"$work/last"; }
passed=0 failed=0 skipped=0
failing_summary && [ "$(tail -n 1 "$work/last")" = "0 passed, 1 failed, 0 skipped" ] || { echo "FAIL: nothing run"; exit 1; }
passed=3 failed=0 skipped=1
failing_summary strict && [ "$(tail -n 1 "$work/last")" = "3 passed, 1 failed, 0 skipped" ] || { echo "FAIL: strict"; exit 1; }
passed=3 failed=0 skipped=1
summary >"$work/last" || { echo "FAIL: a skip fails"; exit 1; }
