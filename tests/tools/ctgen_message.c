/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The library builds each message once, with addresses and ports that are marks; where
 * the marks are found, the values of each connection are put. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "tools/ctgen_message.h"
#include "tools/ctgen_options.h"

bool is_v6(uint32_t key)
{
	return opt.mixed ? key % 2 : opt.ipv6;
}

void address(uint8_t addr[16], bool v6, bool source, uint32_t key)
{
	uint32_t host = htonl(source ? key : key % 1000);

	memset(addr, 0, 16);
	if (v6) {
		memcpy(addr, source ? "\xfd\x00" : "\x20\x01\x0d\xb8", source ? 2 : 4);
		memcpy(addr + 12, &host, 4);
	} else {
		host = htonl((source ? 0x0a000000 : 0xc6120000) + ntohl(host));
		memcpy(addr, &host, 4);
	}
}

uint16_t dest_port(uint32_t key)
{
	return 1000 + key % 50000;
}

static const uint8_t src_mark[16] = "\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xab\xac\xad\xae\xaf\xa0";
static const uint8_t dst_mark[16] = "\xb1\xb2\xb3\xb4\xb5\xb6\xb7\xb8\xb9\xba\xbb\xbc\xbd\xbe\xbf\xb0";
static const uint8_t sport_mark[2] = "\xc1\xc2", dport_mark[2] = "\xd1\xd2";

static void set_tuple(struct nf_conntrack *ct, bool v6, bool reply)
{
	const uint8_t *from = reply ? dst_mark : src_mark, *to = reply ? src_mark : dst_mark;
	static const uint8_t elsewhere[16] = "\xc0\xa8\x00\x01";
	uint16_t sport, dport;

	if (reply && opt.nat)
		from = elsewhere;
	memcpy(&sport, reply ? dport_mark : sport_mark, 2);
	memcpy(&dport, reply ? sport_mark : dport_mark, 2);
	nfct_set_attr_u8(ct, reply ? ATTR_REPL_L3PROTO : ATTR_ORIG_L3PROTO, v6 ? AF_INET6 : AF_INET);
	nfct_set_attr_u8(ct, reply ? ATTR_REPL_L4PROTO : ATTR_ORIG_L4PROTO, opt.l4);
	if (v6) {
		nfct_set_attr(ct, reply ? ATTR_REPL_IPV6_SRC : ATTR_ORIG_IPV6_SRC, from);
		nfct_set_attr(ct, reply ? ATTR_REPL_IPV6_DST : ATTR_ORIG_IPV6_DST, to);
	} else {
		nfct_set_attr(ct, reply ? ATTR_REPL_IPV4_SRC : ATTR_ORIG_IPV4_SRC, from);
		nfct_set_attr(ct, reply ? ATTR_REPL_IPV4_DST : ATTR_ORIG_IPV4_DST, to);
	}
	if (has_ports() || opt.l4 == IPPROTO_GRE) {
		nfct_set_attr_u16(ct, reply ? ATTR_REPL_PORT_SRC : ATTR_ORIG_PORT_SRC, sport);
		nfct_set_attr_u16(ct, reply ? ATTR_REPL_PORT_DST : ATTR_ORIG_PORT_DST, dport);
	}
}

static void set_rest(struct nf_conntrack *ct)
{
	uint16_t id;

	if (is_icmp()) {
		memcpy(&id, sport_mark, 2);
		nfct_set_attr_u8(ct, ATTR_ICMP_TYPE, opt.l4 == IPPROTO_ICMP ? 8 : 128);
		nfct_set_attr_u8(ct, ATTR_ICMP_CODE, 0);
		nfct_set_attr_u16(ct, ATTR_ICMP_ID, id);
	}
	nfct_set_attr_u32(ct, ATTR_TIMEOUT, opt.timeout);
	if (opt.l4 == IPPROTO_TCP)
		nfct_set_attr_u8(ct, ATTR_TCP_STATE, TCP_CONNTRACK_ESTABLISHED);
	if (opt.assured)
		nfct_set_attr_u32(ct, ATTR_STATUS, IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_ASSURED);
	if (opt.zone != UINT64_MAX)
		nfct_set_attr_u16(ct, ATTR_ZONE, opt.zone);
	if (opt.mark != UINT64_MAX)
		nfct_set_attr_u32(ct, ATTR_MARK, opt.mark);
}

static void find_marks(const struct template *t, const uint8_t *mark, size_t len, uint16_t at[2])
{
	int found = 0;

	for (size_t i = 20; i + len <= t->len && found < 2; i += 4)
		if (!memcmp(t->bytes + i, mark, len))
			at[found++] = i;
}

void build_template(struct template *t, bool is_delete, bool v6)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(t->bytes);
	struct nf_conntrack *ct = nfct_new();
	struct nfgenmsg *nfg;
	size_t addr_len = v6 ? 16 : 4;

	if (!ct)
		die("nfct_new", strerror(errno));
	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | (is_delete ? IPCTNL_MSG_CT_DELETE : IPCTNL_MSG_CT_NEW);
	nlh->nlmsg_flags = NLM_F_REQUEST | (is_delete ? 0 : NLM_F_CREATE | NLM_F_EXCL);
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = v6 ? AF_INET6 : AF_INET;
	nfg->version = NFNETLINK_V0;
	set_tuple(ct, v6, false);
	if (!is_delete)
		set_tuple(ct, v6, true);
	set_rest(ct);
	if (nfct_nlmsg_build(nlh, ct) < 0)
		die("a message cannot be built", strerror(errno));
	nfct_destroy(ct);
	t->len = nlh->nlmsg_len;
	find_marks(t, src_mark, addr_len, t->src);
	find_marks(t, dst_mark, addr_len, t->dst);
	find_marks(t, sport_mark, 2, t->sport);
	find_marks(t, dport_mark, 2, t->dport);
	if (!t->src[0] || !t->dst[0])
		die("a message", "has no tuple");	/* sent as a delete, it would empty the table */
}

static void put(char *bytes, const uint16_t at[2], const void *value, size_t len)
{
	for (int i = 0; i < 2 && at[i]; i++)
		memcpy(bytes + at[i], value, len);
}

size_t fill_message(char *bytes, const struct template *t, const struct conn *c, uint32_t seq)
{
	bool v6 = is_v6(c->key);
	uint16_t sport = htons(c->port), dport = htons(dest_port(c->key));
	uint8_t addr[16];

	memcpy(bytes, t->bytes, t->len);
	((struct nlmsghdr *)(void *)bytes)->nlmsg_seq = seq;
	address(addr, v6, true, c->key);
	put(bytes, t->src, addr, v6 ? 16 : 4);
	address(addr, v6, false, c->key);
	put(bytes, t->dst, addr, v6 ? 16 : 4);
	put(bytes, t->sport, &sport, 2);
	put(bytes, t->dport, &dport, 2);
	return t->len;
}
