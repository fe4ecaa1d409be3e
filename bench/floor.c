/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least that any listener of connection events costs the kernel: a socket that has
 * joined NEW and DESTROY, with a filter that refuses every message. Prints "ready" and
 * sleeps until it is ended. */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

int main(void)
{
	static const int groups[] = { NFNLGRP_CONNTRACK_NEW, NFNLGRP_CONNTRACK_DESTROY };
	struct sock_filter refuse = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog prog = { .len = 1, .filter = &refuse };
	struct sockaddr_nl own = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) ||
	    bind(fd, (struct sockaddr *)&own, sizeof(own))) {
		perror("floor");
		return 1;
	}
	for (int i = 0; i < 2; i++)
		if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i], sizeof(groups[i]))) {
			perror("floor: joining");
			return 1;
		}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
