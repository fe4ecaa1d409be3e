/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_FILTER_CONFIG_H
#define CTAGG_TABLE_FILTER_CONFIG_H

#include "flow/key.h"
#include "flow/select.h"
#include "table/layout.h"

/* What the filter needs to know of a key and a selection. Returns 0, or -E2BIG for
 * more ranges of zones or marks than it has room for. */
int filter_config_make(struct filter_config *config, const struct flow_spec *spec,
		       const struct flow_select *select);

/* The ports of a list, a bit each. */
void filter_config_ports(__u64 words[PORT_WORDS], const struct flow_numbers *ports);

/* The key of the map `networks` for one of a list. */
struct filter_network filter_config_network(const struct flow_network *network,
					    enum filter_select list);

/* How many bytes of a key the filter keeps. */
__u32 filter_config_key_bytes(const struct flow_spec *spec);

#endif
