/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "cli/log.h"
#include "cli/syntax.h"
#include "cli/together.h"

/* Whether the command line has the option whose name is these len bytes. */
static bool has(const bool given[OPTIONS_MAX_ROWS], const char *name, size_t len)
{
	for (size_t i = 0; option_rows[i].name; i++)
		if (strlen(option_rows[i].name) == len && !strncmp(option_rows[i].name, name, len))
			return given[i];
	return false;
}

static bool lacks_what_it_needs(const struct option_row *row, const bool given[OPTIONS_MAX_ROWS])
{
	if (!row->needs || has(given, row->needs, strlen(row->needs)))
		return false;
	log_error("--%s: %s", row->name, row->needs_why);
	return true;
}

static bool is_contradicted(const struct option_row *row, const bool given[OPTIONS_MAX_ROWS])
{
	size_t len;

	for (const char *name = row->not_with; name; name = name[len] ? name + len + 1 : NULL) {
		len = strcspn(name, " ");
		if (!has(given, name, len))
			continue;
		log_error("--%s: %s: leave out --%.*s", row->name, row->not_with_why, (int)len,
			  name);
		return true;
	}
	return false;
}

/* Only a counter that can differ from flow to flow says which flows are the largest: by another
 * counter all flows are equal, and those with the smallest keys would pass for the largest. */
static enum options_result check_top(struct options *opts)
{
	const char *why = NULL;

	if (!opts->conntrack && opts->top_default)
		opts->top_by = TOP_DROPS;
	if (!opts->top)
		return OPTIONS_RUN;
	if (!opts->conntrack && opts->top_by != TOP_DROPS)
		why = "with --no-conntrack only drops are counted; take drops";
	else if (opts->snapshot && (opts->top_by == TOP_ENDS || opts->top_by == TOP_DROPS))
		why = "a snapshot does not count them; take starts (what is alive), bytes or packets";
	else if (opts->top_by == TOP_DROPS && !opts->n_groups && !opts->auto_groups)
		why = "nothing counts drops; add --nflog-group";
	if (!why)
		return OPTIONS_RUN;
	log_error("--top: largest by %s: %s", options_choice_name(options_top_counters, opts->top_by),
		  why);
	return OPTIONS_WRONG;
}

/* Of several contradictions only the first is said: first an option that is missing, then one
 * that must not be there, both in the order of the table. */
enum options_result options_together(struct options *opts, const bool given[OPTIONS_MAX_ROWS])
{
	for (size_t i = 0; option_rows[i].name; i++)
		if (given[i] && lacks_what_it_needs(&option_rows[i], given))
			return OPTIONS_WRONG;
	for (size_t i = 0; option_rows[i].name; i++)
		if (given[i] && is_contradicted(&option_rows[i], given))
			return OPTIONS_WRONG;
	if (!opts->conntrack && !opts->n_groups && !opts->auto_groups) {
		log_error("--no-conntrack: nothing is left to count; add --nflog-group, or leave it out");
		return OPTIONS_WRONG;
	}
	return check_top(opts);
}
