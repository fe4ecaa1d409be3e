/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Labels of networks: each 8 bytes name a network and its label. The trie finds what a list finds of which every
 * network is looked at. */
#include "config.h"

#include <string.h>
#include <sys/socket.h>

#include "fuzz/nearest.h"
#include "fuzz/targets.h"

/* Few bits of an address are other than 0, so that networks lie around one another. */
static struct flow_network network_of(const uint8_t *p)
{
	struct flow_network n = { .family = p[0] & 1 ? AF_INET : AF_INET6 };
	unsigned int at = p[0] & 2 ? 0 : p[0] >> 4;

	if (n.family == AF_INET) {
		n.addr[10] = n.addr[11] = 0xff;
		memcpy(n.addr + 12, p + 2, 4);
		n.bits = 96 + p[1] % 33;
		return n;
	}
	n.bits = p[1] % 129;
	for (unsigned int i = 0; i < 4 && at + i < 16; i++)
		n.addr[at + i] = p[2 + i];
	return n;
}

int fuzz_tries(const uint8_t *data, size_t size)
{
	static struct nearest list;
	struct netlabel_trie trie = { .used = 0 };
	uint8_t file = 0;

	list.n = 0;
	for (; size >= 8 && list.n < NEAREST_MAX; data += 8, size -= 8) {
		struct flow_network network = network_of(data);
		uint32_t number = data[6] % 4;	/* few labels, so that neighbours have the same */

		file += data[7] % 16 == 0;
		must(netlabel_trie_add(&trie, &network, file, number) == nearest_add(&list, &network, file, number));
	}
	nearest_is(&list, &trie);
	netlabel_trie_close(&trie);
	return 0;
}
