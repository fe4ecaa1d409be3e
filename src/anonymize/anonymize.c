/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <nettle/aes.h>
#include <nettle/hmac.h>

#include "anonymize/anonymize.h"
#include "anonymize/key_file.h"

#define CACHE 8192	/* a power of two: entries of 33 bytes */

/* aes    with the first half of the key
 * pad    the second half, encrypted: bits that stand in for those of an address which do not
 *        matter yet
 * key    the whole
 * cache  addresses that were replaced before: a busy host meets the same ones again and again,
 *        and each costs 32 or 128 encryptions. family 0: the entry is empty
 */
struct anonymizer {
	struct aes128_ctx aes;
	uint8_t pad[AES_BLOCK_SIZE];
	uint8_t key[ANONYMIZE_KEY];
	struct {
		__u8 family, from[16], to[16];
	} cache[CACHE];
};

int anonymize_open_key(struct anonymizer **out, const uint8_t key[ANONYMIZE_KEY])
{
	struct anonymizer *a = calloc(1, sizeof(*a));

	if (!a)
		return -ENOMEM;
	memcpy(a->key, key, sizeof(a->key));
	aes128_set_encrypt_key(&a->aes, key);
	aes128_encrypt(&a->aes, sizeof(a->pad), a->pad, key + AES128_KEY_SIZE);
	*out = a;
	return 0;
}

int anonymize_open(struct anonymizer **out, const char *path, const char **why)
{
	uint8_t key[ANONYMIZE_KEY];
	int err = key_file_read(path, key, why);

	if (!err)
		err = anonymize_open_key(out, key);
	explicit_bzero(key, sizeof(key));
	return err;
}

/* Replace the first len bytes (at most 16) of an address. Whether its bit n is turned over is the
 * first bit of the encryption of a block, whose first n bits are those of the address; the others
 * are those of the padding. All blocks are encrypted at once. */
static void replace(const struct anonymizer *a, __u8 *addr, size_t len)
{
	uint8_t blocks[128 * AES_BLOCK_SIZE], block[AES_BLOCK_SIZE];
	size_t bits = 8 * len;

	memcpy(block, a->pad, sizeof(block));
	for (size_t n = 0; n < bits; n++) {
		uint8_t bit = 0x80 >> n % 8;

		memcpy(blocks + n * sizeof(block), block, sizeof(block));
		block[n / 8] = (block[n / 8] & ~bit) | (addr[n / 8] & bit);
	}
	aes128_encrypt(&a->aes, bits * sizeof(block), blocks, blocks);
	for (size_t n = 0; n < bits; n++)
		addr[n / 8] ^= (blocks[n * sizeof(block)] & 0x80) >> n % 8;
}

static size_t slot_of(const __u8 addr[16])
{
	uint64_t words[2];

	memcpy(words, addr, sizeof(words));
	return ((words[0] * 3 + words[1]) * 0x9e3779b97f4a7c15ULL >> 32) % CACHE;
}

void anonymize_address(void *anonymizer, __u8 family, __u8 addr[16])
{
	struct anonymizer *a = anonymizer;
	size_t slot = slot_of(addr);

	if (a->cache[slot].family != family || memcmp(a->cache[slot].from, addr, 16)) {
		a->cache[slot].family = family;
		memcpy(a->cache[slot].from, addr, 16);
		if (family == AF_INET)
			replace(a, addr + 12, 4);
		else
			replace(a, addr, 16);
		memcpy(a->cache[slot].to, addr, 16);
		return;
	}
	memcpy(addr, a->cache[slot].to, 16);
}

void anonymize_event(struct anonymizer *a, struct flow_event *ev)
{
	anonymize_address(a, ev->family, ev->orig.saddr);
	anonymize_address(a, ev->family, ev->orig.daddr);
	if (!ev->conntrack)
		return;
	anonymize_address(a, ev->family, ev->reply.saddr);
	anonymize_address(a, ev->family, ev->reply.daddr);
}

void anonymize_digest(const struct anonymizer *a, char *hex)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct hmac_sha256_ctx hmac;
	size_t len = strlen(hex) / 2;

	hmac_sha256_set_key(&hmac, sizeof(a->key), a->key);
	hmac_sha256_update(&hmac, 2 * len, (const uint8_t *)hex);
	hmac_sha256_digest(&hmac, len, digest);
	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

void anonymize_close(struct anonymizer *a)
{
	if (a)
		explicit_bzero(a, sizeof(*a));
	free(a);
}
