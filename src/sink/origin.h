/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_ORIGIN_H
#define CTAGG_SINK_ORIGIN_H

#include <stddef.h>

#include "sink/seed.h"

/* Where records come from: the fields that are the same in all records of a run, ready for a
 * line, each with a comma before it.
 *
 * source  ,"host":"gw1","run":"k3v9x2ma","netns":"lan": stands before the fields of the window
 * tags    ,"tag_site":"fra": stands behind them
 * host, run  the same two as plain text, for names of files
 * netns   the name of the network namespace as it was given, "" without one
 *
 * The longest texts, in bytes with their escapes. ORIGIN_MAX_HOST: what Linux lets a host name be
 * (64 bytes) has room, whatever the bytes are. ORIGIN_MAX_TAGS: all tags together, with names,
 * quotes and commas.
 */
#define ORIGIN_MAX_HOST 384
#define ORIGIN_MAX_NETNS 512
#define ORIGIN_MAX_TAGS 512
#define ORIGIN_RUN 8
#define ORIGIN_NETNS_SIZE 256
#define ORIGIN_MAX_NETNS_FIELD (sizeof(",\"netns\":\"\",\"netns_cut\":true") - 1 + ORIGIN_MAX_NETNS)
#define ORIGIN_MAX_SOURCE                                                                      \
	(sizeof(",\"host\":\"\",\"run\":\"\",\"netns\":\"\",\"netns_cut\":true") +             \
	 ORIGIN_MAX_HOST + ORIGIN_RUN + ORIGIN_MAX_NETNS)

struct origin {
	char source[ORIGIN_MAX_SOURCE], tags[ORIGIN_MAX_TAGS];
	size_t source_len, tags_len;
	char host[ORIGIN_MAX_HOST + 1], run[ORIGIN_RUN + 1];
	char netns[ORIGIN_NETNS_SIZE];
};

/* Begin with this host (any bytes), and with a new name for the run: ORIGIN_RUN characters of a-z
 * and 0-9, chosen at random, or by the seed where one is given (NULL: none). Returns 0; -ENAMETOOLONG when the host's name is too long; or what
 * getrandom(2) says. */
int origin_init(struct origin *o, const char *host, const struct seed *seed);

/* Add the name of the network namespace, any bytes up to ORIGIN_NETNS_SIZE - 1; in `source' a name
 * that is too long with its escapes is cut. */
void origin_netns(struct origin *o, const char *name);

/* Add a tag: "tag_KEY":"VALUE". The key has no escapes and is new; the value can be any bytes.
 * Returns 0, or -ENOSPC when the tags would be too long together. */
int origin_tag(struct origin *o, const char *key, size_t key_len, const char *value);

#endif
