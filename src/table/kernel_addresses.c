/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table/kernel_parts.h"

static __u32 bit_of(const __u8 addr[16])
{
	__u32 words[4];

	memcpy(words, addr, sizeof(words));
	return address_bit(words);
}

static void store_word(struct kernel *k, size_t word, __u64 bits)
{
	__atomic_store_n(&k->skel->bss->address_bits[word], bits, __ATOMIC_RELEASE);
}

void kernel_addresses_begin(struct kernel *k)
{
	k->told_used = 0;
}

static int remember(struct kernel *k, const __u8 addr[16])
{
	if (k->told_used == k->told_room) {
		size_t room = k->told_room ? 2 * k->told_room : 64;
		struct own_address *told = realloc(k->told, room * sizeof(*told));

		if (!told)
			return -ENOMEM;
		k->told = told;
		k->told_room = room;
	}
	memcpy(k->told[k->told_used++].addr, addr, 16);
	return 0;
}

/* The address goes into the map first. Then its bit makes the filter look there. */
int kernel_address(struct kernel *k, const __u8 addr[16], enum kernel_address kind)
{
	__u32 value = kind, bit = bit_of(addr);
	int err = remember(k, addr);

	if (!err)
		err = bpf_map_update_elem(bpf_map__fd(k->skel->maps.addresses), addr, &value,
					  BPF_ANY);
	if (!err)
		store_word(k, bit / 64, k->skel->bss->address_bits[bit / 64] | 1ULL << bit % 64);
	return err;
}

/* Clear the bits that no address needs any more. */
static void tidy_bits(struct kernel *k)
{
	__u64 words[ADDRESS_WORDS] = { 0 };

	for (size_t i = 0; i < k->told_used; i++) {
		__u32 bit = bit_of(k->told[i].addr);

		words[bit / 64] |= 1ULL << bit % 64;
	}
	for (size_t i = 0; i < ADDRESS_WORDS; i++)
		store_word(k, i, words[i]);
}

static int by_address(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct own_address));
}

int kernel_addresses_end(struct kernel *k)
{
	int fd = bpf_map__fd(k->skel->maps.addresses), err;
	struct own_address at, next;

	if (k->told_used)
		qsort(k->told, k->told_used, sizeof(*k->told), by_address);
	for (err = bpf_map_get_next_key(fd, NULL, &next); !err;) {
		at = next;
		err = bpf_map_get_next_key(fd, &at, &next);
		if (!k->told_used ||
		    !bsearch(&at, k->told, k->told_used, sizeof(*k->told), by_address))
			bpf_map_delete_elem(fd, &at);
	}
	tidy_bits(k);
	return err == -ENOENT ? 0 : err;
}
