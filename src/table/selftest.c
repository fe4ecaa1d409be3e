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

#include <libmnl/libmnl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>

#include "table/kernel.h"

/* The self-test sends messages through a pair of Unix sockets: a socket of any family runs its
 * filter on the datagrams that come, so no netlink and no connection is needed. The messages are
 * built by libnetfilter_conntrack and libmnl, so that a mistake about their layout in the filter
 * is not made a second time here. */

/* Room for one message, which has 220 bytes at most. */
struct message {
	char bytes[512] __attribute__((aligned(8)));
};

static void set_address(struct nf_conntrack *ct, bool v6, enum nf_conntrack_attr attr,
			const char *text)
{
	__u8 addr[16];

	inet_pton(v6 ? AF_INET6 : AF_INET, text, addr);
	nfct_set_attr(ct, attr, addr);
}

/* A connection that has seen a reply. Returns NULL when memory runs out, or one to be freed with
 * nfct_destroy(). */
static struct nf_conntrack *connection(bool v6)
{
	struct nf_conntrack *ct = nfct_new();

	if (!ct)
		return NULL;
	nfct_set_attr_u8(ct, ATTR_L3PROTO, v6 ? AF_INET6 : AF_INET);
	set_address(ct, v6, v6 ? ATTR_IPV6_SRC : ATTR_IPV4_SRC, v6 ? "2001:db8::1" : "192.0.2.1");
	set_address(ct, v6, v6 ? ATTR_IPV6_DST : ATTR_IPV4_DST, v6 ? "2001:db8::2" : "192.0.2.2");
	nfct_set_attr_u8(ct, ATTR_L4PROTO, v6 ? IPPROTO_UDP : IPPROTO_TCP);
	nfct_set_attr_u16(ct, ATTR_PORT_SRC, htons(1024));
	nfct_set_attr_u16(ct, ATTR_PORT_DST, htons(443));
	nfct_setobjopt(ct, NFCT_SOPT_SETUP_REPLY);
	nfct_set_attr_u32(ct, ATTR_STATUS, IPS_SEEN_REPLY);
	nfct_set_attr_u32(ct, ATTR_TIMEOUT, 60);
	return ct;
}

static struct nlmsghdr *begin(struct message *m, __u16 type, __u16 flags, bool v6)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(m->bytes);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));

	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | type;
	nlh->nlmsg_flags = flags;
	nfg->nfgen_family = v6 ? AF_INET6 : AF_INET;
	return nlh;
}

/* Copy the attributes that the library has built. CTA_ID, which the library does not build because
 * only the kernel sends it, goes where the kernel puts it: before CTA_STATUS. */
static void copy_with_id(struct nlmsghdr *to, const struct nlmsghdr *built)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, built, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) == CTA_STATUS)
			mnl_attr_put_u32(to, CTA_ID, htonl(1));
		/* nla_type with its flag NLA_F_NESTED */
		mnl_attr_put(to, attr->nla_type, mnl_attr_get_payload_len(attr),
			     mnl_attr_get_payload(attr));
	}
}

/* Begin a message about the connection, to which counters may be added. Returns 0, -ENOMEM, or
 * -EPROTO when the library refuses. */
static int build(struct message *m, __u16 type, __u16 flags, bool v6)
{
	struct nf_conntrack *ct = connection(v6);
	struct message built;
	struct nlmsghdr *nlh = begin(&built, type, flags, v6);
	int err = 0;

	if (!ct)
		return -ENOMEM;
	if (nfct_nlmsg_build(nlh, ct))
		err = -EPROTO;
	else
		copy_with_id(begin(m, type, flags, v6), nlh);
	nfct_destroy(ct);
	return err;
}

/* The library builds no counters: those too are only sent by the kernel. */
static void counters(struct message *m, __u16 type, uint64_t packets, uint64_t bytes)
{
	struct nlmsghdr *nlh = (void *)m->bytes;
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	mnl_attr_put_u64(nlh, CTA_COUNTERS_PACKETS, htobe64(packets));
	mnl_attr_put_u64(nlh, CTA_COUNTERS_BYTES, htobe64(bytes));
	mnl_attr_nest_end(nlh, nest);
}

/* Nor does the library put the state of TCP where the kernel does. */
static void closed_by_reset(struct message *m)
{
	struct nlmsghdr *nlh = (void *)m->bytes;
	struct nlattr *info = mnl_attr_nest_start(nlh, CTA_PROTOINFO);
	struct nlattr *tcp = mnl_attr_nest_start(nlh, CTA_PROTOINFO_TCP);

	mnl_attr_put_u8(nlh, CTA_PROTOINFO_TCP_STATE, TCP_CONNTRACK_CLOSE);
	mnl_attr_nest_end(nlh, tcp);
	mnl_attr_nest_end(nlh, info);
}

/* Send a message. Returns 1 when the filter took it, 0 when the filter passed the whole message
 * on, or -errno. */
static int taken(const struct message *m, const int pair[2])
{
	size_t len = ((const struct nlmsghdr *)(const void *)m->bytes)->nlmsg_len;
	char back[sizeof(m->bytes)];
	ssize_t n;

	if (send(pair[1], m->bytes, len, MSG_DONTWAIT) < 0 && errno != EPERM)
		return -errno;
	n = recv(pair[0], back, sizeof(back), MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN ? 1 : -errno;
	return (size_t)n == len && !memcmp(back, m->bytes, len) ? 0 : -EPROTO;
}

/* Send a start, an end, and an update, which is neither. Returns 0, or an error when the filter
 * takes other messages than it should. */
static int send_all(const struct kernel *k, const int pair[2], bool v6)
{
	struct message start, end, update;
	int err = build(&start, IPCTNL_MSG_CT_NEW, NLM_F_CREATE | NLM_F_EXCL, v6);

	if (!err)
		err = build(&end, IPCTNL_MSG_CT_DELETE, 0, v6);
	if (!err)
		err = build(&update, IPCTNL_MSG_CT_NEW, 0, v6);
	if (err)
		return err;
	counters(&end, CTA_COUNTERS_ORIG, 5, 500);
	counters(&end, CTA_COUNTERS_REPLY, 4, 1ULL << 40);
	if (!v6)
		closed_by_reset(&end);
	if (taken(&start, pair) != 1 || taken(&end, pair) != kernel_counts_ends(k) ||
	    taken(&update, pair))
		return -EPROTO;
	return 0;
}

/* Whether the row is that of the start and the end of send_all(). */
static bool as_expected(const struct kernel *k, const struct flow_row *row, bool v6)
{
	const struct flow_sums *s = &row->sum;

	if (kernel_is_default(k) && (row->key.dport != htons(443) || !row->key.has_ports ||
				     row->key.dir != FLOW_DIR_FORWARD))
		return false;
	if (!kernel_counts_ends(k))
		return s->starts == 1 && !s->ends;
	return s->starts == 1 && s->ends == 1 &&
	       !s->unreplied && s->tcp_reset == !v6 && !s->uncounted && s->orig_packets == 5 &&
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
	    (memory_rows(m) != 1 || !as_expected(k, memory_row(m, 0), v6)))
		err = -EPROTO;
	/* cppcheck-suppress uninitvar; kernel_rotate() fills r, or err is set */
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
