/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>

#include "table/kernel.h"

#define IPS_SEEN_REPLY 2

/* The self-test sends messages through a pair of Unix sockets: a socket of any family runs its
 * filter on the datagrams that come, so no netlink and no connection is needed. */

/* A message in the making. */
struct message {
	size_t len;
	char bytes[512] __attribute__((aligned(8)));
};

/* Each function adds an attribute. attr() and nest() return where the attribute begins. nest()
 * begins one that holds all attributes up to end(). */
static size_t attr(struct message *m, __u16 type, const void *data, size_t len)
{
	size_t at = m->len;
	struct nlattr head = { .nla_len = sizeof(head) + len, .nla_type = type };

	memcpy(m->bytes + at, &head, sizeof(head));
	if (len)
		memcpy(m->bytes + at + sizeof(head), data, len);
	m->len += NLA_ALIGN(sizeof(head) + len);
	return at;
}

static size_t nest(struct message *m, __u16 type)
{
	return attr(m, type | NLA_F_NESTED, NULL, 0);
}

static void end(struct message *m, size_t at)
{
	((struct nlattr *)(void *)(m->bytes + at))->nla_len = m->len - at;
}

static void tuple(struct message *m, __u16 type, bool v6, const char *src, const char *dst,
		  __be16 sport, __be16 dport)
{
	size_t outer = nest(m, type), inner = nest(m, CTA_TUPLE_IP), size = v6 ? 16 : 4;
	__u8 addr[16], l4 = v6 ? IPPROTO_UDP : IPPROTO_TCP;

	inet_pton(v6 ? AF_INET6 : AF_INET, src, addr);
	attr(m, v6 ? CTA_IP_V6_SRC : CTA_IP_V4_SRC, addr, size);
	inet_pton(v6 ? AF_INET6 : AF_INET, dst, addr);
	attr(m, v6 ? CTA_IP_V6_DST : CTA_IP_V4_DST, addr, size);
	end(m, inner);
	inner = nest(m, CTA_TUPLE_PROTO);
	attr(m, CTA_PROTO_NUM, &l4, sizeof(l4));
	attr(m, CTA_PROTO_SRC_PORT, &sport, sizeof(sport));
	attr(m, CTA_PROTO_DST_PORT, &dport, sizeof(dport));
	end(m, inner);
	end(m, outer);
}

static void counters(struct message *m, __u16 type, uint64_t packets, uint64_t bytes)
{
	size_t outer = nest(m, type);
	__be64 wire = htobe64(packets);

	attr(m, CTA_COUNTERS_PACKETS, &wire, sizeof(wire));
	wire = htobe64(bytes);
	attr(m, CTA_COUNTERS_BYTES, &wire, sizeof(wire));
	end(m, outer);
}

static void begin(struct message *m, __u16 type, __u16 flags, bool v6)
{
	const char *src = v6 ? "2001:db8::1" : "192.0.2.1", *dst = v6 ? "2001:db8::2" : "192.0.2.2";
	struct nlmsghdr nlh = {
		.nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | type,
		.nlmsg_flags = flags,
	};
	struct nfgenmsg nfg = { .nfgen_family = v6 ? AF_INET6 : AF_INET };
	__be32 word = htonl(1);

	memset(m, 0, sizeof(*m));
	memcpy(m->bytes, &nlh, sizeof(nlh));
	memcpy(m->bytes + sizeof(nlh), &nfg, sizeof(nfg));
	m->len = sizeof(nlh) + sizeof(nfg);
	tuple(m, CTA_TUPLE_ORIG, v6, src, dst, htons(1024), htons(443));
	tuple(m, CTA_TUPLE_REPLY, v6, dst, src, htons(443), htons(1024));
	attr(m, CTA_ID, &word, sizeof(word));
	word = htonl(IPS_SEEN_REPLY);
	attr(m, CTA_STATUS, &word, sizeof(word));
	word = htonl(60);
	attr(m, CTA_TIMEOUT, &word, sizeof(word));
}

/* Send a message. Returns 1 when the filter took it, 0 when the filter passed the whole message
 * on, or -errno. */
