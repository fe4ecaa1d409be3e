/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a deliverer says of itself, written and read back. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "deliver/delivered.h"
#include "spool/spool_case.h"

static struct spool_dir dir;

static void begin(void)
{
	enter_spool();
	dir = made_spool();
}

static void end(void)
{
	spool_dir_close(&dir);
	remove_spool();
}
TestSuite(delivered, .init = begin, .fini = end);

static void expect_same(const struct delivered *in)
{
	struct delivered out;

	memset(&out, 'x', sizeof(out));
	cr_assert_eq(delivered_write(&dir, in), 0);
	cr_assert_eq(delivered_read(&dir, &out), 0);
	cr_expect_str_eq(out.name, in->name);
	cr_expect_eq(out.time_ns, in->time_ns, "%" PRIu64, out.time_ns);
	cr_expect_str_eq(out.error, in->error);
	cr_expect_eq(out.error_ns, in->error_ns, "%" PRIu64, out.error_ns);
}

Test(delivered, is_read_as_it_was_written)
{
	struct delivered d = { .name = "" };

	expect_same(&d);
	snprintf(d.name, sizeof(d.name), "%s", window_name(7));
	d.time_ns = 1795309263123456000;
	expect_same(&d);
	snprintf(d.error, sizeof(d.error), "status 500: a b  c");
	d.error_ns = 1795309264000001000;
	expect_same(&d);
	d.name[0] = '\0';
	d.time_ns = 0;
	expect_same(&d);
}

static int read_text(const char *text)
{
	struct delivered d;

	make_file("spool/delivered", text);
	return delivered_read(&dir, &d);
}

Test(delivered, is_missing_when_it_is_something_else)
{
	struct delivered d;

	cr_expect_eq(delivered_read(&dir, &d), -ENOENT);
	cr_expect_eq(read_text(""), -ENOENT);
	cr_expect_eq(read_text("\n"), -ENOENT);
	cr_expect_eq(read_text("notes.txt 2026-11-21T00:00:00.000000Z\n"), -ENOENT);
	cr_expect_eq(read_text("- -"), -ENOENT);
	cr_expect_eq(read_text("- -\nerror\n"), -ENOENT);
	cr_expect_eq(read_text("- -\nerror yesterday it failed\n"), -ENOENT);
	cr_expect_eq(read_text("- -\nerror 2026-11-21T00:00:00.000000Z it failed\n"), 0);
	cr_expect_eq(read_text("- -\n"), 0);
}
