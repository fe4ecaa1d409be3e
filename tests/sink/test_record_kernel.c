/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a window record says of connection tracking in the kernel. */
#include "config.h"

#include <criterion/criterion.h>

#include "sink/record_case.h"

static json_t *line_with(const struct window_kernel *k)
{
	static const struct flow_sums none;
	struct window_record w = window7(&none);

	w.kernel = *k;
	return window_line(record_writer("gw1"), &w);
}

Test(record, values_of_the_kernel)
{
	struct window_kernel k = {
		.asked = true, .drop = { 1, .known = true }, .early_drop = { 2, .known = true },
		.insert_failed = { 3, .known = true }, .invalid = { 4, .known = true },
		.clash_resolve = { 5, .pending = true }, .chaintoolong = { .never = true },
		.entries = { 7, true }, .max = { 8, true },
	};
	json_t *o = line_with(&k), *kernel = json_object_get(o, "kernel");

	expect_fields(kernel, "drop early_drop insert_failed invalid clash_resolve chaintoolong entries max");
	expect_number(kernel, "drop", 1);
	expect_number(kernel, "early_drop", 2);
	expect_number(kernel, "insert_failed", 3);
	expect_number(kernel, "invalid", 4);
	expect_null(kernel, "clash_resolve");
	expect_null(kernel, "chaintoolong");
	expect_number(kernel, "entries", 7);
	expect_number(kernel, "max", 8);
	json_decref(o);
}

Test(record, a_kernel_that_said_nothing_or_was_not_asked)
{
	struct window_kernel k = { .asked = true };
	json_t *o = line_with(&k);

	expect_null(o, "kernel");
	json_decref(o);
	k.asked = false;
	o = line_with(&k);
	cr_expect_null(json_object_get(o, "kernel"));
	json_decref(o);
}

Test(record, packets_that_passed_uncounted)
{
	static const struct flow_sums none;
	struct window_record w = window7(&none);
	json_t *o = window_line(record_writer("gw1"), &w);

	cr_expect_null(json_object_get(o, "flowtable_uncounted"));
	json_decref(o);
	w.flowtable_uncounted = true;
	o = window_line(record_writer("gw1"), &w);
	cr_expect(json_is_true(json_object_get(o, "flowtable_uncounted")));
	json_decref(o);
}
