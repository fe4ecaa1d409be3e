/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "deliver/address.h"
#include "deliver/answer.h"
#include "deliver/ipfix.h"
#include "deliver/ipfix_encoder.h"
#include "deliver/ipfix_way.h"
#include "deliver/lines.h"
#include "window/clock.h"

/* How often templates are sent again where they can get lost: a collector that was started anew, or that
 * missed one, drops records of templates that it does not know. */
#define REPEAT_NS 20000000000ULL
/* Lines between two looks at stop_fd. */
#define LINES_A_LOOK 256

/* stop_fd      of the file that is being sent
 * fresh        the session began with the file
 * repeated_ns  when templates were sent again last
 * sent         records of the file
 */
struct ipfix {
	struct transport t;
	const struct deliver_options *opts;
	struct ipfix_way *way;
	struct ipfix_encoder *encoder;
	int stop_fd;
	bool fresh;
	uint64_t repeated_ns, sent, skipped;
	struct lines lines;
	struct ipfix_record record;
};

static int send_message(void *arg, const uint8_t *message, size_t n)
{
	struct ipfix *x = arg;

	return x->way->fn->send(x->way, message, n, x->stop_fd);
}

static int begin_session(struct ipfix *x)
{
	const struct ipfix_settings settings = {
		.domain = (uint32_t)x->opts->ipfix_domain,
		.enterprise = (uint32_t)x->opts->ipfix_enterprise,
		.max_bytes = x->way->max_bytes, .send = send_message, .arg = x,
	};

	ipfix_encoder_close(x->encoder);
	x->encoder = ipfix_encoder_open(&settings);
	x->repeated_ns = clock_monotonic_ns();
	return x->encoder ? 0 : -ENOMEM;
}

static int repeat_templates(struct ipfix *x)
{
	uint64_t now = clock_monotonic_ns();

	if (!x->way->lossy || now - x->repeated_ns < REPEAT_NS)
		return 0;
	x->repeated_ns = now;
	return ipfix_encoder_repeat(x->encoder);
}

static int send_line(struct ipfix *x, const char *line, size_t n)
{
	int result = line ? ipfix_record_read(&x->record, line, n) : -EBADMSG;

	if (result == IPFIX_LINE_RECORD)
		result = ipfix_encoder_add(x->encoder, &x->record);
	else if (result == IPFIX_LINE_NONE)
		return 0;
	if (result == -EBADMSG || result == -EMSGSIZE || (result == -E2BIG && x->fresh)) {
		x->skipped++;
		return 0;
	}
	x->sent += !result;
	return result;
}

static int look(const struct ipfix *x)
{
	struct pollfd p = { .fd = x->stop_fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0 ? -ECANCELED : 0;
}

static int send_lines(struct ipfix *x, int fd)
{
	const char *line;
	size_t n;
	int more, err = 0;

	lines_init(&x->lines, fd);
	for (size_t i = 0; !err && (more = lines_next(&x->lines, &line, &n)) != 0; i++) {
		err = more < 0 ? more : i % LINES_A_LOOK == 0 ? look(x) : 0;
		if (!err && i % LINES_A_LOOK == 0)
			err = repeat_templates(x);
		if (!err)
			err = send_line(x, line, n);
	}
	if (!err)
		err = ipfix_encoder_flush(x->encoder);
	return err ? err : x->way->fn->end(x->way, x->stop_fd);
}

static int send_file(struct ipfix *x, int fd, struct refusal *why)
{
	bool anew = false;
	int err = x->way->fn->begin(x->way, x->stop_fd, &anew, why);

	if (err)
		return err;
	x->fresh = anew || !x->encoder;
	if (x->fresh)
		err = begin_session(x);
	if (!err)
		err = send_lines(x, fd);
	if (err)
		refuse(why, "%s", strerror(-err));
	return err;
}

/* What the message on its way held is lost with the session: the file is sent again from its beginning. */
static void give_up(struct ipfix *x)
{
	ipfix_encoder_close(x->encoder);
	x->encoder = NULL;
	x->way->fn->give_up(x->way);
}

/* Where a session that has had many files takes no kind of record more, a new one does. */
static int send_whole(struct ipfix *x, int fd, struct refusal *why)
{
	int err;

	do {
		x->sent = x->skipped = 0;
		err = send_file(x, fd, why);
		if (err)
			give_up(x);
	} while (err == -E2BIG && !x->fresh);
	return err;
}

static void ipfix_send(struct transport *t, const struct transport_item *item, int stop_fd,
		       struct transport_answer *out)
{
	struct ipfix *x = (struct ipfix *)t;
	struct refusal why = { 0 };
	int err;

	x->stop_fd = stop_fd;
	err = send_whole(x, item->fd, &why);
	if (err == -ECANCELED)
		answer_set(out, TRANSPORT_STOPPED, "stopped after %" PRIu64 " records", x->sent);
	else if (err)
		answer_set(out, TRANSPORT_LATER, "%s", why.why);
	else
		answer_set(out, TRANSPORT_TAKEN, "%" PRIu64 " records sent, %" PRIu64 " lines skipped",
			   x->sent, x->skipped);
	out->skipped = err ? 0 : x->skipped;
	out->skipped_why = "cannot be read, are too long for a message, or are of more kinds than a session has templates";
}

static void ipfix_close(struct transport *t)
{
	struct ipfix *x = (struct ipfix *)t;

	ipfix_encoder_close(x->encoder);
	x->way->fn->close(x->way);
	free(x);
}

static ipfix_way_open_fn *way_of(const struct deliver_options *opts)
{
	struct refusal why;
	struct address a;

	if (opts->ipfix_file)
		return ipfix_file_open;
	return !address_parse_any(&a, opts->ipfix, &why) && a.type == SOCK_STREAM ? ipfix_tcp_open : ipfix_udp_open;
}

int ipfix_open(struct transport **out, const struct deliver_options *opts, struct refusal *why)
{
	static const struct transport_functions functions = { .send = ipfix_send, .close = ipfix_close };
	struct ipfix *x = calloc(1, sizeof(*x));
	int err;

	if (!x)
		return -ENOMEM;
	x->t.fn = &functions;
	x->opts = opts;
	err = way_of(opts)(&x->way, opts, why);
	if (err) {
		free(x);
		return err;
	}
	*out = &x->t;
	return 0;
}

void ipfix_describe(const struct deliver_options *opts, char text[TRANSPORT_DESTINATION_SIZE])
{
	snprintf(text, TRANSPORT_DESTINATION_SIZE, "%s %s", opts->ipfix ? "ipfix" : "ipfix-file",
		 opts->ipfix ? opts->ipfix : opts->ipfix_file);
}
