/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "hash/siphash.h"
#include "hash/texts.h"

#define FIRST_SLOTS 1024
#define PAGE_TEXTS 1024		/* so many texts have their addresses in one page */
#define PAGES (TEXTS_MAX / PAGE_TEXTS)
#define CHUNK_BYTES 65536

/* Texts, one behind the other; before each stands its length, a uint32_t, and behind it a NUL. */
struct chunk {
	struct chunk *before;
	char bytes[];
};
#define BYTES_OF(len) (sizeof(uint32_t) + (len) + 1)

/* pages   text number i is at pages[(i - 1) / PAGE_TEXTS][(i - 1) % PAGE_TEXTS]
 * chunk   the latest one, in which `left' bytes are free
 * bytes   of all texts
 * slots   the numbers by the hash of their text, 0 where a slot is free: open addressing with
 *         linear probing, at most half full; mask + 1 of them
 */
struct texts {
	uint64_t secret[2];
	const char **pages[PAGES];
	struct chunk *chunk;
	char *free;
	size_t left, bytes;
	uint32_t count;
	uint32_t *slots;
	uint64_t mask;
};

int texts_open(struct texts **out)
{
	struct texts *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->mask = FIRST_SLOTS - 1;
	t->slots = calloc(FIRST_SLOTS, sizeof(*t->slots));
	if (!t->slots) {
		texts_close(t);
		return -ENOMEM;
	}
	/* Before the kernel has random bytes, texts are found as fast, under a secret of 0. */
	if (getrandom(t->secret, sizeof(t->secret), GRND_NONBLOCK) < 0)
		memset(t->secret, 0, sizeof(t->secret));
	*out = t;
	return 0;
}

static const char **place_of(const struct texts *t, uint32_t number)
{
	return &t->pages[(number - 1) / PAGE_TEXTS][(number - 1) % PAGE_TEXTS];
}

const char *texts_get(const struct texts *t, uint32_t number, size_t *len)
{
	const char *text;
	uint32_t n;

	if (!number) {
		*len = 0;
		return "";
	}
	text = *place_of(t, number);
	memcpy(&n, text - sizeof(n), sizeof(n));
	*len = n;
	return text;
}

static bool is_text(const struct texts *t, uint32_t number, const char *text, size_t len)
{
	size_t its_len;
	const char *its = texts_get(t, number, &its_len);

	return its_len == len && !memcmp(its, text, len);
}

/* The slot of a text, or the free one where the text belongs. */
static uint32_t *slot_of(const struct texts *t, const char *text, size_t len)
{
	uint64_t i = siphash(t->secret, text, len) & t->mask;

	while (t->slots[i] && !is_text(t, t->slots[i], text, len))
		i = (i + 1) & t->mask;
	return &t->slots[i];
}

/* Double the slots when half of them are used. */
static int grow_slots(struct texts *t)
{
	uint32_t *old = t->slots;

	if (2 * ((uint64_t)t->count + 1) <= t->mask + 1)
		return 0;
	t->slots = calloc(2 * (t->mask + 1), sizeof(*t->slots));
	if (!t->slots) {
		t->slots = old;
		return -ENOMEM;
	}
	t->mask = 2 * t->mask + 1;
	for (uint32_t number = 1; number <= t->count; number++) {
		size_t len;
		const char *text = texts_get(t, number, &len);

		*slot_of(t, text, len) = number;
	}
	free(old);
	return 0;
}

/* A chunk with room for so many bytes; what is left of the one before stays unused. */
static int add_chunk(struct texts *t, size_t bytes)
{
	size_t room = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
	struct chunk *chunk = malloc(sizeof(*chunk) + room);

	if (!chunk)
		return -ENOMEM;
	chunk->before = t->chunk;
	t->chunk = chunk;
	t->free = chunk->bytes;
	t->left = room;
	return 0;
}

static int make_room(struct texts *t, size_t len)
{
	const char ***page = &t->pages[t->count / PAGE_TEXTS];

	if (t->count == TEXTS_MAX || len > TEXTS_MAX_BYTES - t->bytes)
		return -ENOSPC;
	if (!*page)
		*page = calloc(PAGE_TEXTS, sizeof(**page));
	if (!*page || (t->left < BYTES_OF(len) && add_chunk(t, BYTES_OF(len))))
		return -ENOMEM;
	return grow_slots(t);
}

static void add(struct texts *t, const char *text, size_t len)
{
	char *to = t->free + sizeof(uint32_t);

	memcpy(t->free, &(uint32_t){ (uint32_t)len }, sizeof(uint32_t));
	memcpy(to, text, len);
	to[len] = '\0';
	*place_of(t, t->count + 1) = to;
	t->free += BYTES_OF(len);
	t->left -= BYTES_OF(len);
	t->bytes += len;
	*slot_of(t, text, len) = t->count + 1;
	t->count++;
}

int texts_number(struct texts *t, const char *text, size_t len, uint32_t *number)
{
	uint32_t found = len ? *slot_of(t, text, len) : 0;
	int err;

	if (len && !found) {
		err = make_room(t, len);
		if (err)
			return err;
		add(t, text, len);
		found = t->count;
	}
	*number = found;
	return 0;
}

uint32_t texts_count(const struct texts *t)
{
	return t->count;
}

void texts_close(struct texts *t)
{
	struct chunk *before;

	if (!t)
		return;
	for (; t->chunk; t->chunk = before) {
		before = t->chunk->before;
		free(t->chunk);
	}
	for (uint32_t i = 0; i < PAGES; i++)
		free(t->pages[i]);
	free(t->slots);
	free(t);
}
