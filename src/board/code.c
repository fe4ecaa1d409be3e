/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "board/code.h"

/* A code begins with the bits of view_key.has, in four bytes, then come the fields of these bits.
 * Numbers are written with their largest byte first, so that memcmp() sorts them. */
#define HAS_HOST (1u << 30)
#define HAS_OTHER (1u << 31)
_Static_assert(VIEW_NETNS < HAS_HOST, "a bit is free for the host");

enum kind {
	BYTE,
	PORT,		/* uint16_t */
	NUMBER,		/* uint32_t */
	ADDRESS,
};

/* How an address begins. Of a network, the length of its prefix follows the address. */
enum { V4 = 4, V4_NETWORK, V6, V6_NETWORK };

/* at    where the field stands in a key
 * bits  of an address: where the length of its prefix stands
 */
static const struct field {
	enum kind kind;
	uint8_t at, bits;
} fields[] = {	/* by the bits of enum view_field */
#define FIELD(kind, member) { kind, offsetof(struct view_key, member), 0 }
#define NETWORK(member) { ADDRESS, offsetof(struct view_key, member), \
			  offsetof(struct view_key, member##_bits) }
	FIELD(BYTE, direction), FIELD(BYTE, proto),
	NETWORK(src), FIELD(PORT, sport), NETWORK(dst), FIELD(PORT, dport),
	FIELD(BYTE, icmp_type), FIELD(BYTE, icmp_code),
	NETWORK(nat_src), FIELD(PORT, nat_sport), NETWORK(nat_dst), FIELD(PORT, nat_dport),
	FIELD(PORT, zone), FIELD(NUMBER, mark), FIELD(NUMBER, iif), FIELD(NUMBER, oif),
	FIELD(NUMBER, src_label), FIELD(NUMBER, dst_label), FIELD(NUMBER, mark_label),
	FIELD(NUMBER, prefix), FIELD(NUMBER, rule), FIELD(NUMBER, comment), FIELD(NUMBER, drop_reason),
	FIELD(NUMBER, netns),
};
_Static_assert(1u << (sizeof(fields) / sizeof(fields[0]) - 1) == VIEW_NETNS, "a row for each field");

static uint8_t *write_has(uint8_t *p, uint32_t has)
{
	*p++ = has >> 24;
	*p++ = has >> 16;
	*p++ = has >> 8;
	*p++ = has;
	return p;
}

/* How many bytes follow, and these: none for 0. */
static uint8_t *write_number(uint8_t *p, uint32_t n)
{
	unsigned int bytes = n ? 4 - __builtin_clz(n) / 8 : 0;

	*p++ = bytes;
	while (bytes--)
		*p++ = n >> 8 * bytes;
	return p;
}

static const uint8_t *read_number(const uint8_t *p, uint32_t *to)
{
	unsigned int bytes = *p++;

	for (*to = 0; bytes; bytes--)
		*to = *to << 8 | *p++;
	return p;
}

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

static uint8_t *write_address(uint8_t *p, const uint8_t addr[16], uint8_t bits)
{
	bool v4 = bits >= 96 && !memcmp(addr, mapped, sizeof(mapped)), whole = bits == 128;
	size_t skipped = v4 ? sizeof(mapped) : 0;

	*p++ = v4 ? (whole ? V4 : V4_NETWORK) : (whole ? V6 : V6_NETWORK);
	memcpy(p, addr + skipped, 16 - skipped);
	p += 16 - skipped;
	if (!whole)
		*p++ = bits;
	return p;
}

static const uint8_t *read_address(const uint8_t *p, uint8_t addr[16], uint8_t *bits)
{
	uint8_t begin = *p++;
	size_t skipped = begin < V6 ? sizeof(mapped) : 0;

	memcpy(addr, mapped, skipped);
	memcpy(addr + skipped, p, 16 - skipped);
	p += 16 - skipped;
	*bits = begin == V4 || begin == V6 ? 128 : *p++;
	return p;
}

static uint8_t *write_field(uint8_t *p, const struct field *f, const struct view_key *key)
{
	const uint8_t *at = (const uint8_t *)key + f->at;
	uint16_t port;
	uint32_t n;

	switch (f->kind) {
	case BYTE:
		*p++ = *at;
		return p;
	case PORT:
		memcpy(&port, at, sizeof(port));
		*p++ = port >> 8;
		*p++ = port;
		return p;
	case NUMBER:
		memcpy(&n, at, sizeof(n));
		return write_number(p, n);
	case ADDRESS:
		break;
	}
	return write_address(p, at, ((const uint8_t *)key)[f->bits]);
}

static const uint8_t *read_field(const uint8_t *p, const struct field *f, struct view_key *key)
{
	uint8_t *at = (uint8_t *)key + f->at;
	uint16_t port;
	uint32_t n;

	switch (f->kind) {
	case BYTE:
		*at = *p++;
		return p;
	case PORT:
		port = p[0] << 8 | p[1];
		memcpy(at, &port, sizeof(port));
		return p + 2;
	case NUMBER:
		p = read_number(p, &n);
		memcpy(at, &n, sizeof(n));
		return p;
	case ADDRESS:
		break;
	}
	return read_address(p, at, (uint8_t *)key + f->bits);
}

size_t board_code_key(uint8_t code[BOARD_CODE_MAX], const struct view_key *key)
{
	uint32_t has = key->has & (HAS_HOST - 1);
	uint8_t *p = write_has(code, has);

	for (; has; has &= has - 1)
		p = write_field(p, &fields[__builtin_ctz(has)], key);
	return p - code;
}

size_t board_code_other(uint8_t code[BOARD_CODE_MAX])
{
	return write_has(code, HAS_OTHER) - code;
}

size_t board_code_host(uint8_t code[BOARD_CODE_MAX], uint32_t host)
{
	return write_number(write_has(code, HAS_HOST), host) - code;
}

int board_code_compare(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	/* No code is the beginning of another one. */
	return memcmp(a, b, a_len < b_len ? a_len : b_len);
}

void board_code_read(const uint8_t *code, struct board_meaning *to)
{
	uint32_t has = (uint32_t)code[0] << 24 | code[1] << 16 | code[2] << 8 | code[3];
	const uint8_t *p = code + 4;

	memset(to, 0, sizeof(*to));
	to->other = has & HAS_OTHER;
	to->is_host = has & HAS_HOST;
	if (to->is_host)
		read_number(p, &to->host);
	has &= HAS_HOST - 1;
	to->key.has = has;
	for (; has; has &= has - 1)
		p = read_field(p, &fields[__builtin_ctz(has)], &to->key);
}
