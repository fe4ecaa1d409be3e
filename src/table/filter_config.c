/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "table/filter_config.h"

/* The masks of keys with IPv4 (v6: 0) or IPv6 (1) addresses, word by word as the filter applies
 * them. What follows the addresses in a key is three words, which begin at dport, rule and mark. */
static void masks(struct filter_config *c, const struct flow_key *mask, int v6)
{
	memcpy(c->src_mask[v6], mask->saddr, sizeof(mask->saddr));
	memcpy(c->dst_mask[v6], mask->daddr, sizeof(mask->daddr));
	memcpy(c->nat_src_mask[v6], mask->nat_saddr, sizeof(mask->nat_saddr));
	memcpy(c->nat_dst_mask[v6], mask->nat_daddr, sizeof(mask->nat_daddr));
	memcpy(&c->tail_mask, &mask->dport, sizeof(c->tail_mask));
	memcpy(&c->wide_mask[0], &mask->rule, sizeof(c->wide_mask[0]));
	memcpy(&c->wide_mask[1], &mask->mark, sizeof(c->wide_mask[1]));
}

static bool in_list(const struct flow_numbers *numbers, __u32 value)
{
	for (size_t i = 0; i < numbers->n; i++)
		if (value >= numbers->list[i].first && value <= numbers->list[i].last)
			return true;
	return false;
}

/* Set bit i for each i below n that the list selects. */
static void bits(__u64 *words, __u32 n, const struct flow_numbers *numbers)
{
	for (__u32 i = 0; i < n; i++)
		if (in_list(numbers, i) != numbers->inverted)
			words[i / 64] |= 1ULL << i % 64;
}

void filter_config_ports(__u64 words[PORT_WORDS], const struct flow_numbers *ports)
{
	bits(words, 65536, ports);
}

static int zones(struct filter_config *c, const struct flow_numbers *list)
{
	if (list->n > FILTER_RANGES)
		return -E2BIG;
	for (size_t i = 0; i < list->n; i++)
		c->zones[i] = (struct filter_range){ UINT16_MAX, list->list[i].first,
						     list->list[i].last };
	c->n_zones = list->n;
	return 0;
}

static int marks(struct filter_config *c, const struct flow_marks *list)
{
	if (list->n > FILTER_RANGES)
		return -E2BIG;
	for (size_t i = 0; i < list->n; i++)
		c->marks[i] = (struct filter_range){ list->list[i].mask, list->list[i].first,
						     list->list[i].last };
	c->n_marks = list->n;
	return 0;
}

static void condition(struct filter_config *c, enum filter_select which, size_t n, bool inverted)
{
	if (n)
		c->selects |= which;
	if (n && inverted)
		c->inverted |= which;
}

int filter_config_make(struct filter_config *c, const struct flow_spec *spec,
		       const struct flow_select *select)
{
	__u64 directions[1] = { 0 };
	struct flow_mask mask;
	int err;

	memset(c, 0, sizeof(*c));
	c->fields = spec->fields;
	c->masked = !flow_spec_is_default(spec);
	flow_mask_init(&mask, spec);
	masks(c, &mask.v4, 0);
	masks(c, &mask.v6, 1);
	if (!select)
		return 0;
	condition(c, SELECT_PROTO, select->proto.n, select->proto.inverted);
	condition(c, SELECT_SPORT, select->sport.n, select->sport.inverted);
	condition(c, SELECT_DPORT, select->dport.n, select->dport.inverted);
	condition(c, SELECT_PORT, select->port.n, select->port.inverted);
	condition(c, SELECT_DIR, select->direction.n, select->direction.inverted);
	condition(c, SELECT_SRC, select->src.n, select->src.inverted);
	condition(c, SELECT_DST, select->dst.n, select->dst.inverted);
	condition(c, SELECT_ADDR, select->addr.n, select->addr.inverted);
	condition(c, SELECT_ZONE, select->zone.n, select->zone.inverted);
	condition(c, SELECT_MARK, select->mark.n, select->mark.inverted);
	bits(c->protocols, 256, &select->proto);
	bits(directions, FLOW_DIR_UNKNOWN, &select->direction);	/* which is in no list, and outside of none */
	c->directions = directions[0];
	err = zones(c, &select->zone);
	return err ? err : marks(c, &select->mark);
}

struct filter_network filter_config_network(const struct flow_network *network,
					    enum filter_select list)
{
	struct filter_network key = {
		.bits = 32 + network->bits,
		.list = list,
		.family = network->family,
	};

	memcpy(key.addr, network->addr, sizeof(key.addr));
	return key;
}

struct filter_labelled filter_config_labelled(const struct flow_network *network)
{
	struct filter_labelled key = { .bits = 32 + network->bits, .family = network->family };

	memcpy(key.addr, network->addr, sizeof(key.addr));
	return key;
}

__u32 filter_config_key_bytes(const struct flow_spec *spec)
{
	size_t bytes = flow_spec_bytes(spec);

	return bytes == FLOW_KEY_DEFAULT_BYTES ? FLOW_KEY_KERNEL_BYTES : bytes;
}
