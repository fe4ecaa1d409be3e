/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/list.h"
#include "cli/networks.h"
#include "cli/number.h"

static int take_address(const char *text, struct flow_network *network, struct refusal *why)
{
	__u8 ip4[4];

	if (inet_pton(AF_INET, text, ip4) == 1) {
		flow_addr_v4(network->addr, ip4);
		network->family = AF_INET;
	} else if (inet_pton(AF_INET6, text, network->addr) == 1) {
		network->family = AF_INET6;
	} else {
		return refuse(why, QUOTED " is not an IP address (names are not looked up)", text);
	}
	network->bits = 128;
	return 0;
}

int options_address(const char *text, __u8 addr[16], struct refusal *why)
{
	struct flow_network network;

	if (take_address(text, &network, why))
		return -EINVAL;
	memcpy(addr, network.addr, sizeof(network.addr));
	return 0;
}

static int add_network(struct flow_networks *out, const struct flow_network *network,
		       struct refusal *why)
{
	if (out->n == FLOW_SELECT_MAX)
		return refuse(why, "more than %d networks (a range counts as the networks that it is made of)",
			      FLOW_SELECT_MAX);
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
		    const __u8 from[16], const __u8 to[16], struct refusal *why)
{
	struct flow_network half = *network;
	__u8 first[16], last[16];

	bounds(network, first, last);
	if (memcmp(last, from, 16) < 0 || memcmp(first, to, 16) > 0)
		return 0;
	if (memcmp(first, from, 16) >= 0 && memcmp(last, to, 16) <= 0)
		return add_network(out, network, why);
	half.bits++;
	if (add_part(out, &half, from, to, why))
		return -EINVAL;
	half.addr[network->bits / 8] |= 0x80 >> network->bits % 8;
	return add_part(out, &half, from, to, why);
}

/* Add the range of addresses whose two ends stand before and behind the dash of the item. */
static int add_range(struct flow_networks *out, const char *item, const char *dash, struct refusal *why)
{
	char text[OPTIONS_ITEM_SIZE];
	struct flow_network first, last, all = { 0 };

	memcpy(text, item, dash - item);
	text[dash - item] = '\0';
	if (take_address(text, &first, why) || take_address(dash + 1, &last, why))
		return -EINVAL;
	if (first.family != last.family)
		return refuse(why, QUOTED ": one end is IPv4 and the other is IPv6", item);
	if (memcmp(first.addr, last.addr, 16) > 0)
		return refuse(why, QUOTED " ends before it begins", item);
	all.family = first.family;
	return add_part(out, &all, first.addr, last.addr, why);
}

/* Set the length of a network's prefix from the text behind the slash of the item. */
static int take_prefix(const char *item, const char *text, struct flow_network *network,
		       struct refusal *why)
{
	bool v4 = network->family == AF_INET;
	struct refusal number;
	uint64_t bits;

	if (options_number(text, 0, UINT64_MAX, &bits, &number))
		return refuse(why, QUOTED ": %s", item, number.why);
	if (bits > (v4 ? 32 : 128))
		return refuse(why, QUOTED ": an %s prefix ends at %d", item, v4 ? "IPv4" : "IPv6",
			      v4 ? 32 : 128);
	network->bits = v4 ? 96 + bits : bits;
	return 0;
}

int options_network(const char *item, struct flow_network *network, struct refusal *why)
{
	const char *slash = strchr(item, '/');
	char text[OPTIONS_ITEM_SIZE];
	size_t len = slash ? (size_t)(slash - item) : strlen(item);

	if (len >= sizeof(text))
		return refuse(why, QUOTED " is too long for an IP address", item);
	memcpy(text, item, len);
	text[len] = '\0';
	if (take_address(text, network, why))
		return -EINVAL;
	return slash ? take_prefix(item, slash + 1, network, why) : 0;
}

static int take_network(const char *item, struct flow_networks *out, struct refusal *why)
{
	const char *slash = strchr(item, '/'), *dash = strchr(item, '-');
	struct flow_network network;

	if (slash && dash)
		return refuse(why, QUOTED ": a range has no prefix", item);
	if (dash)
		return add_range(out, item, dash, why);
	if (options_network(item, &network, why))
		return -EINVAL;
	return add_network(out, &network, why);
}

int options_networks(const char *text, struct flow_networks *out, struct refusal *why)
{
	char item[OPTIONS_ITEM_SIZE];

	memset(out, 0, sizeof(*out));
	for (out->inverted = options_inverted(&text); text;)
		if (options_selected(&text, item, why) || take_network(item, out, why))
			return -EINVAL;
	return 0;
}
