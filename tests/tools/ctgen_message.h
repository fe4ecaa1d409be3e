/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_TOOLS_CTGEN_MESSAGE_H
#define CTAGG_TESTS_TOOLS_CTGEN_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Messages that create or delete a connection. */

#define MESSAGE 512	/* bytes that the longest takes */

/* One connection: its key, and what tells it from others of that key. */
struct conn {
	uint32_t key;
	uint16_t port;
	bool failed;
};

/* A message that is finished but for addresses and ports, and where in it these are. */
struct template {
	char bytes[MESSAGE];
	size_t len;
	uint16_t src[2], dst[2], sport[2], dport[2];	/* offsets of each occurrence; 0: none */
};

/* Make the message that all connections of a family share, by the options. */
void build_template(struct template *t, bool is_delete, bool v6);

/* Write the message of one connection; returns its length. */
size_t fill_message(char *bytes, const struct template *t, const struct conn *c, uint32_t seq);

/* What a key stands for: IPv6 or IPv4, its source or destination address (IPv4 in the first
 * 4 bytes), its destination port in host order. */
bool is_v6(uint32_t key);
void address(uint8_t addr[16], bool v6, bool source, uint32_t key);
uint16_t dest_port(uint32_t key);

#endif
