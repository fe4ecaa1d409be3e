/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_TRANSPORT_H
#define CTAGG_DELIVER_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/refusal.h"
#include "deliver/options.h"

/* Ways to send the lines of one file to the destination. A kind of transport is one file with one
 * struct transport_functions; its open function returns a struct transport, which is the first
 * member of a larger struct of its own. */
struct transport;

/* One file of the spool.
 *
 * fd    the lines, open for reading at offset 0, with a file offset of their own for each attempt
 * size  in bytes
 * name  the file's name, which stays the same however often the file is sent
 */
struct transport_item {
	int fd;
	uint64_t size;
	const char *name;
};

enum transport_result {
	TRANSPORT_TAKEN,	/* the destination has the lines */
	TRANSPORT_LATER,	/* it may take them at another time */
	TRANSPORT_NEVER,	/* it says that it will never take them */
	TRANSPORT_STOPPED,	/* stop_fd became readable first: whether they arrived is unknown */
};

/* What came of one attempt.
 *
 * server_error   with TRANSPORT_LATER: the trouble can be with this file alone (an HTTP status of
 *                500 to 599)
 * retry_after_s  with TRANSPORT_LATER: try nothing for so many seconds; 0: the destination does
 *                not say
 * skipped        with TRANSPORT_TAKEN: lines of the file that were not sent
 * skipped_why    with skipped: as in "3 records ARE TOO LONG, and were left out"; static
 * text           the answer or the error, for people: one line without a newline; never empty
 */
struct transport_answer {
	enum transport_result result;
	bool server_error;
	unsigned int retry_after_s;
	uint64_t skipped;
	const char *skipped_why;
	char text[256];
};

/* send   send one file, and fill in *out. Returns when the destination has answered, or with
 *        TRANSPORT_STOPPED soon after stop_fd, which is lent and not read, became readable. A
 *        connection may stay open for the next file
 * close  end connections; t is freed
 */
struct transport_functions {
	void (*send)(struct transport *t, const struct transport_item *item, int stop_fd,
		     struct transport_answer *out);
	void (*close)(struct transport *t);
};

struct transport {
	const struct transport_functions *fn;
};

static inline void transport_send(struct transport *t, const struct transport_item *item,
				  int stop_fd, struct transport_answer *out)
{
	t->fn->send(t, item, stop_fd, out);
}

static inline void transport_close(struct transport *t)	/* NULL is fine */
{
	if (t)
		t->fn->close(t);
}

/* Longest text of transport_describe_fn, the final '\0' included. */
#define TRANSPORT_DESTINATION_SIZE 1024

/* Open the transport that the options ask for; *opts is lent until it is closed. Returns 0; or
 * -errno, with the reason in *why (refuse()) and *out untouched: -EINVAL for wrong usage. */
typedef int transport_open_fn(struct transport **out, const struct deliver_options *opts,
			      struct refusal *why);

/* Say where files go, in one line without a newline and without secrets: `exec COMMAND',
 * `url https://host:port/path', `udp HOST:PORT'. A spool is bound to this text. */
typedef void transport_describe_fn(const struct deliver_options *opts,
				   char text[TRANSPORT_DESTINATION_SIZE]);

#endif
