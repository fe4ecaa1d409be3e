/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/answer.h"
#include "deliver/datagram.h"
#include "deliver/lines.h"
#include "deliver/syslog.h"
#include "deliver/udp.h"

/* Lines between two looks at stop_fd. */
#define LINES_A_LOOK 256

struct udp {
	struct transport t;
	struct datagram to;
	bool syslog;
	struct lines lines;
};

/* Returns 1 when the line was sent, 0 when it is too long, or -errno. */
static int send_line(const struct udp *u, const char *line, size_t n, int stop_fd)
{
	char header[SYSLOG_HEADER_MAX];
	struct iovec part[2] = { { .iov_base = header }, { .iov_base = (char *)line, .iov_len = n } };
	int err;

	if (line && u->syslog)
		part[0].iov_len = syslog_header(header, line, n);
	if (!line || part[0].iov_len + n > DATAGRAM_MAX)
		return 0;
	err = datagram_send(&u->to, part, 2, stop_fd);
	return err ? err : 1;
}

static int send_lines(struct udp *u, int stop_fd, uint64_t *sent, uint64_t *skipped)
{
	const char *line;
	size_t n;
	int err;

	while ((err = lines_next(&u->lines, &line, &n)) > 0) {
		err = send_line(u, line, n, stop_fd);
		if (err > 0)
			++*sent;
		else if (!err)
			++*skipped;
		if (err >= 0 && (*sent + *skipped) % LINES_A_LOOK == 0)
			err = datagram_wait(-1, stop_fd, 0);
		if (err < 0)
			break;
	}
	return err < 0 ? err : datagram_error(&u->to);
}

static void udp_send(struct transport *t, const struct transport_item *item, int stop_fd,
		     struct transport_answer *out)
{
	struct udp *u = (struct udp *)t;
	uint64_t sent = 0, skipped = 0;
	struct refusal why = { 0 };
	bool anew;
	int err = datagram_connect(&u->to, stop_fd, &anew, &why);

	if (!err) {
		lines_init(&u->lines, item->fd);
		err = send_lines(u, stop_fd, &sent, &skipped);
		refuse(&why, "%s", strerror(-err));
	}
	if (err)
		datagram_disconnect(&u->to);
	if (err == -ECANCELED)
		answer_set(out, TRANSPORT_STOPPED, "stopped after %" PRIu64 " datagrams", sent);
	else if (err)
		answer_set(out, TRANSPORT_LATER, "%s", why.why);
	else
		answer_set(out, TRANSPORT_TAKEN, "%" PRIu64 " datagrams sent, %" PRIu64 " records longer than %d bytes skipped",
			   sent, skipped, DATAGRAM_MAX);
	out->skipped = err ? 0 : skipped;
	out->skipped_why = "are too long to be sent";
}

static void udp_close(struct transport *t)
{
	datagram_disconnect(&((struct udp *)t)->to);
	free(t);
}

int udp_open(struct transport **out, const struct deliver_options *opts, struct refusal *why)
{
	static const struct transport_functions functions = { .send = udp_send, .close = udp_close };
	struct udp *u = calloc(1, sizeof(*u));
	int err;

	if (!u)
		return -ENOMEM;
	u->t.fn = &functions;
	u->to.fd = -1;
	u->syslog = opts->syslog;
	err = address_parse(&u->to.address, opts->udp, why);
	if (err) {
		free(u);
		return err;
	}
	*out = &u->t;
	return 0;
}

void udp_describe(const struct deliver_options *opts, char text[TRANSPORT_DESTINATION_SIZE])
{
	snprintf(text, TRANSPORT_DESTINATION_SIZE, "udp %s", opts->udp);
}
