/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only the kernel table has to do: to pass on ends, to drain, to set up the filter. */
#include "config.h"

#include <arpa/inet.h>
#include <cap-ng.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/namespace.h"
#include "table/tables_case.h"

/* --- live connections ------------------------------------------------------ */

/* Every end, also one that a selection leaves out: user space does that. */
Test(kernel, passes_on_every_end_with_interim)
{
	struct table_under_test *t = kernel_with(16, KERNEL_INTERIM);
	struct message_spec starts = rich_message(MESSAGE_NEW), ends = rich_message(MESSAGE_DESTROY);

	cr_expect_eq(feed(t, &starts), FED_TAKEN);
	cr_expect_eq(feed(t, &ends), FED_ADDED);
	ends.orig.sport++;
	cr_expect_eq(feed(t, &ends), FED_ADDED);
	t->rows(t, NULL, 0);
	cr_expect_eq(t->rotation.passed[PASSED_END], 2);
	cr_expect_eq(t->rotation.events, 1);
	table_close(t);
}

Test(kernel, passes_on_ends_that_are_not_selected_with_interim)
{
	static const struct flow_select nothing = { .proto = { .list = { { 0, 255 } }, .n = 1, .inverted = true } };
	struct message_spec starts = rich_message(MESSAGE_NEW), ends = rich_message(MESSAGE_DESTROY);
	static struct table_under_test t;
	int err = kernel_table_open_for(&t, 16, KERNEL_INTERIM, &flow_spec_default, &nothing);

	if (err == -EPERM || err == -ENOSYS)
		cr_skip_test("no kernel table here: %s", strerror(-err));
	cr_assert_eq(err, 0, "%s", strerror(-err));
	feed(&t, &starts);
	feed(&t, &ends);
	t.rows(&t, NULL, 0);
	cr_expect_eq(t.rotation.unselected, 1);
	cr_expect_eq(t.rotation.passed[PASSED_END], 1);
	table_close(&t);
}

/* --- draining ---------------------------------------------------------------------------- */

static void drains_exactly(struct table_under_test *t, unsigned int flows)
{
	struct flow_row *rows = calloc(flows, sizeof(*rows));
	__be32 last = 0;

	for (int round = 0; round < 3; round++) {
		for (unsigned int i = 0; i < flows; i++) {
			struct message_spec s = flow_number(i);

			feed_counted(t, &s);
		}
		cr_assert_eq(t->rows(t, rows, flows), flows);
		cr_assert_eq(t->err, 0);
		cr_expect_eq(t->rotation.rows, flows);
		cr_expect_eq(t->rotation.events, flows);
		for (unsigned int i = 0; i < flows; i++) {
			memcpy(&last, rows[i].key.saddr + 12, 4);
			cr_assert_eq(ntohl(last), 0x0b000000 + i, "each once");
			cr_assert_eq(flow_sums_events(&rows[i].sum), 1);
		}
	}
	free(rows);
}

Test(kernel, drains_in_batches)
{
	struct table_under_test *t = kernel_under_test(65536);

	drains_exactly(t, 1);
	drains_exactly(t, 5000);
	drains_exactly(t, 65536);
	table_close(t);
}

/* A table as full as it can be has buckets of many rows. */
Test(kernel, drains_in_batches_that_have_to_grow)
{
	struct table_under_test *t = kernel_with(5000, KERNEL_SMALL_BATCH);

	drains_exactly(t, 1);
	drains_exactly(t, 5000);
	table_close(t);
}

Test(kernel, drains_a_large_table_with_little_in_it)
{
	struct table_under_test *t = kernel_under_test(1 << 20);

	drains_exactly(t, 3);
	table_close(t);
}

/* --- setting up --------------------------------------------------------------------------- */

Test(kernel, passes_its_own_test)
{
	struct table_under_test *t = kernel_under_test(1);

	no_addresses(t);
	cr_expect_eq(kernel_works(t->kernel), 0);
	cr_expect_eq(kernel_self_test(t->kernel), 0);
	cr_expect_eq(t->rows(t, NULL, 0), 0, "which leaves nothing behind");
	cr_expect_eq(t->rotation.passed[PASSED_LAYOUT], 0);
	table_close(t);
}

/* The verifier is stricter with the one that has no CAP_PERFMON besides. */
Test(kernel, wants_no_more_than_cap_bpf)
{
	struct table_under_test *t;

	if (capng_get_caps_process() || !capng_have_capability(CAPNG_PERMITTED, CAP_BPF))
		cr_skip_test("no CAP_BPF here; run as root");
	capng_clear(CAPNG_SELECT_CAPS);
	capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_BPF, CAP_NET_ADMIN, -1);
	cr_assert_eq(capng_apply(CAPNG_SELECT_CAPS), 0);
	t = kernel_under_test(100);
	no_addresses(t);
	cr_expect_eq(kernel_self_test(t->kernel), 0);
	drains_exactly(t, 100);
	table_close(t);
}

/* Since 6.8 a namespace has its own net.core.optmem_max. */
Test(kernel, attaches_a_stub_where_the_filter_is_too_large)
{
	struct table_under_test *t;
	FILE *file;

	namespace_enter();
	file = fopen("/proc/sys/net/core/optmem_max", "w");
	if (!file)
		cr_skip_test("no net.core.optmem_max in a namespace: Linux 6.8 has it");
	fprintf(file, "1024\n");
	cr_assert_eq(fclose(file), 0);
	t = kernel_under_test(100);
	no_addresses(t);
	cr_expect_eq(kernel_self_test(t->kernel), 0);
	drains_exactly(t, 100);
	table_close(t);
}

Test(kernel, can_be_closed_half_open)
{
	kernel_close(NULL);
}
