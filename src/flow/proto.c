/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/proto.h"

/* The names are not read from /etc/protocols: records must not differ from host to host. */
static const char *const names[256] = {
	[IPPROTO_ICMP] = "icmp",
	[IPPROTO_IGMP] = "igmp",
	[IPPROTO_IPIP] = "ipip",
	[IPPROTO_TCP] = "tcp",
	[IPPROTO_UDP] = "udp",
	[IPPROTO_DCCP] = "dccp",
	[IPPROTO_IPV6] = "ipv6",
	[IPPROTO_GRE] = "gre",
	[IPPROTO_ESP] = "esp",
	[IPPROTO_AH] = "ah",
	[IPPROTO_ICMPV6] = "icmpv6",
	[89] = "ospf",
	[IPPROTO_PIM] = "pim",
	[112] = "vrrp",
	[115] = "l2tp",
	[IPPROTO_SCTP] = "sctp",
	[IPPROTO_UDPLITE] = "udplite",
};

const char *proto_name(__u8 l4)
{
	return names[l4];
}

int proto_of_name(const char *name, size_t len)
{
	for (unsigned int l4 = 0; l4 < sizeof(names) / sizeof(names[0]); l4++)
		if (names[l4] && strlen(names[l4]) == len && !memcmp(names[l4], name, len))
			return l4;
	return -EINVAL;
}

int proto_of_text(const char *text, size_t len)
{
	int l4 = proto_of_name(text, len), n = 0;

	if (l4 >= 0)
		return l4;
	if (!len || len > 3 || (len > 1 && *text == '0'))
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		n = 10 * n + (text[i] - '0');
	}
	return n <= 255 ? n : -EINVAL;
}

bool proto_has_ports(__u8 l4)
{
	switch (l4) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	}
	return false;
}

bool proto_is_known(__u8 family, __u8 l4)
{
	return l4 || family == AF_INET;
}