static int taken(struct message *m, const int pair[2])
{
	char back[sizeof(m->bytes)];
	ssize_t n;

	((struct nlmsghdr *)(void *)m->bytes)->nlmsg_len = m->len;
	if (send(pair[1], m->bytes, m->len, MSG_DONTWAIT) < 0 && errno != EPERM)
		return -errno;
	n = recv(pair[0], back, sizeof(back), MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN ? 1 : -errno;
	return (size_t)n == m->len && !memcmp(back, m->bytes, m->len) ? 0 : -EPROTO;
}

/* Send a start, an end, and an update, which is neither. Returns 0, or an error when the filter
 * takes other messages than it should. */
static int send_all(const struct kernel *k, const int pair[2], bool v6)
{
	struct message m;

	begin(&m, IPCTNL_MSG_CT_NEW, NLM_F_CREATE | NLM_F_EXCL, v6);
	if (taken(&m, pair) != 1)
		return -EPROTO;
	begin(&m, IPCTNL_MSG_CT_DELETE, 0, v6);
	counters(&m, CTA_COUNTERS_ORIG, 5, 500);
	counters(&m, CTA_COUNTERS_REPLY, 4, 1ULL << 40);
	if (taken(&m, pair) != kernel_counts_ends(k))
		return -EPROTO;
	begin(&m, IPCTNL_MSG_CT_NEW, 0, v6);
	return taken(&m, pair) ? -EPROTO : 0;
}

/* Whether the row is that of the start and the end of send_all(). */
static bool as_expected(const struct kernel *k, const struct flow_row *row)
{
	const struct flow_sums *s = &row->sum;

	if (kernel_is_default(k) && (row->key.dport != htons(443) || !row->key.has_ports ||
				     row->key.dir != FLOW_DIR_FORWARD))
		return false;
	if (!kernel_counts_ends(k))
		return s->starts == 1 && !s->ends;
	return s->starts == 1 && s->ends == 1 &&
	       !s->unreplied && !s->uncounted && s->orig_packets == 5 &&
	       s->orig_bytes == 500 && s->reply_packets == 4 && s->reply_bytes == 1ULL << 40;
}

/* One family after the other: the table may have room for one flow only. */
static int try_family(struct kernel *k, const int pair[2], struct memory *m, bool v6)
{
	uint64_t events = kernel_counts_ends(k) ? 2 : 1;	/* that the filter takes */
	struct kernel_rotation r;
	int err = send_all(k, pair, v6);

	if (!err)
		err = kernel_rotate(k, m, NULL, &r);
	/* the filter counted the events that it took, or the selection left all of them out */
	if (!err && r.unselected != events &&
	    (memory_rows(m) != 1 || !as_expected(k, memory_row(m, 0))))
		err = -EPROTO;
	if (!err && (r.passed[PASSED_LAYOUT] != 1 || r.passed[PASSED_END] != 2 - events ||
		     (r.unselected && memory_rows(m))))
		err = -EPROTO;
	memory_clear(m);
	return err;
}

static int try_both(struct kernel *k, const int pair[2])
{
	struct memory *m;
	int err = memory_open(&m, 2);

	if (err)
		return err;
	err = try_family(k, pair, m, false);
	if (!err)
		err = try_family(k, pair, m, true);
	memory_close(m);
	return err;
}

int kernel_self_test(struct kernel *k)
{
	int pair[2], err;

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair))
		return -errno;
	err = kernel_attach(pair[0], k);
	if (!err)
		err = try_both(k, pair);
	close(pair[0]);
	close(pair[1]);
	return err;
}

int kernel_open_tested(struct kernel **out, uint32_t max_flows, unsigned int flags,
		       const struct flow_spec *spec, const struct flow_select *select)
{
	struct kernel *k;
	int err = kernel_open(&k, max_flows, flags, spec, select);

	if (err)
		return err;
	err = kernel_self_test(k);
	if (err) {
		kernel_close(k);
		return err;
	}
	*out = k;
	return 0;
}
