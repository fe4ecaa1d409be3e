/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "flow/drop_reasons.h"

#define PREFIX "SKB_DROP_REASON_"

/* The letter as names of the kernel have it, whatever the locale; 0 for what is in no name. */
static char capital(char c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 'A';
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ? c : 0;
}

static bool has_prefix(const char *name, size_t len)
{
	size_t n = 0;

	while (n < len && PREFIX[n] && capital(name[n]) == PREFIX[n])
		n++;
	return !PREFIX[n];
}

int drop_reason_name(char to[DROP_REASON_BYTES], const char *name, size_t len)
{
	if (has_prefix(name, len)) {
		name += strlen(PREFIX);
		len -= strlen(PREFIX);
	}
	if (!len || len >= DROP_REASON_BYTES)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		to[i] = capital(name[i]);
		if (!to[i])
			return -EINVAL;
	}
	to[len] = '\0';
	return 0;
}

int drop_reasons_number(struct drop_reasons *list, const char *name, size_t len)
{
	char copy[DROP_REASON_BYTES];
	int err = drop_reason_name(copy, name, len);

	if (err)
		return err;
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(copy, list->name[i]))
			return i + 1;
	if (list->n == DROP_REASONS_MAX)
		return -ENOSPC;
	strcpy(list->name[list->n], copy);
	return ++list->n;
}

const char *drop_reasons_name(const struct drop_reasons *list, unsigned int number)
{
	return list->name[number - 1];
}
