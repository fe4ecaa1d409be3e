/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "lines/netlabel_write.h"
#include "sink/text.h"

/* ,"NAME":"label" and, where the label was cut, ,"NAME_cut":true; name is a literal. */
#define LABEL(p, set, name, number)                                                            \
	label((p), (set), (number), ",\"" name "\":\"", ",\"" name "_cut\":true")

static char *label(char *p, const struct netlabel_set *set, uint32_t number, const char *begin,
		   const char *was_cut)
{
	bool cut = false;
	size_t len;
	const char *text = texts_get(set->names, number, &len);

	if (!number)
		return p;
	p = text_literal(p, begin, strlen(begin));
	p = text_escaped_max(p, text, len, LINE_MAX_NETLABEL, &cut);
	*p++ = '"';
	return cut ? text_literal(p, was_cut, strlen(was_cut)) : p;
}

char *line_write_netlabels(char *end, const struct netlabel_set *set, const struct flow_event *ev)
{
	uint32_t number = 0;
	char *p = end - strlen("}\n");

	p = LABEL(p, set, "src_label", netlabel_set_address(set, ev->family, ev->orig.saddr));
	p = LABEL(p, set, "dst_label", netlabel_set_address(set, ev->family, ev->orig.daddr));
	if (ev->conntrack && netlabel_set_mark(set, ev->mark, UINT32_MAX, &number))
		p = LABEL(p, set, "mark_label", number);
	return TEXT(p, "}\n");
}

char *line_write_netns(char *end, const char *name)
{
	bool cut = false;
	char *p = end - strlen("}\n");

	p = TEXT(p, ",\"netns\":\"");
	p = text_escaped_max(p, name, strlen(name), LINE_MAX_NETLABEL, &cut);
	*p++ = '"';
	if (cut)
		p = TEXT(p, ",\"netns_cut\":true");
	return TEXT(p, "}\n");
}
