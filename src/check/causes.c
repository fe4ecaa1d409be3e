/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/causes.h"
#include "check/command.h"

void causes_init(struct causes *c, const char *netns)
{
	memset(c, 0, sizeof(*c));
	c->prefix = command_prefix(netns);
	if (!c->prefix)
		c->err = -ENOMEM;
}

/* As vasprintf(), with *out NULL where there is no memory. */
__attribute__((format(printf, 3, 0)))
static void print(struct causes *c, char **out, const char *fmt, va_list args)
{
	if (vasprintf(out, fmt, args) < 0) {
		*out = NULL;
		c->err = -ENOMEM;
	}
}

void causes_add(struct causes *c, enum check_severity severity, const char *name,
		const char *text, ...)
{
	struct cause *list = c->err ? NULL : realloc(c->list, (c->n + 1) * sizeof(*list));
	va_list args;

	if (!list) {
		c->err = -ENOMEM;
		return;
	}
	c->list = list;
	list[c->n] = (struct cause){ .severity = severity, .name = name };
	va_start(args, text);
	print(c, &list[c->n++].text, text, args);
	va_end(args);
}

void causes_mend(struct causes *c, const char *command, ...)
{
	va_list args;

	if (c->err)
		return;
	va_start(args, command);
	print(c, &c->list[c->n - 1].command, command, args);
	va_end(args);
}

void causes_mend_there(struct causes *c, const char *command, ...)
{
	char *simple = NULL;
	va_list args;

	if (c->err)
		return;
	va_start(args, command);
	print(c, &simple, command, args);
	va_end(args);
	causes_mend(c, "%s%s", c->prefix, simple);
	free(simple);
}

/* Sorts by insertion, because qsort() may change the order of causes of one severity. */
void causes_sort(struct causes *c)
{
	for (size_t i = 1; i < c->n; i++) {
		struct cause moved = c->list[i];
		size_t at = i;

		for (; at && c->list[at - 1].severity > moved.severity; at--)
			c->list[at] = c->list[at - 1];
		c->list[at] = moved;
	}
}

void causes_free(struct causes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->list[i].text);
		free(c->list[i].command);
	}
	free(c->list);
	free(c->prefix);
}
