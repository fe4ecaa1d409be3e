/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "cli/list.h"
#include "cli/number.h"
#include "cli/key.h"
#include "cli/marks.h"

/* How many bits of an address are kept: 24 for IPv4, or 24/64 for IPv4 and IPv6. `item' is the
 * item of the list that the text is the end of. */
static int take_prefix(const char *item, char *text, struct flow_prefix *prefix,
		       struct refusal *why)
{
	char *v6 = strchr(text, '/');
	struct refusal number;
	uint64_t v4_bits, v6_bits = prefix->v6;

	if (v6)
		*v6++ = '\0';
	if (options_number(text, 0, UINT64_MAX, &v4_bits, &number) ||
	    (v6 && options_number(v6, 0, UINT64_MAX, &v6_bits, &number)))
		return refuse(why, QUOTED ": %s", item, number.why);
	if (v4_bits > 32)
		return refuse(why, QUOTED ": an IPv4 prefix ends at 32%s", item,
			      v6 ? "" : "; that of IPv6 comes second, as in 32/64");
	if (v6_bits > 128)
		return refuse(why, QUOTED ": an IPv6 prefix ends at 128", item);
	prefix->v4 = v4_bits;
	prefix->v6 = v6_bits;
	return 0;
}

/* Which bits of a mark are kept. */
static int take_mask(const char *item, const char *text, __u32 *mask, struct refusal *why)
{
	struct refusal number;

	if (options_mark(text, mask, &number))
		return refuse(why, QUOTED ": %s", item, number.why);
	return 0;
}

static const struct flow_key_field *find_field(const char *name)
{
	const struct flow_key_field *f = flow_key_fields;

	while (f->name && strcmp(name, f->name) != 0)
		f++;
	return f->name ? f : NULL;
}

/* One item of the list: a field, and behind a slash what is kept of it. *given has the
 * fields of the items before, without fields that only came with another one. */
static int take_field(const char *item, struct flow_spec *spec, __u32 *given, struct refusal *why)
{
	char name[OPTIONS_ITEM_SIZE], *kept;
	const struct flow_key_field *f;

	strcpy(name, item);
	kept = strchr(name, '/');
	if (kept)
		*kept++ = '\0';
	f = find_field(name);
	if (!f)
		return refuse_word(why, name, "is not");
	if (*given & f->field)
		return refuse(why, QUOTED " is given twice", name);
	if (kept && !f->prefix && f->field != FIELD_MARK)
		return refuse(why, QUOTED ": only addresses have a prefix, and only a mark has a mask", item);
	*given |= f->field;
	spec->fields |= f->field | f->needs;
	if (!kept)
		return 0;
	return f->prefix ? take_prefix(item, kept, flow_spec_prefix(spec, f), why) :
			   take_mask(item, kept, &spec->mark, why);
}

int options_key(const char *text, struct flow_spec *spec, struct refusal *why)
{
	char item[OPTIONS_ITEM_SIZE];
	__u32 given = 0;

	*spec = flow_spec_default;
	spec->fields = 0;
	while (text)
		if (options_item(&text, item, why) || take_field(item, spec, &given, why))
			return -EINVAL;
	return 0;
}

int options_distinct(const char *text, struct flow_distinct *d, struct refusal *why)
{
	char item[OPTIONS_ITEM_SIZE];
	struct flow_spec one = flow_spec_default;
	__u32 given = 0;

	one.fields = 0;
	if (options_item(&text, item, why) || take_field(item, &one, &given, why))
		return -EINVAL;
	if (text)
		return refuse(why, "values of one field are counted; give one");
	*d = (struct flow_distinct){ .field = flow_key_fields };
	while (d->field->field != given)
		d->field++;
	if (d->field->prefix)
		d->prefix = *flow_spec_prefix(&one, d->field);
	d->mark = one.mark;
	return 0;
}

const char *options_key_field(size_t i)
{
	return flow_key_fields[i].name;
}
