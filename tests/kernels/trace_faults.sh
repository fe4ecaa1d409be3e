# shellcheck shell=dash disable=SC2154 # the functions, $pid and $status are of cases.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of the cases, sourced by guest.sh: --source=trace where the kernel refuses it, or where one step of many
# fails; and how it ends. bpf_left, tracefs and /proc/net/netlink say what a ctagg has attached.
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
module=$(find /lib/modules -name nf_conntrack_netlink.ko)
attached() {
	echo "$(bpf_left), traced $(grep -c ctnetlink_conntrack_event /sys/kernel/tracing/enabled_functions), listeners $(awk '$2 == 12 && $4 ~ /[1-9]/ { n++ } END { print n + 0 }' /proc/net/netlink)"
}
nothing="programs 0, maps 0, links 0, traced 0, listeners 0"
# The kernel frees programs and maps a moment after the last process has closed them.
nothing_left() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ "$(attached)" = "$nothing" ] && return 0
		usleep 200000
	done
	return 1
}
nothing_left || result "trace: nothing is attached" "FAILED before the first case: $(attached)"

# A ctagg that was to say why and end: name of the case, words of the reason. Its status is in $status.
has_refused() {
	if [ $status = 1 ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -q "^ctagg: .*$2" err && nothing_left; then
		result "trace: $1" "ok $(cat err)"
	else
		result "trace: $1" "FAILED status $status, $(wc -l <err) lines: $(head -n 1 err); $(attached)"
	fi
}
refused() { # name, words of the reason, command
	name=$1 words=$2
	shift 2
	("$@") >out 2>err
	status=$?
	has_refused "$name" "$words"
}
hidden() { # commands that hide something, for ctagg only
	exec unshare -m sh -c "$1; exec ctagg --source=trace -w 1 -c 1"
}

refused "without CAP_SYS_ADMIN" 'needs CAP_SYS_ADMIN: run as root' only +net_admin,+bpf,+perfmon ctagg --source=trace -w 1 -c 1
refused "root of a user namespace" 'lacks CAP_SYS_ADMIN in the initial user namespace' unshare -U -r ctagg --source=trace -w 1 -c 1
refused "no /sys" 'there is no /sys here' hidden 'umount -l /sys'
refused "no BTF" 'btf/vmlinux is missing' hidden 'mount -t tmpfs none /sys/kernel/btf'
refused "too many files" 'too many files' sh -c 'ulimit -n 12; exec ctagg --source=trace -w 1 -c 1'
# A module without BTF
rmmod nf_conntrack_netlink
insmod /lib/mute.ko
refused "module without BTF" 'does not describe the module' ctagg --source=trace -w 1 -c 1
rmmod nf_conntrack_netlink
mv "$module" /away.ko
refused "no module" 'nf_conntrack_netlink is not loaded' ctagg --source=trace -w 1 -c 1
mv /away.ko "$module"

works() { # name, commands that hide something: ctagg has the module loaded and counts all the same
	start unshare -m sh -c "$2; exec ctagg -v --source=trace -w 3600"
	ctgen --here --keys 50 --events 400 >gen
	stop
	check "trace: $1" bpf folded
	nothing_left || result "trace: $1: what is left" "FAILED $(attached)"
}
rmmod nf_conntrack_netlink 2>/dev/null
works "module's BTF without a file" 'cp /sys/kernel/btf/vmlinux .; mount -t tmpfs none /sys/kernel/btf; cp vmlinux /sys/kernel/btf'
works "ordinary users may not use BPF" 'echo 1 >/proc/sys/kernel/unprivileged_bpf_disabled'

# What fails once the first program is attached, or is to be: each of the two by which ctagg looks in which order
# programs run, each of its own two, the listener, the ring buffer, the loop (epoll_ctl 2 and 3 are of the rules,
# which can do without). bpf:28 is BPF_LINK_CREATE, by which a program is attached.
for failing in "bpf:28 1" "bpf:28 2" "bpf:28 3" "bpf:28 4" "socket 1" "bind 1" "setsockopt 1" "epoll_ctl 1" "epoll_ctl 4"; do
	rm -f note
	REFUSE_AFTER=bpf:28 REFUSE_NOTE=note REFUSE_CALL=${failing% *} REFUSE_AT=${failing#* } LD_PRELOAD=/lib/refuse.so \
		ctagg --source=trace -w 1 -c 1 >out 2>err
	status=$?
	[ -e note ] || echo "no such call" >>err
	has_refused "failing $failing" 'Operation not permitted'
done

# How it ends.
ends() { # name, status, signals
	start ctagg -v --source=trace -w 3600
	held=$(attached)
	kill -STOP $pid
	for signal in $3; do kill -$signal $pid; done
	kill -CONT $pid
	wait $pid
	status=$?
	if [ $status = "$2" ] && nothing_left && [ "$held" != "$nothing" ] &&
		case $held in *"links "[12]", traced 1, listeners "[1-9]) true ;; *) false ;; esac; then
		result "trace: $1" "ok status $status; before: $held"
	else
		result "trace: $1" "FAILED status $status, $(attached); before: $held"
	fi
}
ends SIGTERM 0 TERM
ends SIGINT 0 INT
ends "second signal" 1 "TERM INT"
ends "kill -9" 137 KILL
