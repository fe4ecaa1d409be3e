/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/key.h"
#include "flow/sums.h"
#include "sink/record.h"

/* Whether a new field of a key or a new counter has its text in the record of a flow. */

/* A row of which every field is known, and every counter is other than 0. */
static struct flow_row full_row(void)
{
	struct flow_row row;

	memset(&row.key, 1, sizeof(row.key));
	row.key.family = AF_INET;
	row.key.rule = 0;
	row.key.no_conntrack = 0;
#define COUNTER(how, name) row.sum.name = 1000000;
	FLOW_SUMS(COUNTER)
#undef COUNTER
	return row;
}

/* The bytes of the number are as good as any name. */
static const char *netns_name(void *names, __u32 netns)
{
	static char name[16];

	(void)names;
	snprintf(name, sizeof(name), "%x", netns);
	return name;
}

/* Whether the records of two flows with the same id differ. */
static bool differ(__u32 fields, const struct flow_row *row, const struct flow_row *other)
{
	char line[2][RECORD_MAX];
	struct record r, again;
	struct drop_reasons reasons = { .n = 3, .name = { "A", "B", "C" } };
	struct origin origin;
	size_t len[2];

	cr_assert_eq(origin_init(&origin, "gw1", NULL), 0);
	record_init(&r, &origin);
	r.interim = true;
	r.spec.fields = fields;
	r.netns_name = netns_name;
	r.drop_reasons = &reasons;
	record_begin(&r, 0, 0, 0);
	again = r;
	len[0] = record_flow(&r, line[0], row) - line[0];
	len[1] = record_flow(&again, line[1], other) - line[1];
	return len[0] != len[1] || memcmp(line[0], line[1], len[0]) != 0;
}

Test(record_complete, every_field_of_a_key_is_in_the_record)
{
	struct flow_row row = full_row(), other;

	for (const struct flow_key_field *f = flow_key_fields; f->name; f++) {
		/* Texts come from elsewhere: see test_record_rules.c and test_record_labels.c. */
		if (f->field & (FIELD_RULE | FIELDS_LABEL))
			continue;
		row.key.no_conntrack = !!(f->field & FIELDS_DEVICE);
		other = row;
		((unsigned char *)&other.key)[f->at + f->bytes - 1] ^= 2;
		cr_expect(differ(f->field | f->needs, &row, &other), "%s", f->name);
	}
}

/* These decide only whether others are known. */
static bool is_shown(const char *counter)
{
	return strcmp(counter, "timed_ends") != 0 && strcmp(counter, "uncounted_live") != 0;
}

#define AND_NAME(how, name) { offsetof(struct flow_sums, name), #name },
static const struct {
	size_t at;
	const char *name;
} counters[] = { FLOW_SUMS(AND_NAME) };

Test(record_complete, every_counter_is_in_the_record)
{
	struct flow_row row = full_row(), other;

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		other = row;
		*(uint64_t *)(void *)((char *)&other.sum + counters[i].at) += 1000000;
		cr_expect_eq(differ(FIELDS_DEFAULT, &row, &other), is_shown(counters[i].name), "%s",
			     counters[i].name);
	}
}
