/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "cli/list.h"
#include "cli/marks.h"
#include "cli/number.h"

/* The digits behind 0x. */
static int take_hexadecimal(const char *text, __u32 *n, struct refusal *why)
{
	const char *digits = text + 2;
	uint64_t sum = 0;

	if (!*digits || digits[strspn(digits, "0123456789abcdefABCDEF")])
		return refuse(why, QUOTED " is not a whole number in hexadecimal digits", text);
	for (; *digits && sum <= UINT32_MAX; digits++)
		sum = sum << 4 | ((*digits & 0xf) + (*digits > '9' ? 9 : 0));
	if (sum > UINT32_MAX)
		return refuse(why, QUOTED " is more than 0xffffffff", text);
	*n = sum;
	return 0;
}

int options_mark(const char *text, __u32 *n, struct refusal *why)
{
	uint64_t number;

	if (!strncmp(text, "0x", 2) || !strncmp(text, "0X", 2))
		return take_hexadecimal(text, n, why);
	if (!*text || text[strspn(text, "0123456789")])
		return refuse(why, QUOTED " is not a number, decimal or hexadecimal (0x...)", text);
	if (options_number(text, 0, UINT32_MAX, &number, why))
		return -EINVAL;
	*n = number;
	return 0;
}

/* first-last. */
static int take_range(char *item, char *dash, struct flow_marks_item *out, struct refusal *why)
{
	*dash++ = '\0';
	if (!*item || !*dash)
		return refuse(why, "'%.64s-%.64s': a range has a number on both sides of the dash",
			      item, dash);
	if (options_mark(item, &out->first, why) || options_mark(dash, &out->last, why))
		return -EINVAL;
	if (out->last < out->first)
		return refuse(why, "'%.64s-%.64s' ends before it begins: %.64s is less than %.64s",
			      item, dash, dash, item);
	return 0;
}

/* A value with bits that the mask clears would never be found. */
static int take_masked(char *item, char *slash, struct flow_marks_item *out, struct refusal *why)
{
	*slash++ = '\0';
	if (options_mark(item, &out->first, why) || options_mark(slash, &out->mask, why))
		return -EINVAL;
	if (out->first & ~out->mask)
		return refuse(why, "'%.64s/%.64s': no mark has this value under the mask, which clears bits of the value",
			      item, slash);
	out->last = out->first;
	return 0;
}

/* VALUE or VALUE/MASK. */
static int take_value(char *item, struct flow_marks_item *out, struct refusal *why)
{
	char *slash = strchr(item, '/');

	out->mask = UINT32_MAX;
	if (slash)
		return take_masked(item, slash, out, why);
	if (options_mark(item, &out->first, why))
		return -EINVAL;
	out->last = out->first;
	return 0;
}

int options_marked(const char *text, struct flow_marks_item *out, struct refusal *why)
{
	char item[OPTIONS_ITEM_SIZE];

	if (strlen(text) >= sizeof(item))
		return refuse(why, QUOTED " is too long for a mark", text);
	strcpy(item, text);
	return take_value(item, out, why);
}

static int take_item(char *item, struct flow_marks_item *out, struct refusal *why)
{
	char *dash = strchr(item, '-');

	if (dash && strchr(item, '/'))
		return refuse(why, QUOTED ": a range has no mask", item);
	out->mask = UINT32_MAX;
	return dash ? take_range(item, dash, out, why) : take_value(item, out, why);
}

int options_marks(const char *text, struct flow_marks *out, struct refusal *why)
{
	char item[OPTIONS_ITEM_SIZE];

	memset(out, 0, sizeof(*out));
	for (out->inverted = options_inverted(&text); text; out->n++) {
		if (out->n == FLOW_SELECT_MAX)
			return refuse(why, "the list has more than %d items", FLOW_SELECT_MAX);
		if (options_selected(&text, item, why) || take_item(item, &out->list[out->n], why))
			return -EINVAL;
	}
	return 0;
}
