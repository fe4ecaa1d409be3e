#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is on the disk when: a window's file is whole and synced before it has its name, and its
# name is synced before the next window's file begins; a file that was delivered is removed after
# the answer has come. strace(1) sees the order of the calls.
. "$(dirname "$0")/lib.sh"
. "$E2E/receiver-lib.sh"
DELIVER=${DELIVER:-$(dirname "$CTAGG")/ctagg-deliver}
"$DELIVER" --version | grep -q libcurl || { echo "built without libcurl"; exit 77; }
strace -f -y -o probe true 2>/dev/null || { echo "strace does not work here"; exit 77; }

# Each call of a thread on files of windows, as letters in the order of the calls, a line a window:
# C made in tmp/, W written, S synced, R renamed into new/, D new/ synced after that.
# $1: the spool as -y shows it; then files of strace -ff.
order() {
	awk -v spool="$1" '
		/= -1 E/ { next }
		function name_of(path) { sub(/.*\//, "", path); sub(/[>"].*/, "", path); return path }
		/^openat\(.*O_CREAT/ && index($0, spool "/tmp>") && /-20ms-/ {
			match($0, /"[^"]*"/)
			name = substr($0, RSTART + 1, RLENGTH - 2)
			calls[name] = /O_EXCL/ && /O_NOFOLLOW/ ? "C" : "c"
			names[++n] = name
		}
		/^p?writev?(64)?\(/ && index($0, spool "/tmp/") && /-20ms-/ { calls[name_of(substr($0, 1, index($0, ">")))] = calls[name_of(substr($0, 1, index($0, ">")))] "W" }
		/^f(data)?sync\(/ && index($0, spool "/tmp/") && /-20ms-/ { calls[name_of($0)] = calls[name_of($0)] "S" }
		/^renameat2?\(/ && index($0, spool "/new>") { match($0, /"[^"]*"/); last = substr($0, RSTART + 1, RLENGTH - 2); calls[last] = calls[last] "R" }
		/^fsync\(/ && index($0, spool "/new>)") && last { calls[last] = calls[last] "D"; last = "" }
		END { for (i = 1; i <= n; i++) { gsub(/W+/, "W", calls[names[i]]); print calls[names[i]] } }' "${@:2}"
}

traced() {	# name, options
	mkdir "$1"
	strace -ff -y -s 0 -e trace=openat,write,writev,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat \
		-o "$1/trace" "$CTAGG" --table=hash --no-align -w 20ms -c 5 --spool="$1/spool" "${@:2}" 2>err ||
		fail "ctagg under strace"
	equal "windows with ${*:2}" "$(find "$1/spool/new" -type f | wc -l)" 5
}

traced synced
equal "with sync" "$(order "$PWD/synced/spool" synced/trace.*)" "$(yes CWSRD | head -n 5)"
traced unsynced --spool-sync=none
equal "without" "$(order "$PWD/unsynced/spool" unsynced/trace.*)" "$(yes CWR | head -n 5)"
equal "calls that sync" "$(cat unsynced/trace.* | grep -cE '^(fsync|fdatasync|syncfs)')" 0

# --- the deliverer: L a consumer's lock on the file, P the request sent, A an answer of 200 read,
# U the file removed
start_receiver r
strace -f -y -s 2000 -e trace=flock,sendto,sendmsg,write,writev,recvfrom,recvmsg,read,unlinkat,renameat,renameat2 \
	-o delivering "$DELIVER" --once --spool=synced/spool --url="$URL/" 2>err || fail "ctagg-deliver under strace"
equal "the order of a delivery" "$(awk '
	{ sub(/^[0-9]+ +/, "") }
	/^flock\(.*-20ms-.*LOCK_SH/ { name = $0; sub(/.*\//, "", name); sub(/>.*/, "", name); calls[name] = calls[name] "L" }
	/^(sendto|sendmsg|writev?)\(.*Idempotency-Key: / { sent = $0; sub(/.*Idempotency-Key: /, "", sent); sub(/\\r.*/, "", sent); calls[sent] = calls[sent] "P" }
	/^(recvfrom|recvmsg|read)\(.*"HTTP\/1.1 200/ { calls[sent] = calls[sent] "A" }
	/^unlinkat\(.*-20ms-/ { match($0, /"[^"]*"/); name = substr($0, RSTART + 1, RLENGTH - 2); calls[name] = calls[name] "U" }
	END { for (name in calls) print calls[name] }' delivering)" "$(yes LPAU | head -n 5)"
equal "removed" "$(find synced/spool/new -type f | wc -l)" 0
