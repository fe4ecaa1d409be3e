/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parser of NFLOG messages: whatever bytes come, what it returns lies in the message. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_arp.h>
#include <linux/netlink.h>

#include "fuzz/targets.h"
#include "source/nflog_decode.h"

/* A device of each kind that the parser tells apart: Ethernet, without link header,
 * unknown, and one that does not exist. */
static int device_type(void *arg, uint32_t ifindex)
{
	static const int types[] = { ARPHRD_ETHER, ARPHRD_NONE, ARPHRD_INFINIBAND, -ENODEV };

	(void)arg;
	return types[ifindex % 4];
}

static void check(const void *message, size_t size)
{
	struct nflog_message m;
	unsigned int sum = 0;

	if (nflog_decode(message, size, device_type, NULL, &m))
		return;
	if (m.packet.prefix_len > NFLOG_MAX_PREFIX ||
	    memchr(m.packet.prefix, 0, m.packet.prefix_len))
		abort();
	for (size_t i = 0; i < m.packet.prefix_len; i++)
		sum += (unsigned char)m.packet.prefix[i];
	if (sum > 255 * NFLOG_MAX_PREFIX || (m.seq && !m.has_seq))
		abort();
}

int fuzz_nflog(const uint8_t *data, size_t size)
{
	struct nlmsghdr *whole = malloc(size ? size : 1);

	if (!whole)
		abort();
	memcpy(whole, data, size);
	check(whole, size);
	if (size >= sizeof(*whole)) {	/* again with the right length in the header */
		whole->nlmsg_len = size;
		check(whole, size);
	}
	free(whole);
	return 0;
}
