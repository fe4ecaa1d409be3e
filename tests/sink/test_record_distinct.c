/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <jansson.h>

#include "sink/record_case.h"
#include "sink/snapshot_record.h"

static struct record *writer(const char *field, struct flow_distinct_count values)
{
	struct record *r = record_writer("gw1");

	r->distinct = field;
	r->values = values;
	return r;
}

Test(record_distinct, an_exact_number_stands_alone)
{
	struct flow_row row = tcp4();
	struct record *r = writer("sport", (struct flow_distinct_count){ true, 128, 0 });
	struct window_record w = window7(&row.sum);
	json_t *o = flow_line(r, &row);

	expect_fields(o, HEAD " direction proto src_ip dst_ip dst_port " EVENTS " " TRAFFIC " distinct_sport " SEEN);
	expect_number(o, "distinct_sport", 128);
	json_decref(o);
	o = other_line(r, &row.sum);
	expect_number(o, "distinct_sport", 128);
	json_decref(o);
	o = window_line(r, &w);
	expect_number(o, "distinct_sport", 128);
	json_decref(o);
}

Test(record_distinct, an_estimate_has_its_error)
{
	struct flow_row row = tcp4();
	json_t *o = flow_line(writer("nat-src", (struct flow_distinct_count){ true, 1000, 98 }), &row);

	expect_number(o, "distinct_nat_src", 1000);
	expect_number(o, "distinct_nat_src_error", 98);
	json_decref(o);
}

Test(record_distinct, unknown_is_null)
{
	struct flow_row row = tcp4();
	json_t *o = flow_line(writer("mark", (struct flow_distinct_count){ false, 0, 0 }), &row);

	expect_null(o, "distinct_mark");
	cr_expect_null(json_object_get(o, "distinct_mark_error"));
	json_decref(o);
}

Test(record_distinct, a_snapshot_says_so_too)
{
	struct record *r = writer("sport", (struct flow_distinct_count){ true, 3, 0 });
	struct flow_row row = tcp4();
	struct window_record w = window7(&row.sum);
	struct record_snapshot s = { .duplicates = 0 };
	char line[RECORD_MAX];
	json_t *o = parse_line(line, record_live(r, line, &row));

	expect_number(o, "distinct_sport", 3);
	json_decref(o);
	o = parse_line(line, record_live_other(r, line, &row.sum, "top", 1));
	expect_number(o, "distinct_sport", 3);
	json_decref(o);
	o = parse_line(line, record_snapshot(r, line, &w, &s));
	expect_number(o, "distinct_sport", 3);
	json_decref(o);
}
