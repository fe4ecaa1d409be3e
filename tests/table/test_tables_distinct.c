/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --distinct in both tables: the same messages give the same numbers, and these are right. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "table/tables_case.h"

#define MAX_FLOWS 4096
#define MESSAGES 3000

static struct table_under_test both[2];	/* memory, kernel */

static void open_both(const struct flow_spec *spec, const struct flow_distinct *d)
{
	struct flow_spec finer = flow_distinct_spec(spec, d);
	int err = kernel_table_open_for(&both[1], MAX_FLOWS, 0, &finer, NULL);

	if (err == -EPERM || err == -ENOSYS)
		cr_skip_test("no kernel table here: %s", strerror(-err));
	cr_assert_eq(err, 0, "%s", strerror(-err));
	cr_assert_eq(memory_table_open_for(&both[0], MAX_FLOWS, &finer, NULL), 0);
	for (int i = 0; i < 2; i++)
		cr_assert_eq(table_distinct(&both[i], spec, d), 0);
}

static void close_both(void)
{
	table_close(&both[0]);
	table_close(&both[1]);
}

/* A message of one of a few connections, now and then of one that there was not yet. */
static struct message_spec message(unsigned int sources, struct random *r)
{
	struct message_spec s = rich_message(random_below(r, 2) ? MESSAGE_NEW : MESSAGE_DESTROY);
	uint32_t src = htonl(0x0b000000 + random_below(r, sources));

	memcpy(s.orig.src, &src, sizeof(src));
	s.orig.dst[3] = random_below(r, 3);
	s.reply.dst[3] = random_below(r, 50);
	s.mark = random_below(r, 20);
	s.orig.sport = 1024 + random_below(r, 100);
	return s;
}

/* How many values of src, sport, mark and nat-src the messages to each destination have had. */
struct truth {
	bool src[3][1000], sport[3][100], mark[3][20], nat_src[3][50];
};

static void note(struct truth *t, const struct message_spec *s)
{
	uint32_t src;

	memcpy(&src, s->orig.src, sizeof(src));
	t->src[s->orig.dst[3]][ntohl(src) - 0x0b000000] = true;
	t->sport[s->orig.dst[3]][s->orig.sport - 1024] = true;
	t->mark[s->orig.dst[3]][s->mark] = true;
	t->nat_src[s->orig.dst[3]][s->reply.dst[3]] = true;
}

static uint64_t sum(const bool *seen, size_t n)
{
	uint64_t all = 0;

	while (n--)
		all += seen[n];
	return all;
}

static uint64_t number(const struct truth *t, enum flow_field field, int dst)
{
	switch (field) {
	case FIELD_SRC:
		return sum(t->src[dst], LENGTH(t->src[0]));
	case FIELD_SPORT:
		return sum(t->sport[dst], LENGTH(t->sport[0]));
	case FIELD_MARK:
		return sum(t->mark[dst], LENGTH(t->mark[0]));
	default:
		return sum(t->nat_src[dst], LENGTH(t->nat_src[0]));
	}
}

/* Rows by destination: how many values each has, and the error. */
static void find(const struct memory *window, struct flow_distinct_count found[3])
{
	cr_assert_eq(memory_rows(window), 3);
	for (size_t i = 0; i < 3; i++)
		found[memory_row(window, i)->key.daddr[15]] = memory_distinct_row(window, i);
}

static void expect_same(const struct truth *truth, enum flow_field field)
{
	struct flow_distinct_count found[2][3];

	for (int i = 0; i < 2; i++) {
		both[i].rows(&both[i], NULL, 0);
		find(both[i].window, found[i]);
	}
	cr_expect_gt(both[1].rotation.rows, 3, "the kernel's rows are finer");
	for (int dst = 0; dst < 3; dst++) {
		uint64_t n = number(truth, field, dst), got = found[0][dst].n;

		cr_expect_eq(got, found[1][dst].n);
		cr_expect_eq(found[0][dst].error, found[1][dst].error);
		cr_expect(found[0][dst].known && found[1][dst].known);
		cr_expect_eq(!!found[0][dst].error, n > 128);
		cr_expect_leq(got > n ? got - n : n - got, found[0][dst].error, "field %x: %d of %d", field,
			      (int)got, (int)n);
	}
	cr_expect_eq(memory_distinct_total(both[0].window).n, memory_distinct_total(both[1].window).n);
}

static void counts_alike(enum flow_field field, unsigned int sources)
{
	static const struct flow_spec by_dst = { .fields = FIELD_DST | FIELD_DIR, .dst = { 32, 128 } };
	struct flow_distinct d = { flow_key_fields, { 32, 128 }, UINT32_MAX };
	static struct truth truth;
	struct random r = random_from(sources);

	memset(&truth, 0, sizeof(truth));
	while (d.field->field != field)
		d.field++;
	open_both(&by_dst, &d);
	for (int i = 0; i < MESSAGES; i++) {
		struct message_spec s = message(sources, &r);

		note(&truth, &s);
		feed_counted(&both[0], &s);
		feed_counted(&both[1], &s);
	}
	expect_same(&truth, field);
	close_both();
}

KERNEL_TEST(distinct_sources) { counts_alike(FIELD_SRC, 100); }
KERNEL_TEST(distinct_sources_by_estimate) { counts_alike(FIELD_SRC, 1000); }
KERNEL_TEST(distinct_ports) { counts_alike(FIELD_SPORT, 10); }
KERNEL_TEST(distinct_marks) { counts_alike(FIELD_MARK, 10); }
KERNEL_TEST(distinct_translations) { counts_alike(FIELD_NAT_SRC, 10); }

/* A kernel table without room passes messages on: their values count as all others. */
KERNEL_TEST(distinct_values_that_find_no_room)
{
	static const struct flow_spec by_dst = { .fields = FIELD_DST, .dst = { 32, 128 } };
	struct flow_distinct d = { flow_key_fields, { 32, 128 }, UINT32_MAX };
	struct table_under_test *t = &both[1];
	int err;

	while (d.field->field != FIELD_SRC)
		d.field++;
	err = kernel_table_open_for(t, 16, 0, &(struct flow_spec){ FIELD_SRC | FIELD_DST,
				    .src = { 32, 128 }, .dst = { 32, 128 } }, NULL);
	if (err == -EPERM || err == -ENOSYS)
		cr_skip_test("no kernel table here: %s", strerror(-err));
	cr_assert_eq(err, 0);
	cr_assert_eq(table_distinct(t, &by_dst, &d), 0);
	for (unsigned int n = 0; n < 200; n++) {
		struct message_spec s = flow_number(n % 100);

		feed(t, &s);
	}
	cr_assert_eq(t->rows(t, NULL, 0), 1);
	cr_expect_eq(t->rotation.rows, 16);
	cr_expect_gt(t->rotation.passed[PASSED_FULL], 0);
	cr_expect_eq(memory_distinct_row(t->window, 0).n, 100);
	cr_expect_eq(flow_sums_events(&memory_row(t->window, 0)->sum), 200);
	table_close(t);
}
