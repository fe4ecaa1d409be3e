/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deaf GROUP: joins the group of ctnetlink (NFNLGRP_CONNTRACK_NEW is 1, ..._DESTROY is 3), prints `ready', and
 * never reads, until it is killed. The buffer is as small as the kernel lets it be, and the kernel tells the
 * sender of each message that finds no room there (NETLINK_BROADCAST_ERROR), as conntrackd has the kernel do
 * with NetlinkEventsReliable: ctnetlink keeps such an event and sends it again. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netlink.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

int main(int argc, char *argv[])
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	int group = argc == 2 ? atoi(argv[1]) : 0, bytes = 1, on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_BROADCAST_ERROR, &on, sizeof(on)) ||
	    bind(fd, (const struct sockaddr *)&to, sizeof(to)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group))) {
		perror("deaf");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
