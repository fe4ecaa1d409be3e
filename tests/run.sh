#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Install what is missing, build, and run every test. The last line counts them.
# --strict (CI): a test that is skipped has failed. Builds in build-check/.
set -u
here=$(cd "$(dirname "$0")/.." && pwd) || exit 1
cd "$here" || exit 1
. tests/packages.sh
. tests/suite.sh

strict=
[ "${1-}" = --strict ] && strict=1
build=${BUILD_DIR:-$here/build-check}
jobs=$(nproc)
rm -rf "$build/steps"
mkdir -p "$build/steps" || exit 1
step_times=$build/steps/times
failures=$build/steps/failures

# shellcheck disable=SC2086 # a list
install_missing $BUILD_PACKAGES $TEST_PACKAGES $SHIPPER_LIBRARIES

# Configure and build in $build/$1, with the other arguments for configure. configure is
# called by a relative path, as people do, so that a test which needs an absolute one fails.
build_in() {
	local dir=$build/$1
	shift
	rm -rf "$dir"
	mkdir -p "$dir" && (cd "$dir" &&
		"$(realpath --relative-to=. "$here")/configure" -q --enable-werror "$@" &&
		make -s -j"$jobs")
}

# The logs of what failed or was skipped in build directory $1.
logs_of_failures() {
	local log
	for log in $(grep -lE '^:test-result: *(FAIL|ERROR|SKIP)' "$build/$1"/tests/*.trs \
		"$build/$1"/tests/*/*.trs 2>/dev/null); do
		echo "--- ${log%.trs}.log"
		grep -vE '^(ok|# PASS)' "${log%.trs}.log" | tail -n 60
	done
}

# Every file that git knows is in the distributed tree, but for debian/, which Debian's source package
# has beside the tarball; that tree is built, installed and removed
# there, and tested by the tests that see what is missing in it. Without optimisation, which other
# builds have, that takes less time.
distcheck() {
	local left_out
	# shellcheck disable=SC2016 # make expands the name
	make -s -j"$jobs" -C "$build/gcc" distcheck DISTCHECK_CONFIGURE_FLAGS=CFLAGS=-O0 \
		AM_MAKEFLAGS='TESTS="$(DISTRIBUTION_TESTS)"' >"$build/distcheck.log" 2>&1 ||
		{ tail -n 40 "$build/distcheck.log"; return 1; }
	left_out=$(git ls-files 2>/dev/null | grep -v '^debian/' | grep -vxF -e .gitignore \
		-f <(tar -tf "$build"/gcc/ctagg-*.tar.xz | sed 's,^[^/]*/,,'))
	[ -z "$left_out" ] || { echo "make dist leaves out: $left_out"; false; }
}

# Of a step that ends with this status: 77 says that the machine cannot do what the step tests.
passed_or_skipped() {
	[ "$1" != 77 ] || skipped=$((skipped + 1))
	[ "$1" = 0 ] || [ "$1" = 77 ]
}
kernels() {
	local status
	tests/kernels/run --some "$build/gcc" | tee "$build/kernels.txt"
	status=${PIPESTATUS[0]}
	grep -E ' FAILED|did not come' "$build/kernels.txt" >>"$failures"
	passed_or_skipped "$status"
}
units() {
	local status
	tests/debian-root "$build/debian-root" &&
		tests/systemd/run "$build/gcc" "$build/debian-root" >"$build/units.log" 2>&1
	status=$?
	[ $status = 0 ] || tail -n 40 "$build/units.log"
	passed_or_skipped $status
}
packages() {
	mkdir -p "$build/packages"
	tests/packaging/run "$build/packages" "$build/debian-root" >"$build/packages.tap" 2>"$build/packages.log" ||
		{ tail -n 60 "$build/packages.log"; false; }
}
# 50 random command lines of all programs, always the same ones.
combinations() {
	tests/combine/run "$build/gcc"
	passed_or_skipped $?
}
cross() {
	mkdir -p "$build/cross"
	tests/cross/run "$build/cross" i386 s390x >"$build/cross.tap" 2>"$build/cross.log" ||
		{ tail -n 40 "$build/cross.log"; false; }
}

# Where tests/e2e/shippers-lib.sh looks for them.
unpack_shippers() {
	tests/unpack "$build/unpacked" rsyslog syslog-ng-core syslog-ng-mod-http &&
		ln -sfn "$(realpath "$build/unpacked")" "$build/gcc/tests/unpacked"
}

