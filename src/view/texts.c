/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "hash/texts.h"
#include "view/texts.h"

struct view_texts {
	struct texts *texts;
	uint64_t blanks;
};

int view_texts_open(struct view_texts **out)
{
	struct view_texts *t = calloc(1, sizeof(*t));

	if (!t || texts_open(&t->texts)) {
		free(t);
		return -ENOMEM;
	}
	*out = t;
	return 0;
}

void view_texts_close(struct view_texts *t)
{
	if (t)
		texts_close(t->texts);
	free(t);
}

int view_texts_number(struct view_texts *t, const char *text, size_t len, uint32_t *number)
{
	return texts_number(t->texts, text, len, number);
}

const char *view_texts_get(const struct view_texts *t, uint32_t number, size_t *len)
{
	return texts_get(t->texts, number, len);
}

void view_texts_blank(struct view_texts *t)
{
	t->blanks++;
}

uint64_t view_texts_blanks(const struct view_texts *t)
{
	return t->blanks;
}
