/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table/kernel_parts.h"

/* Of an address without a namespace, netns is 0, and the bit is address_bit(). */
static __u32 bit_of(const struct netns_address *a)
{
	return netns_address_bit(a->netns, a->addr);
}

/* The map of the addresses of one namespace, or of those of every namespace. */
static int map_of(const struct kernel *k)
{
	return k->flags & KERNEL_NETNS_ALL ? k->netns_addresses_fd : bpf_map__fd(k->skel->maps.addresses);
}

static void *key_of(const struct kernel *k, struct netns_address *a)
{
	return k->flags & KERNEL_NETNS_ALL ? (void *)a : (void *)a->addr;
}

static void store_word(struct kernel *k, size_t word, __u64 bits)
{
	__atomic_store_n(&k->skel->data->address_bits[word], bits, __ATOMIC_RELEASE);
}

void kernel_addresses_begin(struct kernel *k)
{
	k->told_used = 0;
}

static int remember(struct kernel *k, const struct netns_address *a)
{
	if (k->told_used == k->told_room) {
		size_t room = k->told_room ? 2 * k->told_room : 64;
		struct netns_address *told = realloc(k->told, room * sizeof(*told));

		if (!told)
			return -ENOMEM;
		k->told = told;
		k->told_room = room;
	}
	k->told[k->told_used++] = *a;
	return 0;
}

/* The address goes into the map first. Then its bit makes the filter look there. */
int kernel_netns_address(struct kernel *k, __u32 netns, const __u8 addr[16], enum kernel_address kind)
{
	struct netns_address a = { .netns = netns };
	__u32 value = kind, bit;
	int err;

	memcpy(a.addr, addr, sizeof(a.addr));
	bit = bit_of(&a);
	err = remember(k, &a);
	if (!err)
		err = bpf_map_update_elem(map_of(k), key_of(k, &a), &value, BPF_ANY);
	if (!err)
		store_word(k, bit / 64, k->skel->data->address_bits[bit / 64] | 1ULL << bit % 64);
	return err;
}

int kernel_address(struct kernel *k, const __u8 addr[16], enum kernel_address kind)
{
	return kernel_netns_address(k, 0, addr, kind);
}

/* Clear the bits that no address needs any more. */
static void tidy_bits(struct kernel *k)
{
	__u64 words[ADDRESS_WORDS] = { 0 };

	for (size_t i = 0; i < k->told_used; i++) {
		__u32 bit = bit_of(&k->told[i]);

		words[bit / 64] |= 1ULL << bit % 64;
	}
	for (size_t i = 0; i < ADDRESS_WORDS; i++)
		store_word(k, i, words[i]);
}

static int by_address(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct netns_address));
}

int kernel_addresses_end(struct kernel *k)
{
	struct netns_address at = { 0 }, next = { 0 };
	int fd = map_of(k), err;

	if (k->told_used)
		qsort(k->told, k->told_used, sizeof(*k->told), by_address);
	for (err = bpf_map_get_next_key(fd, NULL, key_of(k, &next)); !err;) {
		at = next;
		err = bpf_map_get_next_key(fd, key_of(k, &at), key_of(k, &next));
		if (!k->told_used ||
		    !bsearch(&at, k->told, k->told_used, sizeof(*k->told), by_address))
			bpf_map_delete_elem(fd, key_of(k, &at));
	}
	tidy_bits(k);
	return err == -ENOENT ? 0 : err;
}

int kernel_netns(struct kernel *k, __u32 netns, enum kernel_netns what)
{
	__u32 value = what;

	return bpf_map_update_elem(k->netns_fd, &netns, &value, BPF_ANY);
}

int kernel_netns_forget(struct kernel *k, __u32 netns)
{
	int err = bpf_map_delete_elem(k->netns_fd, &netns);

	return err == -ENOENT ? 0 : err;
}
