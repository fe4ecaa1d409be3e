/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "check/check.h"
#include "cli/log.h"
#include "enable/enable.h"
#include "pipeline/checking.h"
#include "pipeline/every_netns.h"
#include "pipeline/inspect.h"
#include "pipeline/privileges.h"
#include "pipeline/setup.h"
#include "pipeline/tracing.h"
#include "sink/check_record.h"
#include "window/clock.h"

/* A severity is as bad as --fail-on says when it is not after the option's in the enum. */
_Static_assert((int)OPTIONS_FAIL_ON_ERROR == CHECK_NOTHING_COMES &&
	       (int)OPTIONS_FAIL_ON_WARNING == CHECK_INCOMPLETE &&
	       (int)OPTIONS_FAIL_ON_NOTE == CHECK_LESS_DETAIL, "the same order");

/* A sysctl that a killed run has left switched on. */
static void add_left(void *arg, const char *sysctl, int before, const char *file)
{
	check_left(arg, sysctl, before, file);
}

/* Find the causes, worst first. Returns 0, or -ENOMEM with a list that is not whole. */
static int find_causes(struct causes *causes, const struct options *opts, const char *trace_why,
		       size_t unwatched)
{
	struct check_facts facts;

	causes_init(causes, opts->netns);
	inspect(&facts, opts, trace_why);
	facts.unwatched_netns = unwatched;
	check_facts(causes, &facts);
	enable_left(add_left, causes);
	causes_sort(causes);
	return causes->err;
}

static int print_causes(const struct causes *causes, const struct options *opts,
			const struct origin *origin)
{
	struct record json;

	if (opts->check != OPTIONS_CHECK_JSON)
		return check_print(stdout, causes, NULL);
	record_init(&json, origin);
	record_begin_check(&json, clock_wall_ns());
	return check_print(stdout, causes, &json);
}

/* What is as it should be: nothing was found, connections can be traced. No cause says so. */
static void say_good(bool none, bool can_trace)
{
	if (none)
		log_good("nothing found that would keep data away%s",
			 can_trace ? "; --source=trace can be had here" : "");
	else if (can_trace)
		log_good("--source=trace can be had here");
}

int checking_run(const struct options *opts)
{
	const char *trace_why = NULL;
	ssize_t unwatched = 0;
	struct origin origin;
	struct causes causes;
	int status = setup_origin(&origin, opts), err;
	bool none;

	if (!status)
		status = privileges_begin(opts);
	if (!status)
		status = setup_netns(&origin, opts);
	if (!status && opts->conntrack && opts->source == OPTIONS_SOURCE_TRACE)
		trace_why = tracing_why_not(opts);
	if (!status && opts->netns_all)
		unwatched = every_netns_count_unwatched();
	if (unwatched < 0)
		status = setup_fail(FAILED, "--netns=all: cannot look for network namespaces", unwatched, "");
	if (!status)
		status = privileges_reduce(PRIVILEGES_CHECK, opts, NULL);
	if (status)
		return status;
	err = find_causes(&causes, opts, trace_why, unwatched);
	if (!err)
		err = print_causes(&causes, opts, &origin);
	none = !causes.n;
	if (!none && (int)causes.list[0].severity <= (int)opts->fail_on)
		status = FOUND_CAUSES;
	causes_free(&causes);
	if (err)
		return setup_fail(FAILED, "--check", err, "; not all that was found is printed");
	say_good(none, opts->conntrack && opts->source == OPTIONS_SOURCE_TRACE && !trace_why);
	return status;
}
