/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_FILTER_CONFIG_H
#define CTAGG_TABLE_FILTER_CONFIG_H

#include "flow/key.h"
#include "flow/select.h"
#include "table/layout.h"

/* Write the key (spec) and the selection (select; NULL: all events) in the form that the
 * filter reads. Returns 0, or -E2BIG for more ranges of zones or marks than the filter has
 * room for. */
int filter_config_make(struct filter_config *config, const struct flow_spec *spec,
		       const struct flow_select *select);

/* Set the bit of each port that the list selects in words, which is all 0 before. */
void filter_config_ports(__u64 words[PORT_WORDS], const struct flow_numbers *ports);

/* The key of the map `networks` for one network of a list: SELECT_SRC, SELECT_DST or
 * SELECT_ADDR. */
struct filter_network filter_config_network(const struct flow_network *network,
					    enum filter_select list);

/* The key of the maps labels_a and labels_b for a network. */
struct filter_labelled filter_config_labelled(const struct flow_network *network);

/* How many bytes a key has in the kernel table. */
__u32 filter_config_key_bytes(const struct flow_spec *spec);

#endif
