/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "deliver/datagram.h"
#include "deliver/ipfix_way.h"
#include "window/clock.h"

/* A collector that runs has room for about 90 datagrams (net.core.rmem_default, 212,992 bytes, of which the
 * kernel takes 2,304 for a datagram of 1,400): at this rate it has 16 ms to read them. */
#define BYTES_A_MS 8000ULL
#define NS_PER_MS 1000000ULL
#define BURST_MS 4

/* Messages of IPFIX, a datagram each (RFC 7011, 10.3).
 *
 * since_ns  from when on `sent' bytes count
 */
struct ipfix_udp {
	struct ipfix_way way;
	struct datagram to;
	uint64_t since_ns, sent;
};

static int begin(struct ipfix_way *w, int stop_fd, bool *anew, struct refusal *why)
{
	struct ipfix_udp *u = (struct ipfix_udp *)w;

	u->since_ns = clock_monotonic_ns();
	u->sent = 0;
	return datagram_connect(&u->to, stop_fd, anew, why);
}

/* Nothing slows a sender of datagrams down but this. */
static int keep_rate(const struct ipfix_udp *u, int stop_fd)
{
	uint64_t due_ms = u->sent / BYTES_A_MS;
	uint64_t now_ms = (clock_monotonic_ns() - u->since_ns) / NS_PER_MS;

	if (due_ms <= now_ms + BURST_MS)
		return 0;
	return datagram_wait(-1, stop_fd, (int)(due_ms - now_ms));
}

static int send_message(struct ipfix_way *w, const uint8_t *message, size_t n, int stop_fd)
{
	struct ipfix_udp *u = (struct ipfix_udp *)w;
	const struct iovec part = { .iov_base = (void *)message, .iov_len = n };
	int err = datagram_send(&u->to, &part, 1, stop_fd);

	u->sent += n;
	return err ? err : keep_rate(u, stop_fd);
}

static int end(struct ipfix_way *w, int stop_fd)
{
	(void)stop_fd;
	return datagram_error(&((struct ipfix_udp *)w)->to);
}

static void give_up(struct ipfix_way *w)
{
	datagram_disconnect(&((struct ipfix_udp *)w)->to);
}

static void close_udp(struct ipfix_way *w)
{
	give_up(w);
	free(w);
}

int ipfix_udp_open(struct ipfix_way **out, const struct deliver_options *opts, struct refusal *why)
{
	static const struct ipfix_way_functions functions = {
		.begin = begin, .send = send_message, .end = end, .give_up = give_up,
		.close = close_udp,
	};
	struct ipfix_udp *u = calloc(1, sizeof(*u));
	int err;

	if (!u)
		return -ENOMEM;
	u->way = (struct ipfix_way){ &functions, DATAGRAM_MAX, true };
	u->to.fd = -1;
	err = address_parse(&u->to.address, opts->ipfix, why);
	if (err) {
		free(u);
		return err;
	}
	*out = &u->way;
	return 0;
}
