/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/options.h"
#include "cli/options_flow.h"
#include "flow/proto.h"

#define MAX_ITEM 128

/* The next item of a list, copied; text moves behind its comma, or to NULL after the
 * last one. */
static int next_item(const char **text, char item[MAX_ITEM])
{
	size_t len = strcspn(*text, ",");

	if (!len || len >= MAX_ITEM)
		return -EINVAL;
	memcpy(item, *text, len);
	item[len] = '\0';
	*text = (*text)[len] ? *text + len + 1 : NULL;
	return 0;
}

/* --- the key ----------------------------------------------------------------- */

static const struct {
	const char *name;
	enum flow_field field;
} fields[] = {
	{ "src", FIELD_SRC }, { "dst", FIELD_DST }, { "sport", FIELD_SPORT },
	{ "dport", FIELD_DPORT }, { "proto", FIELD_PROTO }, { "icmp", FIELD_ICMP },
	{ "icmp-code", FIELD_ICMP_CODE }, { "dir", FIELD_DIR }, { "nat-src", FIELD_NAT_SRC },
	{ "nat-sport", FIELD_NAT_SPORT }, { "nat-dst", FIELD_NAT_DST },
	{ "nat-dport", FIELD_NAT_DPORT }, { "zone", FIELD_ZONE }, { "mark", FIELD_MARK },
	{ "rule", FIELD_RULE },
};

static struct flow_prefix *prefix_of(struct flow_spec *spec, __u32 field)
{
	switch (field) {
	case FIELD_SRC:
		return &spec->src;
	case FIELD_DST:
		return &spec->dst;
	case FIELD_NAT_SRC:
		return &spec->nat_src;
	case FIELD_NAT_DST:
		return &spec->nat_dst;
	}
	return NULL;
}

/* 24 or 24/64. */
static int take_prefix(char *text, struct flow_prefix *prefix)
{
	char *v6 = strchr(text, '/');
	uint64_t bits;

	if (v6)
		*v6++ = '\0';
	if (options_number(text, 0, 32, &bits))
		return -EINVAL;
	prefix->v4 = bits;
	if (v6 && options_number(v6, 0, 128, &bits))
		return -EINVAL;
	if (v6)
		prefix->v6 = bits;
	return 0;
}

static int take_field(char *item, struct flow_spec *spec)
{
	char *bits = strchr(item, '/');
	struct flow_prefix *prefix;

	if (bits)
		*bits++ = '\0';
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strcmp(item, fields[i].name))
			continue;
		if (spec->fields & fields[i].field)
			return -EINVAL;
		spec->fields |= fields[i].field;
		if (fields[i].field == FIELD_ICMP_CODE)
			spec->fields |= FIELD_ICMP;
		prefix = prefix_of(spec, fields[i].field);
		if (bits)
			return prefix ? take_prefix(bits, prefix) : -EINVAL;
		return 0;
	}
	return -EINVAL;
}

int options_key(const char *text, struct flow_spec *spec)
{
	char item[MAX_ITEM];

	*spec = flow_spec_default;
	spec->fields = 0;
	while (text)
		if (next_item(&text, item) || take_field(item, spec))
			return -EINVAL;
	return 0;
}

/* --- selection --------------------------------------------------------------- */

static const char *inversion(const char *text, bool *inverted)
{
	*inverted = *text == '!';
	return text + *inverted;
}

static int take_range(char *item, __u32 max, struct flow_range *range)
{
	char *dash = strchr(item, '-');
	uint64_t first, last;

	if (dash)
		*dash++ = '\0';
	if (options_number(item, 0, max, &first) ||
	    options_number(dash ? dash : item, first, max, &last))
		return -EINVAL;
	*range = (struct flow_range){ first, last };
	return 0;
}

/* A list whose items take reads. */
static int take_list(const char *text, struct flow_numbers *out, __u32 max,
		     int (*take)(char *item, __u32 max, struct flow_range *range))
{
	char item[MAX_ITEM];

	memset(out, 0, sizeof(*out));
	for (text = inversion(text, &out->inverted); text; out->n++)
		if (out->n == FLOW_SELECT_MAX || next_item(&text, item) ||
		    take(item, max, &out->list[out->n]))
			return -EINVAL;
	return 0;
}

int options_numbers(const char *text, __u32 max, struct flow_numbers *out)
{
	return take_list(text, out, max, take_range);
}

static int take_protocol(char *item, __u32 max, struct flow_range *range)
{
	for (__u32 l4 = 0; l4 <= max; l4++) {
		const char *name = proto_name(l4);

		if (name && !strcmp(item, name)) {
			*range = (struct flow_range){ l4, l4 };
			return 0;
		}
	}
	return take_range(item, max, range);
}

int options_protocols(const char *text, struct flow_numbers *out)
{
	return take_list(text, out, 255, take_protocol);
}

static int take_direction(char *item, __u32 max, struct flow_range *range)
{
	static const char *const names[] = {
		[FLOW_DIR_FORWARD] = "forward", [FLOW_DIR_IN] = "in",
		[FLOW_DIR_OUT] = "out", [FLOW_DIR_LOCAL] = "local",
	};

	for (__u32 dir = 0; dir <= max; dir++) {
		if (strcmp(item, names[dir]))
			continue;
		*range = (struct flow_range){ dir, dir };
		return 0;
	}
	return -EINVAL;
}

int options_directions(const char *text, struct flow_numbers *out)
{
	return take_list(text, out, FLOW_DIR_LOCAL, take_direction);
}

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

/* What of the network lies between the addresses from and to (both included), as the
 * fewest networks. A network that is partly outside is looked at by halves. */
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
	char item[MAX_ITEM];

	memset(out, 0, sizeof(*out));
	for (text = inversion(text, &out->inverted); text;)
		if (next_item(&text, item) || take_network(item, out))
			return -EINVAL;
	return 0;
}
