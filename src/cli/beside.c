/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "cli/beside.h"
#include "cli/log.h"
#include "cli/row.h"

/* As program_given(), for a name of len bytes. */
static bool has_name(const struct option_program *p, const bool given[OPTIONS_MAX_ROWS],
		     const char *name, size_t len)
{
	for (size_t i = 0; p->rows[i].name; i++)
		if (strlen(p->rows[i].name) == len && !strncmp(p->rows[i].name, name, len))
			return given[i];
	return false;
}

bool program_given(const struct option_program *p, const bool given[OPTIONS_MAX_ROWS],
		   const char *name)
{
	return has_name(p, given, name, strlen(name));
}

static bool lacks_what_it_needs(const struct option_program *p, const struct option_row *row,
				const bool given[OPTIONS_MAX_ROWS])
{
	if (!row->needs || program_given(p, given, row->needs))
		return false;
	log_error("--%s: %s", row->name, row->needs_why);
	return true;
}

/* Whether one of the other options of this pair is given. */
static bool is_beside(const struct option_program *p, const struct option_pair *pair,
		      const bool given[OPTIONS_MAX_ROWS])
{
	size_t len;

	for (const char *name = pair->others; name; name = name[len] ? name + len + 1 : NULL) {
		len = strcspn(name, " ");
		if (!has_name(p, given, name, len))
			continue;
		log_error("--%.*s and --%s: %s; leave one of them out", (int)len, name, pair->one,
			  pair->why);
		return true;
	}
	return false;
}

enum options_result options_beside(const struct option_program *p,
				   const bool given[OPTIONS_MAX_ROWS])
{
	/* First what cannot stand together: what an option needs can be what another one refuses. */
	for (const struct option_pair *pair = p->pairs; pair->one; pair++)
		if (program_given(p, given, pair->one) && is_beside(p, pair, given))
			return OPTIONS_WRONG;
	for (size_t i = 0; p->rows[i].name; i++)
		if (given[i] && lacks_what_it_needs(p, &p->rows[i], given))
			return OPTIONS_WRONG;
	return OPTIONS_RUN;
}
