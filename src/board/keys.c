/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "board/keys.h"
#include "hash/grow.h"
#include "hash/siphash.h"

#define FIRST_SLOTS 64
#define NO_ID UINT32_MAX

/* at     where the code stands in `bytes', its length before it. Of an id that nobody holds: the
 *        next one of these, or NO_ID
 * holds  how many there are; 0: nobody holds the id
 */
struct entry {
	uint32_t at, holds;
};

/* tag  half of the hash of the code: it says at which slot the search begins, and a code is only
 *      looked at when its tag is the right one
 * id   and 1; 0: the slot is free
 */
struct slot {
	uint32_t tag, id;
};

/* bytes    codes, one behind the other, each with its length before it
 * dead     how many of these bytes are of codes that nobody holds any more
 * list     by id: n of them, of which `held' are held; the others begin at `unheld'
 * slots    open addressing with linear probing, at most 3/4 full; mask + 1 of them
 */
struct board_keys {
	uint64_t secret[2];
	uint8_t *bytes;
	size_t used, bytes_room, dead;
	struct entry *list;
	size_t list_room;
	uint32_t n, held, unheld;
	struct slot *slots;
	uint32_t mask;
};

int board_keys_open(struct board_keys **out)
{
	struct board_keys *k = calloc(1, sizeof(*k));

	if (!k)
		return -ENOMEM;
	k->unheld = NO_ID;
	k->mask = FIRST_SLOTS - 1;
	k->slots = calloc(FIRST_SLOTS, sizeof(*k->slots));
	if (!k->slots) {
		board_keys_close(k);
		return -ENOMEM;
	}
	/* Before the kernel has random bytes, codes are found as fast, under a secret of 0. */
	if (getrandom(k->secret, sizeof(k->secret), GRND_NONBLOCK) < 0)
		memset(k->secret, 0, sizeof(k->secret));
	*out = k;
	return 0;
}

void board_keys_close(struct board_keys *k)
{
	if (!k)
		return;
	free(k->bytes);
	free(k->list);
	free(k->slots);
	free(k);
}

void board_keys_clear(struct board_keys *k)
{
	if (k->n)
		memset(k->slots, 0, ((size_t)k->mask + 1) * sizeof(*k->slots));
	k->used = k->dead = 0;
	k->n = k->held = 0;
	k->unheld = NO_ID;
}

const uint8_t *board_keys_code(const struct board_keys *k, uint32_t id, size_t *len)
{
	const uint8_t *p = k->bytes + k->list[id].at;

	*len = *p;
	return p + 1;
}

static uint32_t tag_of(const struct board_keys *k, const uint8_t *code, size_t len)
{
	return siphash(k->secret, code, len) >> 32;
}

/* The slot of a code, or the free one where the code belongs. */
static struct slot *slot_of(const struct board_keys *k, uint32_t tag, const uint8_t *code, size_t len)
{
	for (uint32_t i = tag & k->mask;; i = (i + 1) & k->mask) {
		struct slot *s = &k->slots[i];
		const uint8_t *its;
		size_t its_len;

		if (!s->id)
			return s;
		if (s->tag != tag)
			continue;
		its = board_keys_code(k, s->id - 1, &its_len);
		if (its_len == len && !memcmp(its, code, len))
			return s;
	}
}

int64_t board_keys_find(const struct board_keys *k, const uint8_t *code, size_t len)
{
	return (int64_t)slot_of(k, tag_of(k, code, len), code, len)->id - 1;
}

static void put(struct board_keys *k, struct slot s)
{
	uint32_t i = s.tag & k->mask;

	while (k->slots[i].id)
		i = (i + 1) & k->mask;
	k->slots[i] = s;
}

/* Double the slots when three quarters of them are used. */
static int grow_slots(struct board_keys *k)
{
	struct slot *old = k->slots;
	uint32_t old_mask = k->mask;

	if ((uint64_t)k->held + 1 <= ((uint64_t)k->mask + 1) / 4 * 3)
		return 0;
	if (k->mask >= UINT32_MAX / 2)
		return -ENOMEM;
	k->slots = calloc(2 * ((size_t)old_mask + 1), sizeof(*k->slots));
	if (!k->slots) {
		k->slots = old;
		return -ENOMEM;
	}
	k->mask = 2 * old_mask + 1;
	for (uint32_t i = 0; i <= old_mask; i++)
		if (old[i].id)
			put(k, old[i]);
	free(old);
	return 0;
}

