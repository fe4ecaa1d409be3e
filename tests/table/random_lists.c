/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>
#include <sys/socket.h>

#include "source/message.h"
#include "table/random_lists.h"

/* Conditions that hold for some of the messages and not for others. */
void random_numbers(struct flow_numbers *numbers, uint32_t max, struct random *r)
{
	memset(numbers, 0, sizeof(*numbers));
	if (random_below(r, CONDITIONS / 2))
		return;
	numbers->inverted = random_below(r, 2);
	for (numbers->n = 1 + random_below(r, 3); numbers->n; numbers->n--) {
		uint32_t first = random_below(r, max + 1ULL);

		numbers->list[numbers->n - 1] = (struct flow_range){
			first, first + random_below(r, max - first + 1ULL)
		};
		if (random_below(r, 2))
			break;
	}
}

/* All bits of a mark are random, so few bits of it are looked at. */
void random_marks(struct flow_marks *marks, struct random *r)
{
	memset(marks, 0, sizeof(*marks));
	if (random_below(r, CONDITIONS / 2))
		return;
	marks->inverted = random_below(r, 2);
	for (marks->n = 0; marks->n < 1 + random_below(r, 8); marks->n++) {
		__u32 mask = 1U << random_below(r, 32) | 1U << random_below(r, 32), value = random_next(r);

		marks->list[marks->n] = (struct flow_marks_item){ mask, value & mask, value & mask };
	}
	if (random_below(r, 2))
		marks->list[0] = (struct flow_marks_item){ UINT32_MAX, 0, random_next(r) };
}

void random_address(uint8_t to[16], uint8_t family, unsigned int choices, struct random *r)
{
	static const char *const known[2][4] = {
		{ "10.1.0.1", "10.1.0.255", "224.0.0.1", "127.0.0.1" },
		{ "2001:db8:1::1", "::1", "ff02::1", "::ffff:10.1.0.1" },
	};
	unsigned int n = random_below(r, choices);

	if (n < 4) {
		message_address(to, known[family == AF_INET6][n]);
		return;
	}
	message_address(to, family == AF_INET6 ? "2001:db8::" : "10.2.0.0");
	to[family == AF_INET6 ? 15 : 3] = n;
	to[family == AF_INET6 ? 14 : 2] = n >> 8;
}

void random_networks(struct flow_networks *networks, struct random *r)
{
	static const uint8_t bits[] = { 0, 8, 16, 30, 32 };

	memset(networks, 0, sizeof(*networks));
	if (random_below(r, CONDITIONS / 2))
		return;
	networks->inverted = random_below(r, 2);
	for (networks->n = 0; networks->n < 3; networks->n++) {
		struct flow_network *network = &networks->list[networks->n];
		bool v6 = random_below(r, 3) == 0;
		uint8_t addr[16];

		network->family = v6 ? AF_INET6 : AF_INET;
		random_address(addr, network->family, 64, r);
		if (v6)
			memcpy(network->addr, addr, 16);
		else
			flow_addr_v4(network->addr, addr);
		network->bits = v6 ? random_below(r, 129) : 96ULL + bits[random_below(r, 5)];
	}
}

struct netlabel_set *random_labels(struct random *r)
{
	static struct texts *names;	/* not used: the numbers stand for no text here */
	struct netlabel_set *set = netlabel_set_open(names);

	for (int n = random_below(r, 200); set && n > 0; n--) {
		struct flow_network network = { .family = random_below(r, 3) ? AF_INET : AF_INET6 };
		uint8_t addr[16];

		random_address(addr, network.family, 4096, r);
		if (network.family == AF_INET6)
			memcpy(network.addr, addr, 16);
		else
			flow_addr_v4(network.addr, addr);
		network.bits = network.family == AF_INET ? 128 - random_below(r, 17) :
							   128 - random_below(r, 129);
		/* A network that comes again has its first label. */
		netlabel_trie_add(&set->networks, &network, 0, random_below(r, 20));
	}
	return set;
}
