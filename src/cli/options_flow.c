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

typedef unsigned __int128 address_number;

static address_number to_number(const __u8 addr[16])
{
	address_number n = 0;

	for (int i = 0; i < 16; i++)
		n = n << 8 | addr[i];
	return n;
}

static void from_number(address_number n, __u8 addr[16])
{
	for (int i = 15; i >= 0; i--, n >>= 8)
		addr[i] = n;
}

static int add_network(struct flow_networks *out, const struct flow_network *network)
{
	if (out->n == FLOW_SELECT_MAX)
		return -EINVAL;
	out->list[out->n++] = *network;
	return 0;
}

/* All from first to last, as the fewest networks. */
static int add_range(struct flow_networks *out, const struct flow_network *first,
		     const struct flow_network *last)
{
	address_number at = to_number(first->addr), end = to_number(last->addr);
	struct flow_network network = *first;

	if (first->family != last->family || at > end)
		return -EINVAL;
	for (;;) {
		unsigned int free_bits = 0;

		while (free_bits < 128 && !(at >> free_bits & 1) &&
		       (((address_number)2 << free_bits) - 1) <= end - at)
			free_bits++;
		from_number(at, network.addr);
		network.bits = 128 - free_bits;
		if (add_network(out, &network))
			return -EINVAL;
		if (end - at < ((address_number)1 << free_bits))
			return 0;
		at += (address_number)1 << free_bits;
		if (at > end)
			return 0;
	}
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
