/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "cli/duration.h"
#include "cli/kinds.h"
#include "cli/list.h"
#include "cli/number.h"
#include "deliver/address.h"
#include "deliver/rows.h"

#define NS_PER_S 1000000000ULL

static const struct deliver_options defaults = {
	.ipfix_domain = 1,
	.timeout_ns = 60 * NS_PER_S,
	.retry_first_ns = NS_PER_S,
	.retry_max_ns = 300 * NS_PER_S,
	.warning = { 600 * NS_PER_S, 1000, 1 },
	.critical = { 3600 * NS_PER_S, 10000, 100 },
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

enum options_result take_ipfix(void *opts, const struct option_row *row, const char *value,
			       struct refusal *why)
{
	struct address a;

	return address_parse_any(&a, value, why) ? OPTIONS_WRONG : take_text(opts, row, value, why);
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

enum options_result take_keep(void *to, const struct option_row *row, const char *value,
			      struct refusal *why)
{
	struct deliver_options *opts = to;

	(void)row;
	return thin_parse(&opts->keep, value, why) ? OPTIONS_WRONG : OPTIONS_RUN;
}

/* What is left out stays as it is. */
enum options_result take_limits(void *to, const struct option_row *row, const char *value,
				struct refusal *why)
{
	struct status_limits *limits = (void *)((char *)to + row->at);
	uint64_t *numbers[] = { &limits->pending, &limits->dead };
	char item[OPTIONS_ITEM_SIZE];
	int err = options_item(&value, item, why);

	if (!err)
		err = options_duration(item, &limits->age_ns, why);
	for (size_t i = 0; i < 2 && !err && value; i++) {
		err = options_item(&value, item, why);
		if (!err)
			err = options_number(item, 1, UINT64_MAX, numbers[i], why);
	}
	if (!err && value)
		err = refuse(why, "more than AGE,PENDING,DEAD");
	return err ? OPTIONS_WRONG : OPTIONS_RUN;
}

enum options_result deliver_options_parse(struct deliver_options *opts, int argc, char *argv[])
{
	*opts = defaults;
	return program_parse(&deliver_program, opts, argc, argv);
}
