/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of a snapshot that say what has changed since another one. */
#include "config.h"

#include <criterion/criterion.h>
#include <jansson.h>

#include "sink/record_case.h"
#include "sink/snapshot_record.h"

#define KEY "direction proto src_ip dst_ip dst_port"
#define FIELDS                                                                                 \
	SNAPSHOT_HEAD " change " KEY " live closing unreplied " TRAFFIC " previous_live previous_closing "        \
	"previous_unreplied previous_orig_packets previous_orig_bytes previous_reply_packets "  \
	"previous_reply_bytes"

static json_t *change(const struct flow_sums *previous, const struct flow_sums *current)
{
	struct flow_row row = tcp4();
	struct record *r = record_writer("gw1");
	char line[RECORD_MAX];

	record_begin(r, START, END, 0);
	return parse_line(line, record_change(r, line, &row.key, previous, current));
}

static const struct flow_sums two = {
	.live = 2, .closing = 1, .unreplied = 1, .orig_packets = 4, .orig_bytes = 400,
	.reply_packets = 3, .reply_bytes = 300,
};
static const struct flow_sums uncounted = { .live = 5, .uncounted_live = 5 };

Test(record_changes, a_change_says_what_is_and_what_was)
{
	json_t *o = change(&two, &uncounted);

	expect_fields(o, SNAPSHOT_HEAD " change " KEY " live closing unreplied " TRAFFIC " uncounted_live"
			 " previous_live previous_closing previous_unreplied previous_orig_packets"
			 " previous_orig_bytes previous_reply_packets previous_reply_bytes");
	expect_string(o, "type", "change");
	expect_string(o, "change", "changed");
	expect_number(o, "live", 5);
	expect_number(o, "uncounted_live", 5);
	expect_null(o, "orig_bytes");
	expect_number(o, "previous_live", 2);
	expect_number(o, "previous_closing", 1);
	expect_number(o, "previous_unreplied", 1);
	expect_number(o, "previous_orig_packets", 4);
	expect_number(o, "previous_orig_bytes", 400);
	expect_number(o, "previous_reply_packets", 3);
	expect_number(o, "previous_reply_bytes", 300);
	json_decref(o);
	o = change(&uncounted, &two);
	expect_number(o, "orig_bytes", 400);
	expect_number(o, "previous_uncounted_live", 5);
	expect_null(o, "previous_orig_bytes");
	json_decref(o);
}

/* A flow that is not there has no connections, and what it carried is not known. */
Test(record_changes, what_is_not_there_has_no_connections)
{
	json_t *o = change(NULL, &two);

	expect_fields(o, FIELDS);
	expect_string(o, "change", "appeared");
	expect_number(o, "live", 2);
	expect_number(o, "previous_live", 0);
	expect_null(o, "previous_orig_bytes");
	json_decref(o);
	o = change(&two, NULL);
	expect_fields(o, FIELDS);
	expect_string(o, "change", "vanished");
	expect_number(o, "live", 0);
	expect_null(o, "orig_bytes");
	expect_number(o, "previous_live", 2);
	json_decref(o);
}
