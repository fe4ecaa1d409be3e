# shellcheck shell=dash disable=SC2154 # the functions, $pid and $status are of cases.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of the cases, sourced by guest.sh: what a ctagg that counts can still do.

# What somebody can do who has taken ctagg over: tries.so is loaded into it, and tries. Meanwhile
# ctagg opens its file anew, and moves windows within a spool.
mkdir -p /etc /run/kept lines
echo root:x:0:0::/: >/etc/passwd
case $(uname -r) in
6.1.*) abi=2 signal=0 ;;
*) abi=6 signal=EPERM ;;
esac
sleep 1000 &
TRIES_PID=$! LD_PRELOAD=/lib/tries.so start ctagg -v -w 3600 -o lines/out --spool=spool
while ! grep -q '^try run' err && kill -0 $pid 2>/dev/null; do usleep 100000; done
mv lines/out lines/before
kill -HUP $pid
while [ ! -e lines/out ] && kill -0 $pid 2>/dev/null; do usleep 100000; done
stop
tries=$(sed -n 's/^try \(.*\) \(.*\)/\1=\2/p' err | tr '\n' ' ')
said=$(sed -n 's/^ctagg: confined: //p' err)
if [ "$status" = 0 ] && [ "$(cat spool/new/* | grep -c '"type":"window"')" = 1 ] &&
	[ "$(grep -c '"type":"window"' lines/out)" = 1 ] && [ "${said#Landlock ABI $abi, }" != "$said" ] &&
	[ "$tries" = "tcp=EPERM ptrace=EPERM passwords=EACCES outside=EACCES kill=$signal unshare=EPERM bpf=EPERM run=EPERM " ]; then
	result "confined" "ok $said"
else
	result "confined" "FAILED status $status, $said, $tries; $(tail -n 1 err)"
fi
