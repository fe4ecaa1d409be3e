/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_ANONYMIZE_ANONYMIZE_H
#define CTAGG_ANONYMIZE_ANONYMIZE_H

#include "flow/event.h"

/* Replaces addresses by others, the same one for the same address under the same key. Two
 * addresses that share their first n bits, and no more, are replaced by two that share their
 * first n bits, and no more: networks stay networks. The construction is Crypto-PAn (Xu, Fan,
 * Ammar, Moon: Prefix-Preserving IP Address Anonymization, 2002) with AES-128, for IPv6 with 128
 * bits in place of 32, so files of other tools can be compared under the same key.
 *
 * Whoever sees an address and its replacement learns that much of all addresses near it. */
struct anonymizer;

#define ANONYMIZE_KEY 32	/* bytes: the key of AES, and what the padding is made of */

/* Read the key from a file of ANONYMIZE_KEY bytes, or of twice as many hexadecimal digits and
 * perhaps a newline. Returns 0 and a handle the caller owns; or -errno, and in *why a static
 * text where errno does not say what is wrong with the file, else NULL. */
int anonymize_open(struct anonymizer **out, const char *path, const char **why);

/* The same with a key in memory, which is copied. Returns 0 or -ENOMEM. */
int anonymize_open_key(struct anonymizer **out, const uint8_t key[ANONYMIZE_KEY]);

/* Replace an address, see flow/address.h; family is AF_INET or AF_INET6. anonymizer is a struct
 * anonymizer; this is an address_map_fn of sink/record.h. */
void anonymize_address(void *anonymizer, __u8 family, __u8 addr[16]);

/* Replace all addresses of an event. */
void anonymize_event(struct anonymizer *a, struct flow_event *ev);

/* Replace a digest in hexadecimal digits (an even number of them, at most 64) by one that depends
 * on the key too: otherwise somebody who guesses the addresses that a digest is made of could
 * tell that the guess is right. */
void anonymize_digest(const struct anonymizer *a, char *hex);

void anonymize_close(struct anonymizer *a);	/* NULL is fine */

#endif
