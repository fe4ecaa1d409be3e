/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

#include "host/netlink.h"
#include "socket/decode.h"
#include "socket/reading.h"

/* The kernel puts at most 32 KiB of a dump into one datagram. */
#define READ_BYTES 65536

/* The states that are read, a bit each. */
#define STATES                                                                                     \
	(1u << TCP_ESTABLISHED | 1u << TCP_SYN_SENT | 1u << TCP_FIN_WAIT1 | 1u << TCP_FIN_WAIT2 |  \
	 1u << TCP_CLOSE_WAIT | 1u << TCP_LAST_ACK | 1u << TCP_CLOSING)

/* A dump has the sockets of one family. */
static const __u8 families[] = { AF_INET, AF_INET6 };
#define N_FAMILIES (sizeof(families) / sizeof(families[0]))

/* nl      NULL after an error: the rest of a dump may still come on the socket
 * family  which of the families is read
 * seq     the sequence number of its dump
 */
struct socket_reading {
	struct mnl_socket *nl;
	socket_fn *fn;
	void *arg;
	size_t family;
	uint32_t seq;
	char buf[READ_BYTES] __attribute__((aligned(8)));
};

int socket_reading_open(struct socket_reading **out, socket_fn *fn, void *arg)
{
	struct socket_reading *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->fn = fn;
	r->arg = arg;
	err = netlink_open(&r->nl, NETLINK_SOCK_DIAG, SOCK_NONBLOCK);
	if (err) {
		socket_reading_close(r);
		return err;
	}
	*out = r;
	return 0;
}

static int broken(struct socket_reading *r, int err)
{
	mnl_socket_close(r->nl);
	r->nl = NULL;
	return err;
}

static int begin_dump(struct socket_reading *r, size_t family)
{
	struct {
		struct nlmsghdr nlh;
		struct inet_diag_req_v2 req;
	} ask = {
		.nlh = {
			.nlmsg_len = sizeof(ask), .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP, .nlmsg_seq = ++r->seq,
		},
		.req = {
			.sdiag_family = families[family], .sdiag_protocol = IPPROTO_TCP,
			.idiag_ext = 1 << (INET_DIAG_INFO - 1), .idiag_states = STATES,
		},
	};

	r->family = family;
	return mnl_socket_sendto(r->nl, &ask, sizeof(ask)) < 0 ? broken(r, -errno) : 0;
}

int socket_reading_begin(struct socket_reading *r)
{
	int err = r->nl ? 0 : netlink_open(&r->nl, NETLINK_SOCK_DIAG, SOCK_NONBLOCK);

	return err ? err : begin_dump(r, 0);
}

static int take(const struct nlmsghdr *nlh, void *arg)
{
	struct socket_reading *r = arg;
	struct socket_facts facts;

	if (socket_decode(nlh, &facts))
		r->fn(r->arg, &facts);
	return MNL_CB_OK;
}

/* The end of a dump says why it ended: 0, or -errno when the kernel could not go on. libmnl does not
 * look. */
static int take_end(const struct nlmsghdr *nlh, void *arg)
{
	int err = 0;

	(void)arg;
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(err))
		memcpy(&err, mnl_nlmsg_get_payload(nlh), sizeof(err));
	if (err >= 0)
		return MNL_CB_STOP;
	errno = -err;
	return MNL_CB_ERROR;
}

static mnl_cb_t controls[NLMSG_MIN_TYPE] = { [NLMSG_DONE] = take_end };

/* The kernel has the next datagram of a dump ready when the one before has been received, so that
 * there is always one to read. */
int socket_reading_step(struct socket_reading *r)
{
	ssize_t len;
	int more;

	if (!r->nl)
		return -EBADF;
	len = mnl_socket_recvfrom(r->nl, r->buf, sizeof(r->buf));
	if (len < 0)
		return errno == EINTR ? 0 : broken(r, -errno);
	more = mnl_cb_run2(r->buf, len, r->seq, mnl_socket_get_portid(r->nl), take, r, controls,
			   NLMSG_MIN_TYPE);
	if (more < MNL_CB_STOP)
		return broken(r, -errno);
	if (more > MNL_CB_STOP)
		return 0;
	return r->family + 1 < N_FAMILIES ? begin_dump(r, r->family + 1) : 1;
}

void socket_reading_close(struct socket_reading *r)
{
	if (!r)
		return;
	if (r->nl)
		mnl_socket_close(r->nl);
	free(r);
}
