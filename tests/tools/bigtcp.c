/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lets a device carry TCP segments of up to BYTES bytes, over IPv4 too (BIG TCP), as ip(8)
 * does from version 6.2 on:
 *   bigtcp DEVICE BYTES
 * Exit status 77: this kernel cannot. */
#include "config.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

/* linux/if_link.h of Linux 6.3 */
#define GRO_MAX_SIZE 58
#define GSO_IPV4_MAX_SIZE 63
#define GRO_IPV4_MAX_SIZE 64

static int set_sizes(struct mnl_socket *nl, unsigned int ifindex, uint32_t bytes)
{
	static const int sizes[] = { IFLA_GSO_MAX_SIZE, GRO_MAX_SIZE, GSO_IPV4_MAX_SIZE,
				     GRO_IPV4_MAX_SIZE };
	char buf[4096] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	ssize_t len;

	nlh->nlmsg_type = RTM_NEWLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	info->ifi_index = (int)ifindex;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		mnl_attr_put_u32(nlh, sizes[i], bytes);
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
	return len < 0 || mnl_cb_run(buf, len, 0, 0, NULL, NULL) < 0 ? -errno : 0;
}

int main(int argc, char *argv[])
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_ROUTE);
	unsigned int ifindex = argc == 3 ? if_nametoindex(argv[1]) : 0;
	int err;

	if (!ifindex)
		return 2;
	err = !nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) ? -errno :
		set_sizes(nl, ifindex, strtoul(argv[2], NULL, 10));
	if (!err)
		return 0;
	fprintf(stderr, "bigtcp: %s: %s\n", argv[1], strerror(-err));
	return 77;
}
