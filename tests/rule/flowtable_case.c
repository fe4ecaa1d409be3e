/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdbool.h>
#include <stddef.h>

#include "rule/flowtable_case.h"

/* The unit tests are linked with --wrap for flowtable_each(). */
static bool fake;
static const struct flowtable *table;
static int fake_err;

const struct flowtable
	flowtable_uncounted = { .table = "t", .name = "f", .handle = 1, .used = true },
	flowtable_unused = { .table = "t", .name = "f", .handle = 1 },
	flowtable_counted = { .table = "t", .name = "f", .handle = 1, .used = true, .counted = true },
	flowtable_never_used = { .table = "t", .name = "g", .handle = 2 };

void flowtable_fake(const struct flowtable *only)
{
	fake = true;
	table = only;
}

void flowtable_fake_error(int err)
{
	fake = true;
	fake_err = err;
}

int __real_flowtable_each(flowtable_fn *fn, void *arg);
int __wrap_flowtable_each(flowtable_fn *fn, void *arg);
int __wrap_flowtable_each(flowtable_fn *fn, void *arg)
{
	if (!fake)
		return __real_flowtable_each(fn, arg);
	if (!fake_err && table)
		fn(arg, table);
	return fake_err;
}
