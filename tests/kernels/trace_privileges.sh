# shellcheck shell=dash disable=SC2154 # result(), start(), stop(), check() and $status are of cases.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of the cases: which capabilities --source=trace asks for, and which ctagg keeps.

# With these capabilities there is one line that says what is missing, and nothing else.
refused() { # capabilities, what the line says
	(only "$1" ctagg --source=trace -w 1 -c 1) >out 2>err
	status=$?
	if [ $status = 1 ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -q "$2" err; then
		result "trace: with $1" "ok status 1, $(cat err)"
	else
		result "trace: with $1" "FAILED status $status, $(head -n 1 err)"
	fi
}
refused +net_admin 'needs CAP_SYS_ADMIN'
refused +net_admin,+bpf,+perfmon 'needs CAP_SYS_ADMIN'
refused +net_admin,+bpf,+perfmon,+sys_ptrace,+dac_override,+dac_read_search,+syslog,+sys_module,+sys_resource,+setpcap,+setuid,+setgid 'needs CAP_SYS_ADMIN'
refused +sys_admin 'needs CAP_NET_ADMIN'

# With the least, all works; afterwards nothing is left but CAP_NET_ADMIN, also of root, and root can get nothing
# back. Without CAP_SETPCAP the bounding set stays as it is.
cap_net_admin=0000000000001000
kept() { # name
	capabilities=$(sed -n "s/^Cap\($sets\):\t//p" /proc/$pid/status | sort -u | tr '\n' ' ')
	ctgen --here --mixed --keys 500 --events 4000 >gen
	stop
	case $capabilities in
	"$cap_net_admin " | "0000000000000000 $cap_net_admin ") check "$1" bpf folded ;;
	*) result "$1" "FAILED capabilities $capabilities; $(head -n 1 err)" ;;
	esac
}
sets='Prm\|Eff\|Inh\|Amb'
start only +net_admin,+sys_admin ctagg -v --source=trace -w 1
kept "trace: CAP_NET_ADMIN and CAP_SYS_ADMIN"
start only +net_admin,+sys_admin ctagg -v --source=trace -w 1 --key src/24,sport,zone,mark --proto tcp,udp
kept "trace: the same, another key"
sets='Prm\|Eff\|Inh\|Amb\|Bnd'
start ctagg -v --source=trace -w 1
kept "trace: of root"
# Tables that are swapped for the whole time, without privileges.
start ctagg -v --source=trace -w 100ms
kept "trace: of root, short windows"
