/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdbool.h>

#include "cli/selection.h"
#include "flow/proto.h"

/* Whether --proto is a list of protocols without ports. */
static bool selects_no_ports(const struct flow_numbers *proto)
{
	for (size_t i = 0; i < proto->n; i++)
		for (__u32 l4 = proto->list[i].first; l4 <= proto->list[i].last; l4++)
			if (proto_has_ports(l4))
				return false;
	return proto->n && !proto->inverted;
}

int options_selection(const struct flow_select *s, struct refusal *message)
{
	const char *ports = s->sport.n ? "sport" : s->dport.n ? "dport" : s->port.n ? "port" : NULL;

	if (!ports || !selects_no_ports(&s->proto))
		return 0;
	return refuse(message, "--%s and --proto: none of these protocols has ports; leave one of them out",
		      ports);
}
