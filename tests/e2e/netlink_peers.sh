#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every netlink socket that stays open is connected to the kernel, so that no other
# process can send to its port id. The oracle is ss(8), which shows `*' as the peer of
# a socket that is not.
. "$(dirname "$0")/lib.sh"

# The netlink sockets of this namespace and their peers, without the kernel's and ss's own.
peers() {
	ss -H -f netlink | awk '$3 !~ /:kernel$/ && $3 !~ /^tcpdiag:/ { print $3, $4 }' | sort -u
}
equal "sockets before" "$(peers)" ""
start -w 3600 -g 5 --enable=hooks
peers >peers
finish
for protocol in nft rtnl; do
	grep -q "^$protocol:" peers || fail "no $protocol socket: $(cat peers)"
done
equal "sockets without a peer" "$(grep ' \*$' peers)" ""
