/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "netlabel/marks.h"

static struct flow_network item_of(uint32_t mask, uint32_t value)
{
	struct flow_network item = { .bits = 128, .family = AF_INET6 };

	memcpy(item.addr, &mask, sizeof(mask));
	memcpy(item.addr + sizeof(mask), &value, sizeof(value));
	return item;
}

/* Find the mask's place in the list, or put it there. */
static int add_mask(struct netlabel_marks *m, uint32_t mask)
{
	size_t at = 0;

	for (size_t i = 0; i < m->n_masks; i++)
		if (m->masks[i] == mask)
			return 0;
	if (m->n_masks == NETLABEL_MAX_MASKS)
		return -E2BIG;
	while (at < m->n_masks && __builtin_popcount(m->masks[at]) >= __builtin_popcount(mask))
		at++;
	memmove(m->masks + at + 1, m->masks + at, (m->n_masks - at) * sizeof(m->masks[0]));
	m->masks[at] = mask;
	m->n_masks++;
	return 0;
}

int netlabel_marks_add(struct netlabel_marks *m, uint32_t mask, uint32_t value, uint8_t file,
		       uint32_t number)
{
	struct flow_network item = item_of(mask, value);
	int err = add_mask(m, mask);

	return err ? err : netlabel_trie_add(&m->items, &item, file, number);
}

/* What the items say of a mark so far: none; one label, which some or all marks with these bits
 * have; or several. */
struct answer {
	bool any, several;
	uint32_t number;
};

static void add_answer(struct answer *a, uint32_t number)
{
	a->several |= a->any && a->number != number;
	a->any = true;
	a->number = number;
}

/* All items of a mask that has bits which are not kept: the mark may be in each whose other bits are
 * the mark's. */
static void add_possible(const struct netlabel_marks *m, uint32_t mask, uint32_t mark, uint32_t kept,
			 struct answer *a)
{
	struct flow_network item;
	uint32_t number, its_mask, value;

	for (size_t i = 1; i < m->items.used && !a->several; i++) {
		if (!netlabel_trie_get(&m->items, i, &item, &number))
			continue;
		memcpy(&its_mask, item.addr, sizeof(its_mask));
		memcpy(&value, item.addr + sizeof(its_mask), sizeof(value));
		if (its_mask == mask && !((value ^ mark) & mask & kept))
			add_answer(a, number);
	}
}

bool netlabel_marks_find(const struct netlabel_marks *m, uint32_t mark, uint32_t kept,
			 uint32_t *number)
{
	const struct netlabel_node *found = NULL;
	struct answer a = { 0 };

	for (size_t i = 0; i < m->n_masks && !found && !a.several; i++) {
		uint32_t mask = m->masks[i];
		struct flow_network item = item_of(mask, mark & mask);

		if (mask & ~kept)
			add_possible(m, mask, mark, kept, &a);
		else
			found = netlabel_trie_find(&m->items, AF_INET6, item.addr);
	}
	/* Marks that no item has have no label. */
	add_answer(&a, found ? found->number : 0);
	*number = a.number;
	return !a.several;
}

void netlabel_marks_close(struct netlabel_marks *m)
{
	netlabel_trie_close(&m->items);
}
