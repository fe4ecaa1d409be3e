/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "cli/duration.h"
#include "cli/kinds.h"
#include "cli/list.h"
#include "deliver/address.h"
#include "deliver/rows.h"

#define NS_PER_S 1000000000ULL

static const struct deliver_options defaults = {
	.timeout_ns = 60 * NS_PER_S,
	.retry_first_ns = NS_PER_S,
	.retry_max_ns = 300 * NS_PER_S,
};

/* The words themselves are stored by program_parse(). */
enum options_result take_command(void *opts, const struct option_row *row, const char *value,
				 struct refusal *why)
{
	(void)opts, (void)row;
	if (*value)
		return OPTIONS_RUN;
	refuse(why, "the command is empty");
	return OPTIONS_WRONG;
}

enum options_result take_address(void *opts, const struct option_row *row, const char *value,
				 struct refusal *why)
{
	struct address a;

	return address_parse(&a, value, why) ? OPTIONS_WRONG : take_text(opts, row, value, why);
}

/* Without the second duration: the longest wait is the default, or the first wait where that is
 * longer. */
enum options_result take_retry(void *to, const struct option_row *row, const char *value,
			       struct refusal *why)
{
	struct deliver_options *opts = to;
	uint64_t first, longest = defaults.retry_max_ns;
	const char *rest = value;
	char item[OPTIONS_ITEM_SIZE];

	(void)row;
	if (options_item(&rest, item, why) || options_duration(item, &first, why) ||
	    (rest && options_duration(rest, &longest, why)))
		return OPTIONS_WRONG;
	if (rest && longest < first) {
		refuse(why, "the longest wait is shorter than the first");
		return OPTIONS_WRONG;
	}
	opts->retry_first_ns = first;
	opts->retry_max_ns = longest > first ? longest : first;
	return OPTIONS_RUN;
}

enum options_result deliver_options_parse(struct deliver_options *opts, int argc, char *argv[])
{
	*opts = defaults;
	return program_parse(&deliver_program, opts, argc, argv);
}
