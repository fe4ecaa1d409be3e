/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_IPFIX_ENCODER_H
#define CTAGG_DELIVER_IPFIX_ENCODER_H

#include <stddef.h>
#include <stdint.h>

#include "deliver/ipfix_record.h"

/* Makes messages of IPFIX (RFC 7011) of records: one encoder for each transport session, with the
 * sequence numbers of that session. A template follows from which elements a record has, and its
 * number from these elements: after a restart a number means what it meant before, also where a
 * collector did not notice the restart.
 *
 * Memory is GLib's: a program that gets none is ended by GLib. */
struct ipfix_encoder;

/* Take a whole message, lent. Returns 0 or -errno, which is then what the caller of
 * ipfix_encoder_add() and ipfix_encoder_flush() gets. */
typedef int ipfix_send_fn(void *arg, const uint8_t *message, size_t n);

/* domain      the observation domain
 * enterprise  under which elements of ctagg's own are sent; 0: they are left out
 * max_bytes   of a message
 */
struct ipfix_settings {
	uint32_t domain, enterprise;
	uint16_t max_bytes;
	ipfix_send_fn *send;
	void *arg;
};

/* Returns NULL without memory. */
struct ipfix_encoder *ipfix_encoder_open(const struct ipfix_settings *s);

/* Add a record to the message, after the message was sent if it is full. Returns 0; -EMSGSIZE when
 * the record does not fit into a message, and it is left out; -E2BIG when it is of a new kind, and the
 * session has had 4,096 kinds: it is left out, too; another -errno from sending; -EIO when libfixbuf
 * refuses. */
int ipfix_encoder_add(struct ipfix_encoder *e, const struct ipfix_record *r);

/* Send the message that has been begun, if there is one. */
int ipfix_encoder_flush(struct ipfix_encoder *e);

/* Send all templates so far once more. */
int ipfix_encoder_repeat(struct ipfix_encoder *e);

void ipfix_encoder_close(struct ipfix_encoder *e);	/* NULL is fine */

#endif