/* Free a slot. Codes behind it, which would not be found any more over the gap, move up. */
static void free_slot(struct board_keys *k, uint32_t gap)
{
	uint32_t i = gap;

	for (;;) {
		i = (i + 1) & k->mask;
		if (!k->slots[i].id)
			break;
		/* A search that begins behind the gap does not meet the gap. */
		if (((i - k->slots[i].tag) & k->mask) < ((i - gap) & k->mask))
			continue;
		k->slots[gap] = k->slots[i];
		gap = i;
	}
	k->slots[gap].id = 0;
}

/* Let the codes that are held stand together again, once half of the bytes are dead. */
static int compact(struct board_keys *k)
{
	size_t used = 0, room = k->used - k->dead;
	uint8_t *bytes;

	if (k->dead <= k->used / 2 || k->dead < 4096)
		return 0;
	bytes = malloc(room);
	if (!bytes)
		return -ENOMEM;
	for (uint32_t id = 0; id < k->n; id++) {
		struct entry *e = &k->list[id];

		if (!e->holds)
			continue;
		memcpy(bytes + used, k->bytes + e->at, 1 + k->bytes[e->at]);
		e->at = used;
		used += 1 + bytes[used];
	}
	free(k->bytes);
	k->bytes = bytes;
	k->bytes_room = room;
	k->used = used;
	k->dead = 0;
	return 0;
}

static int make_room(struct board_keys *k, size_t len)
{
	int err = compact(k);

	if (err)
		return err;
	if (k->used + 1 + len > UINT32_MAX ||
	    !grow_items((void **)&k->bytes, &k->bytes_room, k->used + 1 + len, 1))
		return -ENOMEM;
	if (k->unheld == NO_ID &&
	    !grow_items((void **)&k->list, &k->list_room, (size_t)k->n + 1, sizeof(*k->list)))
		return -ENOMEM;
	return grow_slots(k);
}

static uint32_t take_id(struct board_keys *k)
{
	uint32_t id = k->unheld;

	if (id == NO_ID)
		return k->n++;
	k->unheld = k->list[id].at;
	return id;
}

static int add(struct board_keys *k, uint32_t tag, const uint8_t *code, size_t len, uint32_t *id)
{
	int err = make_room(k, len);

	if (err)
		return err;
	*id = take_id(k);
	k->held++;
	k->list[*id] = (struct entry){ k->used, 1 };
	k->bytes[k->used] = len;
	memcpy(k->bytes + k->used + 1, code, len);
	k->used += 1 + len;
	put(k, (struct slot){ tag, *id + 1 });
	return 0;
}

int board_keys_hold(struct board_keys *k, const uint8_t *code, size_t len, uint32_t *id)
{
	uint32_t tag = tag_of(k, code, len);
	const struct slot *s = slot_of(k, tag, code, len);

	if (!s->id)
		return add(k, tag, code, len, id);
	*id = s->id - 1;
	k->list[*id].holds++;
	return 0;
}

void board_keys_again(struct board_keys *k, uint32_t id)
{
	k->list[id].holds++;
}

void board_keys_release(struct board_keys *k, uint32_t id)
{
	struct entry *e = &k->list[id];
	const uint8_t *code;
	size_t len;

	if (--e->holds)
		return;
	code = board_keys_code(k, id, &len);
	free_slot(k, slot_of(k, tag_of(k, code, len), code, len) - k->slots);
	k->dead += 1 + len;
	k->held--;
	e->at = k->unheld;
	k->unheld = id;
}

uint32_t board_keys_end(const struct board_keys *k)
{
	return k->n;
}

size_t board_keys_bytes(const struct board_keys *k)
{
	return k->used - k->dead + k->held * (sizeof(struct entry) + 2 * sizeof(struct slot));
}