# A build without the kernel table wants nothing of clang, bpftool or libbpf, and its tests are not
# those of that table. A few tests of the whole program are enough.
without_bpf() {
	build_in nobpf --disable-bpf --disable-maxminddb --disable-ipfix --disable-view --disable-seccomp --disable-landlock CLANG=/none BPFTOOL=/none LLVM_STRIP=/none &&
		! ldd "$build/nobpf/ctagg" | grep -E 'libbpf|libelf|libmaxminddb' &&
		"$build/nobpf/ctagg" -V | grep -q 'Kernel table (BPF): not built in'
}

# A test can pass and leak: the leak is found when the test's process ends.
without_reports() {
	! grep -rE --include='*.log' '(Address|Leak)Sanitizer: |runtime error: ' "$build/sanitizers/tests"
}

# Every file for a shell, but OpenWrt's, whose shell has variables of its own.
shell_scripts() {
	git ls-files | grep -v '^contrib/openwrt/.*\.init$' | xargs awk '
		FILENAME ~ /\.(ba)?sh$/ || /^#!.*[\/ ](ba|da)?sh( |$)/ { print FILENAME }
		{ nextfile }'
}

# What wants the processors, while the tests of the first build wait most of the time, for windows to end, for
# a file to be there, has two rows of steps: what runs the first build on other machines, and other builds.
other_machines() {
	check "other kernels, emulated" kernels
	check "the units under systemd" units
	check "packages" packages
	count_tap <"$build/packages.tap"
	check "other machines: 32 bits, big-endian" cross
	count_tap <"$build/cross.tap"
}

# The end-to-end tests of the build with the sanitizers: of each part of the programs one, of those that take few seconds.
# tests/checks/sanitizers runs all.
SANITIZED="accounting anonymize bpf_listeners check_start clash closing deliver_http deliver_ipfix deliver_ipfix_tcp
deliver_service deliver_udp directions drops_auto drops_changes drops_levels drops_rules exact events_read interim_mixed
label_keys labels levels loss marks notify output_rotate protocols read record_longest rules rules_logged services sockets
spool state state_changes view_follow windows"
other_builds() {
	check "build with clang" build_in clang CC=clang
	check "build with the sanitizers" build_in sanitizers --enable-sanitizers
	tests_in "$build/sanitizers" -j"$jobs" E2E_TESTS="$(printf 'tests/e2e/%s.sh ' $SANITIZED)"
	logs_of_failures sanitizers
	check "no report of the sanitizers" without_reports
	check "build without BPF" without_bpf
	tests_in "$build/nobpf" -j"$jobs" E2E_TESTS="tests/e2e/exact.sh tests/e2e/windows.sh tests/e2e/bpf_privilege.sh"
	logs_of_failures nobpf
	check "the same program from another folder" tests/reproducible.sh "$build/gcc"
	check "distcheck" distcheck
	if [ -x tests/fuzz/run.sh ]; then
		check "build the fuzz targets" build_in fuzz --enable-fuzzers CC=clang
		check "fuzz" tests/fuzz/run.sh "${FUZZ_SECONDS:-60}" "$build/fuzz"
	fi
}

# What reads the source.
read_source() {
	check "cppcheck" tests/checks/cppcheck "$build/gcc"
	check "clang-tidy" tests/checks/tidy --quick "$build/gcc"
	check "gcc -fanalyzer" tests/checks/analyzer "$build/gcc"
	# shellcheck disable=SC2046 # a list of our own file names
	check "shellcheck" shellcheck -x -P SCRIPTDIR -S warning $(shell_scripts)
}

check "autoreconf" autoreconf -i
check "build with gcc" build_in gcc
check "unpack log shippers" unpack_shippers
check "build the benchmarks" make -s -j"$jobs" -C "$build/gcc" bench
check "compile the tests" make -s -j"$jobs" -C "$build/gcc" check TESTS=
trap 'stop_asides; exit 130' INT TERM
aside "$build/steps/other-machines" other_machines
aside "$build/steps/other-builds" other_builds
tests_in "$build/gcc" -j$((jobs + 1))
logs_of_failures gcc
check "combinations" combinations
read_source
join_aside "$build/steps/other-machines"
join_aside "$build/steps/other-builds"
trap - INT TERM

echo "== seconds and processor seconds of each step; two rows of them ran beside 'tests of gcc'"
cat "$step_times"
echo "== seconds of the slowest tests"
slowest 20 "$build/gcc/tests" "$build/sanitizers/tests"
echo "== $SECONDS seconds in all"
summary "$strict"
