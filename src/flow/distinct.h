/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_DISTINCT_H
#define CTAGG_FLOW_DISTINCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/key.h"

/* --distinct: of a field that records have no value of, how many different values their events
 * had. Tables are given finer keys than those of records: a finer key has the field, too, and is
 * cut in two, into the key of its record and the value.
 *
 * field   NULL: no values are counted
 * prefix  of a field that is an address: how many bits of an address are a value
 * mark    of the field of marks: which bits of a mark are a value
 */
struct flow_distinct {
	const struct flow_key_field *field;
	struct flow_prefix prefix;
	__u32 mark;
};

/* The finer keys, where records have the key that spec asks for. Without a field that is spec. */
struct flow_spec flow_distinct_spec(const struct flow_spec *spec, const struct flow_distinct *d);

/* Whether a record with the key that spec asks for can have more than one value of the field: the
 * key does not have the field, or keeps fewer bits of it. */
bool flow_distinct_is_finer(const struct flow_spec *spec, const struct flow_distinct *d);

/* Ready to cut keys.
 *
 * field          whose values are counted
 * tells_packets  a finer key says whether it is of a packet (no_conntrack)
 * mask           what a record's key has of the finer key
 */
struct flow_cut {
	const struct flow_key_field *field;
	bool tells_packets;
	struct flow_mask mask;
};

/* Prepare to cut the keys of flow_distinct_spec(), which has a field. */
void flow_cut_init(struct flow_cut *cut, const struct flow_spec *spec,
		   const struct flow_distinct *d);

/* Make the record's key of a finer key, and write the value that was cut off. Returns how many
 * bytes the value has, the same bytes on every host: at most FLOW_CUT_BYTES; or 0, when the value
 * is unknown, or there is none (an ICMP packet has no port). */
#define FLOW_CUT_BYTES 17
size_t flow_cut_key(const struct flow_cut *cut, struct flow_key *key, __u8 value[FLOW_CUT_BYTES]);

/* How many values there were.
 *
 * known  otherwise no event of the record said which value it had, or memory ran out
 * error  0: n is exact; otherwise n is an estimate, see sketch_count()
 */
struct flow_distinct_count {
	bool known;
	uint64_t n, error;
};

#endif
