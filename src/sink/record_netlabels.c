/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <sys/socket.h>

#include "sink/record_parts.h"

static char *label(const struct record *r, char *p, const char *name, uint32_t number)
{
	size_t len;
	const char *text = texts_get(r->netlabels->names, number, &len);

	return number ? record_text(p, name, text, len, record_netlabel_max(r)) : p;
}

/* The label of an address of which the key keeps so many bits. */
static char *end(const struct record *r, char *p, const char *name, __u8 family, const __u8 addr[16],
		 const struct flow_prefix *kept)
{
	struct flow_network network = { .family = family };
	uint32_t number;

	memcpy(network.addr, addr, sizeof(network.addr));
	network.bits = family == AF_INET ? 96 + kept->v4 : kept->v6;
	return netlabel_set_network(r->netlabels, &network, &number) ? label(r, p, name, number) : p;
}

char *record_socket_labels(const struct record *r, char *p, const struct socket_facts *f)
{
	static const struct flow_prefix whole = { 32, 128 };

	if (!r->netlabels)
		return p;
	p = end(r, p, "local_label", f->family, f->local, &whole);
	return end(r, p, "peer_label", f->family, f->peer, &whole);
}

char *record_netlabels(const struct record *r, char *p, const struct flow_key *key)
{
	const struct flow_spec *spec = &r->spec;
	uint32_t number;

	if (spec->fields & FIELD_SRC_LABEL)
		p = label(r, p, "src_label", key->src_label);
	else if (key->family && spec->fields & FIELD_SRC)
		p = end(r, p, "src_label", key->family, key->saddr, &spec->src);
	if (spec->fields & FIELD_DST_LABEL)
		p = label(r, p, "dst_label", key->dst_label);
	else if (key->family && spec->fields & FIELD_DST)
		p = end(r, p, "dst_label", key->family, key->daddr, &spec->dst);
	if (!key->no_conntrack && spec->fields & FIELD_MARK &&
	    netlabel_set_mark(r->netlabels, key->mark, spec->mark, &number))
		p = label(r, p, "mark_label", number);
	return p;
}
