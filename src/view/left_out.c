/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>

#include "cli/log.h"
#include "view/left_out.h"

static void say_malformed(const struct view_gathered *g)
{
	if (g->malformed)
		log_notice("%" PRIu64 " of %" PRIu64 " lines are no records of ctagg and are left out; the first is line %" PRIu64 ": %s",
			   g->malformed, g->lines, g->first_malformed, g->why ? g->why : "unknown");
	if (g->left_out)
		log_notice("%" PRIu64 " records are left out: the memory for windows without a window record, or for texts, is used up",
			   g->left_out);
	if (g->blanks)
		log_notice("%" PRIu64 " labels, rules and other texts are shown as empty: there are more different ones than are kept (a million, or 64 MiB)",
			   g->blanks);
}

/* Windows and lines come twice when a file is named twice, or when a delivery was repeated. */
static void say_repeated(const struct view_gathered *g)
{
	if (g->repeated)
		log_verbose("%" PRIu64 " windows came again and are counted once", g->repeated);
	if (g->repeated_lines)
		log_verbose("%" PRIu64 " lines came again within their window and are counted once", g->repeated_lines);
}

static int say_nothing(const struct view_gathered *g)
{
	if (!g->lines)
		log_error("nothing to show: not a single line was read");
	else if (g->other_types && g->other_types + g->malformed == g->lines)
		log_error("nothing to show: no line belongs to a window; lines of `ctagg --events' become windows by `ctagg --read'");
	else
		log_error("nothing to show: none of %" PRIu64 " lines is of a window", g->lines);
	return 1;
}

int view_left_out(const struct view_gathered *g, uint64_t windows)
{
	say_malformed(g);
	say_repeated(g);
	log_verbose("%" PRIu64 " lines read, %" PRIu64 " windows", g->lines, windows);
	return windows ? 0 : say_nothing(g);
}
