/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "deliver/delivered.h"
#include "sink/text.h"
#include "spool/replace.h"

#define NS_PER_S 1000000000ULL
#define TIME_SIZE 28	/* with the final '\0' */

static const char *time_of(uint64_t ns, char text[TIME_SIZE])
{
	*text_time(text, ns) = '\0';
	return text;
}

int delivered_write(const struct spool_dir *d, const struct delivered *in)
{
	char text[sizeof(*in) + 2 * TIME_SIZE + 16], when[TIME_SIZE];
	int len = snprintf(text, sizeof(text), "%s %s\n", in->name[0] ? in->name : "-",
			   in->name[0] ? time_of(in->time_ns, when) : "-");

	if (in->error[0])
		snprintf(text + len, sizeof(text) - len, "error %s %s\n", time_of(in->error_ns, when),
			 in->error);
	return spool_replace(d, "delivered", text, false);
}

/* A time as text_time() writes it, at the beginning of the text. */
static bool take_time(const char *text, uint64_t *ns)
{
	unsigned int micros;
	struct tm tm = { 0 };
	int end = 0;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%6uZ%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
		   &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &micros, &end) != 7 || end != TIME_SIZE - 1)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*ns = timegm(&tm) * NS_PER_S + micros * 1000ULL;
	return true;
}

static int take_error(const char *line, struct delivered *out)
{
	const char *begin = "error ";
	size_t before = strlen(begin) + TIME_SIZE;

	if (strncmp(line, begin, strlen(begin)) || strlen(line) <= before ||
	    !take_time(line + strlen(begin), &out->error_ns))
		return -ENOENT;
	snprintf(out->error, sizeof(out->error), "%.*s", (int)strcspn(line + before, "\n"),
		 line + before);
	return 0;
}

int delivered_read(const struct spool_dir *d, struct delivered *out)
{
	char text[sizeof(*out) + 2 * TIME_SIZE + 16], *end, *space;
	ssize_t len = spool_read(d, "delivered", text, sizeof(text), NULL);

	memset(out, 0, sizeof(*out));
	if (len < 0)
		return len;
	end = strchr(text, '\n');
	space = strchr(text, ' ');
	if (!end || !space || space > end)
		return -ENOENT;
	*space++ = '\0';
	if (strcmp(text, "-")) {
		if (!spool_name_is(text) || !take_time(space, &out->time_ns))
			return -ENOENT;
		strcpy(out->name, text);
	}
	return end[1] ? take_error(end + 1, out) : 0;
}
