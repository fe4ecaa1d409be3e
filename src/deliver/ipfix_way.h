/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_IPFIX_WAY_H
#define CTAGG_DELIVER_IPFIX_WAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/refusal.h"
#include "deliver/options.h"

/* Ways of messages of IPFIX to a collector: a struct of functions each. An open function returns a
 * struct ipfix_way, which is the first member of a larger struct of its own. */
struct ipfix_way;

/* begin    a file of the spool comes. *anew: a transport session begins (RFC 7011, 2), with sequence
 *          number 0, and without templates that the collector knows
 * send     one message. Returns 0 when it is on its way; -ECANCELED soon after stop_fd became readable
 * end      all messages of the file were sent. Returns 0 when they have arrived, as far as this way
 *          can tell
 * give_up  the file was not taken: the session ends, and what was sent of the file is taken back where
 *          that is possible
 * close    w is freed
 *
 * begin, send and end return 0 or -errno; begin with the reason in *why.
 */
struct ipfix_way_functions {
	int (*begin)(struct ipfix_way *w, int stop_fd, bool *anew, struct refusal *why);
	int (*send)(struct ipfix_way *w, const uint8_t *message, size_t n, int stop_fd);
	int (*end)(struct ipfix_way *w, int stop_fd);
	void (*give_up)(struct ipfix_way *w);
	void (*close)(struct ipfix_way *w);
};

/* max_bytes  of a message
 * lossy      messages can get lost: templates are sent again and again
 */
struct ipfix_way {
	const struct ipfix_way_functions *fn;
	uint16_t max_bytes;
	bool lossy;
};

/* Open the way that the options ask for. Returns 0, or -errno with the reason: -EINVAL for wrong
 * usage. */
typedef int ipfix_way_open_fn(struct ipfix_way **out, const struct deliver_options *opts,
			      struct refusal *why);
ipfix_way_open_fn ipfix_udp_open;	/* --ipfix=HOST:PORT */
ipfix_way_open_fn ipfix_tcp_open;	/* --ipfix=tcp:HOST:PORT */
ipfix_way_open_fn ipfix_file_open;	/* --ipfix-file */

#endif
