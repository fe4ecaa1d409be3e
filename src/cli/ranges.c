/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "cli/list.h"
#include "cli/number.h"
#include "cli/ranges.h"
#include "cli/service.h"
#include "flow/proto.h"

#define MAX_PROTOCOL 255

/* Reads one item of a list; max is the largest number that it can have. */
typedef int take_item_fn(char *item, __u32 max, struct flow_range *range, struct refusal *why);

static int take_range(char *item, __u32 max, struct flow_range *range, struct refusal *why)
{
	char *dash = strchr(item, '-');
	uint64_t first, last;

	if (dash && (dash == item || !dash[1]))
		return refuse(why, QUOTED ": a range has a number on both sides of the dash", item);
	if (dash)
		*dash++ = '\0';
	if (options_number(item, 0, max, &first, why) ||
	    options_number(dash ? dash : item, 0, max, &last, why))
		return -EINVAL;
	if (last < first)
		return refuse(why, "'%s-%s' ends before it begins: %s is less than %s", item, dash,
			      dash, item);
	*range = (struct flow_range){ first, last };
	return 0;
}

/* Read a list with the function for its items. */
static int take_list(const char *text, struct flow_numbers *out, __u32 max, take_item_fn *take,
		     struct refusal *why)
{
	char item[OPTIONS_ITEM_SIZE];

	memset(out, 0, sizeof(*out));
	for (out->inverted = options_inverted(&text); text; out->n++) {
		if (out->n == FLOW_SELECT_MAX)
			return refuse(why, "the list has more than %d items", FLOW_SELECT_MAX);
		if (options_selected(&text, item, why) || take(item, max, &out->list[out->n], why))
			return -EINVAL;
	}
	return 0;
}

int options_numbers(const char *text, __u32 max, struct flow_numbers *out, struct refusal *why)
{
	return take_list(text, out, max, take_range, why);
}

static int take_port_item(char *item, __u32 max, struct flow_range *range, struct refusal *why)
{
	(void)max;
	return options_port_range(item, range, why);
}

int options_ports(const char *text, struct flow_numbers *out, struct refusal *why)
{
	return take_list(text, out, 0, take_port_item, why);
}

static int take_protocol(char *item, __u32 max, struct flow_range *range, struct refusal *why)
{
	int l4 = proto_of_name(item, strlen(item));

	if (l4 >= 0) {
		*range = (struct flow_range){ l4, l4 };
		return 0;
	}
	if (item[strspn(item, "0123456789-")])
		return refuse_word(why, item, "is not a number, nor");
	return take_range(item, max, range, why);
}

int options_protocols(const char *text, struct flow_numbers *out, struct refusal *why)
{
	return take_list(text, out, MAX_PROTOCOL, take_protocol, why);
}

const char *options_protocol(size_t i)
{
	for (unsigned int l4 = 0; l4 <= MAX_PROTOCOL; l4++)
		if (proto_name(l4) && !i--)
			return proto_name(l4);
	return NULL;
}

const struct options_choice options_direction_names[] = {
	{ "in", FLOW_DIR_IN }, { "out", FLOW_DIR_OUT }, { "forward", FLOW_DIR_FORWARD },
	{ "local", FLOW_DIR_LOCAL }, { 0 },
};

static int take_direction(char *item, __u32 max, struct flow_range *range, struct refusal *why)
{
	const struct options_choice *dir = options_choose(options_direction_names, item);

	(void)max;
	if (!dir)
		return refuse_word(why, item, "is not");
	*range = (struct flow_range){ dir->value, dir->value };
	return 0;
}

int options_directions(const char *text, struct flow_numbers *out, struct refusal *why)
{
	return take_list(text, out, 0, take_direction, why);
}
