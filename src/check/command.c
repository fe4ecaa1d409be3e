/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/command.h"
#include "host/netns.h"

/* How many characters a byte takes at most: as many as \033; and how many the quotes around the
 * word take at most: as many as $''. */
#define MAX_ESCAPE 4
#define MAX_QUOTES 3

static bool is_plain(const char *bytes)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_-./:@%+,";

	return *bytes && !bytes[strspn(bytes, plain)];
}

static bool is_printable(const char *bytes)
{
	for (; *bytes; bytes++)
		if (*bytes < 0x20 || *bytes > 0x7e)
			return false;
	return true;
}

/* Between single quotes every byte stands for itself, but for the quote, which is written
 * as '\'': the first ends the quotes, \' is a quote by itself, the last begins them again. */
static void quote(char *p, const char *bytes)
{
	*p++ = '\'';
	for (; *bytes; bytes++)
		p = *bytes == '\'' ? stpcpy(p, "'\\''") : (*p = *bytes, p + 1);
	strcpy(p, "'");
}

static void quote_bytes(char *p, const char *bytes)
{
	p = stpcpy(p, "$'");
	for (; *bytes; bytes++)
		if (*bytes < 0x20 || *bytes > 0x7e || *bytes == '\'' || *bytes == '\\')
			p += sprintf(p, "\\%03o", (unsigned char)*bytes);
		else
			*p++ = *bytes;
	strcpy(p, "'");
}

char *command_word(const char *bytes)
{
	char *word = malloc(MAX_ESCAPE * strlen(bytes) + MAX_QUOTES + 1);

	if (!word)
		return NULL;
	if (is_plain(bytes))
		strcpy(word, bytes);
	else if (is_printable(bytes))
		quote(word, bytes);
	else
		quote_bytes(word, bytes);
	return word;
}

char *command_prefix(const char *netns)
{
	static const struct {
		const char *before, *behind;
	} around[] = {
		[NETNS_NAME] = { "ip netns exec ", " " },
		[NETNS_PATH] = { "nsenter --net=", " " },
		[NETNS_PID] = { "nsenter -t ", " -n " },
	};
	enum netns_kind kind;
	char *word, *prefix;

	if (!netns)
		return strdup("");
	kind = netns_kind(netns);
	word = command_word(netns);
	if (!word || asprintf(&prefix, "%s%s%s", around[kind].before, word,
			      around[kind].behind) < 0)
		prefix = NULL;
	free(word);
	return prefix;
}
