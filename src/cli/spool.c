/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "cli/duration.h"
#include "cli/list.h"
#include "cli/number.h"
#include "cli/options.h"
#include "cli/spool.h"

static int add_spool(struct options *opts, const char *value, struct refusal *why)
{
	if (!*value)
		return refuse(why, "the value is empty");
	for (size_t i = 0; i < opts->n_spools; i++)
		if (!strcmp(opts->spools[i], value))
			return refuse(why, QUOTED " is given twice; leave one of them out", value);
	if (opts->n_spools == OPTIONS_MAX_SPOOLS)
		return refuse(why, "these are more than %d spools", OPTIONS_MAX_SPOOLS);
	opts->spools[opts->n_spools++] = value;
	return 0;
}

enum options_result take_spool(void *to, const struct option_row *row, const char *value,
			       struct refusal *why)
{
	(void)row;
	return add_spool(to, value, why) ? OPTIONS_WRONG : OPTIONS_RUN;
}

enum options_result take_spool_max(void *to, const struct option_row *row, const char *value,
				   struct refusal *why)
{
	struct options *opts = to;
	char item[OPTIONS_ITEM_SIZE];
	const char *rest = value;

	if (options_item(&rest, item, why) ||
	    options_size(item, row->min, row->max, &opts->spool_max_bytes, why))
		return OPTIONS_WRONG;
	opts->spool_max_age_ns = 0;
	return rest && options_duration(rest, &opts->spool_max_age_ns, why) ? OPTIONS_WRONG :
									      OPTIONS_RUN;
}
