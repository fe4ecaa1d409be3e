/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_TABLE_GRAMMAR_H
#define CTAGG_TESTS_TABLE_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

#include "random.h"
#include "source/message.h"

/* Messages as the kernel does not send them: what message_build() makes is taken
 * apart into a tree of attributes, that is changed, and written again with lengths
 * that fit; then bytes are changed. What comes out is often still an event, and
 * often nearly one. */

struct datagram {
	size_t len;
	unsigned char bytes[3000] __attribute__((aligned(8)));
};

/* A message as it is. */
void grammar_copy(struct datagram *d, const struct message *m);

/* The same message in another shape: attributes missing, repeated, inserted, in
 * another order, empty, of another length or type, nested or not; cut off, longer
 * than it says or several at once; with wrong headers. Sometimes nothing at all. */
void grammar_damage(struct datagram *d, const struct message *m, struct random *r);

#endif
