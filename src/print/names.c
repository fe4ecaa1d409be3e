/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print/names.h"
#include "view/resolve.h"
#include "view/show.h"

#define NAME_SIZE 256
#define REMEMBERED 1024

/* known  the name of this address has been asked for
 * name   empty: the address has none
 */
struct entry {
	uint8_t addr[16];
	bool known;
	char name[NAME_SIZE];
};

/* An address has its place by its last bytes, which differ most, and replaces another one there. */
struct names {
	struct entry of[REMEMBERED];
};

int names_open(struct names **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void names_close(struct names *n)
{
	free(n);
}

static const char *name_of(struct names *n, const uint8_t addr[16])
{
	struct entry *e = &n->of[(addr[14] << 8 | addr[15]) % REMEMBERED];

	if (!e->known || memcmp(e->addr, addr, sizeof(e->addr))) {
		memcpy(e->addr, addr, sizeof(e->addr));
		resolve_address(e->name, sizeof(e->name), addr);
		e->known = true;
	}
	return e->name;
}

static bool address(struct names *n, char *to, size_t size, const uint8_t addr[16], uint8_t bits)
{
	const char *name = bits == 128 ? name_of(n, addr) : "";

	if (!*name)
		return false;
	snprintf(to, size, "%s", name);
	return true;
}

static bool port(char *to, size_t size, uint16_t number, const struct view_key *key)
{
	show_port(to, size, number, key->proto, true);
	return true;
}

bool names_of(struct names *n, char *to, size_t size, const struct view_key *key,
	      enum view_field field)
{
	if (!(key->has & field))
		return false;
	switch (field) {
	case VIEW_SRC:
		return address(n, to, size, key->src, key->src_bits);
	case VIEW_DST:
		return address(n, to, size, key->dst, key->dst_bits);
	case VIEW_NAT_SRC:
		return address(n, to, size, key->nat_src, key->nat_src_bits);
	case VIEW_NAT_DST:
		return address(n, to, size, key->nat_dst, key->nat_dst_bits);
	case VIEW_SPORT:
		return port(to, size, key->sport, key);
	case VIEW_DPORT:
		return port(to, size, key->dport, key);
	case VIEW_NAT_SPORT:
		return port(to, size, key->nat_sport, key);
	case VIEW_NAT_DPORT:
		return port(to, size, key->nat_dport, key);
	default:
		return false;
	}
}
