/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "sink/origin.h"
#include "sink/text.h"

/* 36 to the power of 8 names: two runs of a thousand have the same one once in five million
 * fleets. The 64 random bits make the first names more likely by less than one in a million. */
static int random_name(char name[ORIGIN_RUN], const struct seed *seed)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	uint64_t n;

	if (seed && seed->given)
		n = seed_bits(seed, UINT64_MAX);
	else if (getrandom(&n, sizeof(n), 0) != sizeof(n))
		return -errno;
	for (int i = 0; i < ORIGIN_RUN; i++, n /= sizeof(letters) - 1)
		name[i] = letters[n % (sizeof(letters) - 1)];
	return 0;
}

int origin_init(struct origin *o, const char *host, const struct seed *seed)
{
	char *p = o->source, run[ORIGIN_RUN];
	bool cut = false;
	int err = random_name(run, seed);

	if (err)
		return err;
	memset(o, 0, sizeof(*o));
	p = TEXT(p, ",\"host\":\"");
	p = text_escaped_max(p, host, strlen(host), ORIGIN_MAX_HOST, &cut);
	p = TEXT(p, "\",\"run\":\"");
	p = text_literal(p, run, sizeof(run));
	*p++ = '"';
	o->source_len = p - o->source;
	if (cut)
		return -ENAMETOOLONG;
	strcpy(o->host, host);
	memcpy(o->run, run, sizeof(run));
	return 0;
}

void origin_netns(struct origin *o, const char *name)
{
	char *p = o->source + o->source_len;
	bool cut = false;

	snprintf(o->netns, sizeof(o->netns), "%s", name);
	p = TEXT(p, ",\"netns\":\"");
	p = text_escaped_max(p, name, strlen(name), ORIGIN_MAX_NETNS, &cut);
	*p++ = '"';
	if (cut)
		p = TEXT(p, ",\"netns_cut\":true");
	o->source_len = p - o->source;
}

int origin_tag(struct origin *o, const char *key, size_t key_len, const char *value)
{
	static const char before[] = ",\"tag_", between[] = "\":\"", behind[] = "\"";
	size_t around = sizeof(before) + sizeof(between) + sizeof(behind) - 3;
	size_t room = ORIGIN_MAX_TAGS - o->tags_len;
	char *p = o->tags + o->tags_len;
	bool cut = key_len > room || around > room - key_len;

	if (cut)
		return -ENOSPC;
	p = TEXT(p, before);
	p = text_literal(p, key, key_len);
	p = TEXT(p, between);
	p = text_escaped_max(p, value, strlen(value), room - around - key_len, &cut);
	p = TEXT(p, behind);
	if (cut)
		return -ENOSPC;
	o->tags_len = p - o->tags;
	return 0;
}
