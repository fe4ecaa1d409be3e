/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stddef.h>

#include "cli/log.h"
#include "deliver/options.h"
#include "deliver/together.h"

#define SENDING "url gzip header-file cert cacert timeout udp syslog ipfix ipfix-file ipfix-domain ipfix-enterprise exec rebind once retry max-attempts metrics"

const struct option_pair deliver_pairs[] = {
	{ "status", SENDING " archive list retry-dead keep", "--status says how it stands, and does nothing else" },
	{ "list", SENDING " archive retry-dead keep", "--list prints names, and does nothing else" },
	{ "retry-dead", SENDING " archive keep", "--retry-dead moves dead letters, and sends nothing" },
	{ "keep", SENDING, "thinning sends nothing: it has a run of its own, for example from cron" },
	{ "url", "udp ipfix ipfix-file exec", "a spool is delivered to one destination" },
	{ "udp", "ipfix ipfix-file exec", "a spool is delivered to one destination" },
	{ "ipfix", "ipfix-file exec", "a spool is delivered to one destination" },
	{ "ipfix-file", "exec", "a spool is delivered to one destination" },
	{ 0 },
};

/* The options that say where to. */
static const char *const destinations[] = { "url", "udp", "ipfix", "ipfix-file", "exec" };
#define N_DESTINATIONS (sizeof(destinations) / sizeof(destinations[0]))

static bool has_destination(const struct option_program *p, const bool given[OPTIONS_MAX_ROWS])
{
	for (size_t i = 0; i < N_DESTINATIONS; i++)
		if (program_given(p, given, destinations[i]))
			return true;
	return false;
}

/* An option that says something of what is sent by IPFIX, where nothing is; NULL: there is none. */
static const char *without_ipfix(const struct option_program *p, const bool given[OPTIONS_MAX_ROWS])
{
	static const char *const names[] = { "ipfix-domain", "ipfix-enterprise" };

	if (program_given(p, given, "ipfix") || program_given(p, given, "ipfix-file"))
		return NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (program_given(p, given, names[i]))
			return names[i];
	return NULL;
}

static bool sends_nothing(const struct deliver_options *opts)
{
	return opts->status || opts->list || opts->retry_dead;
}

enum options_result deliver_together(const struct option_program *p, void *to,
				     const bool given[OPTIONS_MAX_ROWS])
{
	const struct deliver_options *opts = to;

	if (opts->keep.n)
		return OPTIONS_RUN;
	if (!opts->spool)
		log_error("nothing says from where; add --spool=DIR%s",
			  opts->exec ? " before --exec, after which all belongs to CMD" : "");
	else if (!sends_nothing(opts) && !has_destination(p, given))
		log_error("nothing says where to; add --url=URL, --exec CMD, --udp=HOST:PORT, --ipfix=HOST:PORT or --ipfix-file=FILE");
	else if (without_ipfix(p, given))
		log_error("--%s is about what is sent by IPFIX; add --ipfix=HOST:PORT or --ipfix-file=FILE",
			  without_ipfix(p, given));
	else
		return OPTIONS_RUN;
	return OPTIONS_WRONG;
}
