/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/list.h"
#include "cli/networks.h"
#include "cli/number.h"

static int take_address(const char *text, struct flow_network *network)
{
	__u8 ip4[4];

	if (inet_pton(AF_INET, text, ip4) == 1) {
		flow_addr_v4(network->addr, ip4);
		network->family = AF_INET;
	} else if (inet_pton(AF_INET6, text, network->addr) == 1) {
		network->family = AF_INET6;
	} else {
		return -EINVAL;
	}
	network->bits = 128;
	return 0;
}

static int add_network(struct flow_networks *out, const struct flow_network *network)
{
	if (out->n == FLOW_SELECT_MAX)
		return -EINVAL;
	out->list[out->n++] = *network;
	return 0;
}

/* The first and the last address of a network. */
static void bounds(const struct flow_network *network, __u8 first[16], __u8 last[16])
{
	unsigned int byte = network->bits / 8, mask = 0xff >> network->bits % 8;

	memcpy(first, network->addr, 16);
	memcpy(last, network->addr, 16);
	if (byte == 16)
		return;
	first[byte] &= ~mask;
	last[byte] |= mask;
	memset(first + byte + 1, 0, 15 - byte);
	memset(last + byte + 1, 0xff, 15 - byte);
}

/* Add the part of the network between the addresses from and to (both included), as the
 * fewest networks. A network that is partly outside is split into halves, and each half
 * is looked at in the same way. */
static int add_part(struct flow_networks *out, const struct flow_network *network,
		    const __u8 from[16], const __u8 to[16])
{
	struct flow_network half = *network;
	__u8 first[16], last[16];

	bounds(network, first, last);
	if (memcmp(last, from, 16) < 0 || memcmp(first, to, 16) > 0)
		return 0;
	if (memcmp(first, from, 16) >= 0 && memcmp(last, to, 16) <= 0)
		return add_network(out, network);
	half.bits++;
	if (add_part(out, &half, from, to))
		return -EINVAL;
	half.addr[network->bits / 8] |= 0x80 >> network->bits % 8;
	return add_part(out, &half, from, to);
}

static int add_range(struct flow_networks *out, const struct flow_network *first,
		     const struct flow_network *last)
{
	struct flow_network all = { .family = first->family };

	if (first->family != last->family || memcmp(first->addr, last->addr, 16) > 0)
		return -EINVAL;
	return add_part(out, &all, first->addr, last->addr);
}

static int take_network(char *item, struct flow_networks *out)
{
	char *slash = strchr(item, '/'), *dash = strchr(item, '-');
	struct flow_network network, last;
	uint64_t bits;

	if (slash)
		*slash++ = '\0';
	else if (dash)
		*dash++ = '\0';
	if (take_address(item, &network))
		return -EINVAL;
	if (slash) {
		if (options_number(slash, 0, network.family == AF_INET ? 32 : 128, &bits))
			return -EINVAL;
		network.bits = network.family == AF_INET ? 96 + bits : bits;
	} else if (dash) {
		return take_address(dash, &last) ? -EINVAL : add_range(out, &network, &last);
	}
	return add_network(out, &network);
}

int options_networks(const char *text, struct flow_networks *out)
{
	char item[OPTIONS_ITEM_SIZE];

	memset(out, 0, sizeof(*out));
	for (out->inverted = options_inverted(&text); text;)
		if (options_item(&text, item) || take_network(item, out))
			return -EINVAL;
	return 0;
}
