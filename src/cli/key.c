/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "cli/list.h"
#include "cli/number.h"
#include "cli/key.h"

/* How many bits of an address are kept: 24 for IPv4, or 24/64 for IPv4 and IPv6. */
static int take_prefix(char *text, struct flow_prefix *prefix)
{
	char *v6 = strchr(text, '/');
	uint64_t bits;

	if (v6)
		*v6++ = '\0';
	if (options_number(text, 0, 32, &bits))
		return -EINVAL;
	prefix->v4 = bits;
	if (v6 && options_number(v6, 0, 128, &bits))
		return -EINVAL;
	if (v6)
		prefix->v6 = bits;
	return 0;
}

static const struct flow_key_field *find_field(const char *name)
{
	const struct flow_key_field *f = flow_key_fields;

	while (f->name && strcmp(name, f->name) != 0)
		f++;
	return f->name ? f : NULL;
}

/* One item of the list: a field, and behind a slash how many bits of it are kept. */
static int take_field(char *item, struct flow_spec *spec)
{
	char *bits = strchr(item, '/');
	const struct flow_key_field *f;

	if (bits)
		*bits++ = '\0';
	f = find_field(item);
	if (!f || spec->fields & f->field || (bits && !f->prefix))
		return -EINVAL;
	spec->fields |= f->field | f->needs;
	return bits ? take_prefix(bits, flow_spec_prefix(spec, f)) : 0;
}

int options_key(const char *text, struct flow_spec *spec)
{
	char item[OPTIONS_ITEM_SIZE];

	*spec = flow_spec_default;
	spec->fields = 0;
	while (text)
		if (options_item(&text, item) || take_field(item, spec))
			return -EINVAL;
	return 0;
}

const char *options_key_field(size_t i)
{
	return flow_key_fields[i].name;
}
