/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "print/print.h"
#include "report/report.h"
#include "screen/screen.h"
#include "viewer/modes.h"

#define NS_PER_MS 1000000ULL
#define TABLE_ROWS 20

static char *const standard_input[] = { (char *)"-" };

/* What is read: FILE..., or without any standard input. */
static char *const *files(const struct viewer_options *opts, size_t *n)
{
	*n = opts->files.n ? opts->files.n : 1;
	return opts->files.n ? opts->files.list : standard_input;
}

static int print(const struct viewer_options *opts, const char *filter)
{
	struct print_options o = {
		.select = &opts->select, .filter = filter, .level_ms = opts->level_ns / NS_PER_MS,
		.csv = opts->csv, .group = opts->group, .sort = opts->sort,
		.top = opts->top ? opts->top : TABLE_ROWS, .names = opts->names,
	};

	o.files = files(opts, &o.n_files);
	return print_run(&o);
}

static int report(const struct viewer_options *opts, const char *filter)
{
	struct report_options o = {
		.path = opts->report, .select = opts->select, .filter = *filter ? filter : NULL,
		.level_ms = opts->level_ns / NS_PER_MS, .top = opts->top,
	};

	o.files = files(opts, &o.n);
	return report_write(&o);
}

static int live(const struct viewer_options *opts, const char *filter)
{
	struct screen_options o = {
		.files = opts->files.list, .n_files = opts->files.n, .follow = opts->follow,
		.select = opts->select, .filter = *filter ? filter : NULL,
		.level_ms = opts->level_ns / NS_PER_MS,
		.group = opts->group, .sort = opts->sort, .names = opts->names,
	};

	return screen_run(&o);
}

static int run_mode(const struct viewer_options *opts, const char *filter)
{
	if (opts->table || opts->csv)
		return print(opts, filter);
	return opts->report ? report(opts, filter) : live(opts, filter);
}

int modes_run(const struct viewer_options *opts)
{
	char *filter;
	int status;

	if (!opts->follow && !opts->files.n && isatty(STDIN_FILENO)) {
		log_error("nothing says what to show; name a FILE, add --follow=DIR, or pipe the lines in: ctagg -w 2 --interim | ctagg-view");
		return 2;
	}
	filter = viewer_filter(opts);
	if (!filter) {
		log_error("%s", strerror(ENOMEM));
		return 1;
	}
	status = run_mode(opts, filter);
	free(filter);
	return status;
}
