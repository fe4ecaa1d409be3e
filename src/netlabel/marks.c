/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "hash/texts.h"
#include "netlabel/marks.h"

/* What the items say of marks of which only some bits are known, where an item's mask has other bits
 * too. It is found out once, because records ask again and again; and anew when there are more
 * items, or other bits are known.
 *
 * kept      the bits that are known
 * is_known  it has been found out
 * fails     there was no memory for it
 * items     a map as that of all items, from the mask and the known bits of the value to the number;
 *           SEVERAL where there are several
 */
struct netlabel_possible {
	uint32_t kept;
	bool is_known, fails;
	struct netlabel_trie items;
};

#define SEVERAL UINT32_MAX
_Static_assert(TEXTS_MAX < SEVERAL, "no label has this number");

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

static void forget_possible(struct netlabel_possible *p)
{
	netlabel_trie_close(&p->items);
	memset(p, 0, sizeof(*p));
}

int netlabel_marks_add(struct netlabel_marks *m, uint32_t mask, uint32_t value, uint8_t file,
		       uint32_t number)
{
	struct flow_network item = item_of(mask, value);
	int err;

	if (m->items.networks == NETLABEL_MAX_MARKS && !netlabel_trie_find(&m->items, AF_INET6, item.addr))
		return -ENOSPC;
	if (!m->possible)
		m->possible = calloc(1, sizeof(*m->possible));
	if (!m->possible)
		return -ENOMEM;
	forget_possible(m->possible);
	err = add_mask(m, mask);
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

static int add_possible(struct netlabel_possible *p, uint32_t mask, uint32_t value, uint32_t number)
{
	struct flow_network item = item_of(mask, value & p->kept);
	const struct netlabel_node *there = netlabel_trie_find(&p->items, AF_INET6, item.addr);

	if (!there)
		return netlabel_trie_add(&p->items, &item, 0, number);
	if (there->number == number || there->number == SEVERAL)
		return 0;
	/* As of a later file, so that it holds. */
	return netlabel_trie_add(&p->items, &item, 1, SEVERAL);
}

static void find_possible(const struct netlabel_marks *m, struct netlabel_possible *p, uint32_t kept)
{
	forget_possible(p);
	p->kept = kept;
	p->is_known = true;
	for (size_t i = 1; i < m->items.used && !p->fails; i++) {
		struct flow_network item;
		uint32_t number, mask, value;

		if (!netlabel_trie_get(&m->items, i, &item, &number))
			continue;
		memcpy(&mask, item.addr, sizeof(mask));
		memcpy(&value, item.addr + sizeof(mask), sizeof(value));
		p->fails = (mask & ~kept) && add_possible(p, mask, value, number);
	}
}

/* All items of a mask that has bits which are not kept: the mark may be in each whose other bits are
 * the mark's. */
static void take_possible(const struct netlabel_marks *m, uint32_t mask, uint32_t mark, uint32_t kept,
			  struct answer *a)
{
	struct flow_network item = item_of(mask, mark & mask & kept);
	const struct netlabel_node *found;

	if (!m->possible->is_known || m->possible->kept != kept)
		find_possible(m, m->possible, kept);
	found = netlabel_trie_find(&m->possible->items, AF_INET6, item.addr);
	a->several |= m->possible->fails || (found && found->number == SEVERAL);
	if (found)
		add_answer(a, found->number);
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
			take_possible(m, mask, mark, kept, &a);
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
	if (m->possible)
		netlabel_trie_close(&m->possible->items);
	free(m->possible);
	netlabel_trie_close(&m->items);
}
