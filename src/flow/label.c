/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter.h>

#include "flow/label.h"

static const struct {
	uint8_t family;
	const char *name;
} names[] = {
	{ NFPROTO_IPV4, "ip" },   { NFPROTO_IPV6, "ip6" },	{ NFPROTO_INET, "inet" },
	{ NFPROTO_ARP, "arp" },	  { NFPROTO_BRIDGE, "bridge" }, { NFPROTO_NETDEV, "netdev" },
};

#define N_NAMES (sizeof(names) / sizeof(names[0]))

const char *label_family_name(uint8_t family)
{
	for (size_t i = 0; i < N_NAMES; i++)
		if (names[i].family == family)
			return names[i].name;
	return "unknown";
}

int label_family(const char *name, size_t len)
{
	for (size_t i = 0; i < N_NAMES; i++)
		if (strlen(names[i].name) == len && !memcmp(names[i].name, name, len))
			return names[i].family;
	return -EINVAL;
}

char *label_set_rule(struct label *l, uint8_t family, uint64_t handle, const char *table,
		     const char *chain, const char *comment)
{
	size_t table_size = strlen(table) + 1, chain_size = strlen(chain) + 1;
	char *p = malloc(table_size + chain_size + strlen(comment) + 1);

	if (!p)
		return NULL;
	l->family = family;
	l->family_name = label_family_name(family);
	l->handle = handle;
	l->table = strcpy(p, table);
	l->chain = strcpy(p + table_size, chain);
	l->comment = strcpy(p + table_size + chain_size, comment);
	return p;
}
