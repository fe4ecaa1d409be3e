/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "sink/check_record.h"
#include "sink/record_parts.h"

#define NS_PER_MS 1000000ULL

void record_begin_check(struct record *r, uint64_t ns)
{
	char *p = r->head;

	id_seed(&r->id, ns / NS_PER_MS);
	*p++ = '"';
	p = text_literal(p, r->origin->source, r->origin->source_len);
	p = text_literal(p, r->origin->tags, r->origin->tags_len);
	r->head_len = p - r->head;
}

char *record_check(struct record *r, char *p, const struct record_check *c)
{
	size_t room = record_room(r, RECORD_MAX_FIXED_CHECK), share;
	size_t lens[] = {
		text_escaped_len(c->text, strlen(c->text), RECORD_MAX),
		text_escaped_len(c->command, strlen(c->command), RECORD_MAX),
	};

	share = text_share(lens, 2, room);
	p = record_head(r, TEXT(p, "{\"type\":\"check"));
	p = record_word(p, ",\"severity\":", c->severity);
	p = record_word(p, ",\"cause\":", c->cause);
	if (lens[1] <= share) {
		p = record_text(p, "text", c->text, strlen(c->text), room - lens[1]);
		p = record_text(p, "command", c->command, strlen(c->command), lens[1]);
	} else {
		p = record_text(p, "text", c->text, strlen(c->text), room);
		p = record_cut(TEXT(p, ",\"command\":null"), "command");
	}
	return TEXT(p, "}\n");
}
