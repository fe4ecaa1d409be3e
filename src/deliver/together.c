/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stddef.h>

#include "cli/log.h"
#include "deliver/options.h"
#include "deliver/together.h"

const struct option_pair deliver_pairs[] = {
	{ "url", "udp exec", "a spool is delivered to one destination" },
	{ "udp", "exec", "a spool is delivered to one destination" },
	{ 0 },
};

/* The options that say where to. */
static const char *const destinations[] = { "url", "udp", "exec" };
#define N_DESTINATIONS (sizeof(destinations) / sizeof(destinations[0]))

static bool has_destination(const struct option_program *p, const bool given[OPTIONS_MAX_ROWS])
{
	for (size_t i = 0; i < N_DESTINATIONS; i++)
		if (program_given(p, given, destinations[i]))
			return true;
	return false;
}

enum options_result deliver_together(const struct option_program *p, void *to,
				     const bool given[OPTIONS_MAX_ROWS])
{
	const struct deliver_options *opts = to;

	if (!opts->spool)
		log_error("nothing says from where; add --spool=DIR");
	else if (!has_destination(p, given))
		log_error("nothing says where to; add --url=URL, --exec CMD or --udp=HOST:PORT");
	else
		return OPTIONS_RUN;
	return OPTIONS_WRONG;
}
