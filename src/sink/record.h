/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_RECORD_H
#define CTAGG_SINK_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/distinct.h"
#include "flow/drop_reasons.h"
#include "flow/key.h"
#include "flow/label.h"
#include "flow/socket.h"
#include "flow/sums.h"
#include "flow/window_record.h"
#include "netlabel/set.h"
#include "sink/id.h"
#include "sink/origin.h"

/* No line is longer than this, newline included. A pipe takes up to PIPE_BUF bytes as a whole or
 * not at all, so nobody reads half a record from a pipe. */
#define RECORD_MAX 4096

/* The longest head: 256 bytes are more than the length, the slot and the bounds of a window can
 * have with their names. */
#define RECORD_MAX_HEAD (ORIGIN_MAX_SOURCE + 256 + ORIGIN_MAX_TAGS)

/* Replaces an address (see flow/address.h) by the one that records show. */
typedef void address_map_fn(void *map, __u8 family, __u8 addr[16]);

/* Returns the name of the network namespace that a key has, any bytes, lent until the next call; NULL: none
 * is known. */
typedef const char *netns_name_fn(void *names, __u32 netns);

/* A writer of records, one JSON object a line (schema 1, ctagg-record(5)). */
struct record {
	struct id id;
	struct flow_spec spec;	/* which fields the keys have */
	bool interim;		/* live connections are counted (--interim) */
	bool recorded;		/* events are read from lines (--read) */
	/* Which field's values are counted, as --key calls it (--distinct); NULL: none. How many there
	 * are in the next record: set this before each line. */
	const char *distinct;
	struct flow_distinct_count values;
	bool spooled;		/* windows go to a spool, from which they can be dropped (--spool) */
	bool kernel_drops;	/* drops of the kernel are counted (--kernel-drops) */
	const struct drop_reasons *drop_reasons;	/* lent; what numbers in keys mean; NULL: there are none */
	bool rules;		/* counters of rules are read (--rules) */
	bool everywhere;	/* every network namespace is counted (--netns=all) */
	bool sockets;		/* sockets are read (--sockets) */
	const struct labels *labels;	/* lent; NULL while there are no drops */
	label_of_fn *label_of;		/* looks up a label there */
	/* The labels of networks and marks that the next lines have (--labels); lent, NULL: none. */
	const struct netlabel_set *netlabels;
	netns_name_fn *netns_name;	/* of the namespaces in keys; NULL: no key has one */
	void *netns_names;		/* of netns_name; lent */
	address_map_fn *map_address;	/* what records show in place of addresses; NULL: addresses */
	void *map;			/* of map_address; lent */
	const struct origin *origin;	/* lent */
	bool aligned;			/* windows begin at full minutes and the like, and have a slot */
	char head[RECORD_MAX_HEAD];	/* the fields that all records of a window share, host to tags */
	size_t head_len;
};

/* Begin with the default key, no labels, and windows that are not aligned. */
void record_init(struct record *r, const struct origin *origin);

/* The lines that follow are of the window from start_ns to end_ns (nanoseconds since 1970).
 * nominal_ns: the length that -w gives the window, whole milliseconds; 0: a snapshot, which
 * has none. */
void record_begin(struct record *r, uint64_t start_ns, uint64_t end_ns, uint64_t nominal_ns);

/* Each function writes one line at p, which has RECORD_MAX bytes of room, and returns where the
 * line ends. reason needs no escapes; folded is how many flows `other` stands for. Of total and moved, one
 * can be NULL: what the rule logged, or by how much its counter moved, is not known. */
char *record_flow(struct record *r, char *p, const struct flow_row *row);
char *record_other(struct record *r, char *p, const struct flow_sums *sum, const char *reason,
		   uint64_t folded);
char *record_rule(struct record *r, char *p, const struct rule_total *total,
		  const struct rule_moved *moved);
char *record_socket(struct record *r, char *p, const struct socket_line *line);
char *record_window(struct record *r, char *p, const struct window_record *w);

#endif
