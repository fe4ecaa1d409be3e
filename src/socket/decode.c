/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/tcp.h>

#include "flow/address.h"
#include "socket/decode.h"

/* The counters that are read end with tcpi_bytes_retrans, the last one of them to be added (Linux 4.19). */
#define INFO_BYTES offsetof(struct tcp_info, tcpi_dsack_dups)

static bool take_info(struct socket_facts *f, const struct nlattr *attr)
{
	struct tcp_info info;

	if (mnl_attr_get_payload_len(attr) < INFO_BYTES)
		return false;
	memcpy(&info, mnl_attr_get_payload(attr), INFO_BYTES);
	f->rtt_us = info.tcpi_rtt;
	f->counters = (struct socket_counters){
		info.tcpi_bytes_sent, info.tcpi_bytes_received, info.tcpi_total_retrans,
		info.tcpi_bytes_retrans,
	};
	return true;
}

/* Returns whether there are counters among the attributes. */
static bool take_attributes(struct socket_facts *f, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	bool counted = false;

	mnl_attr_for_each(attr, nlh, sizeof(struct inet_diag_msg)) {
		if (mnl_attr_get_type(attr) == INET_DIAG_INFO)
			counted = take_info(f, attr);
		else if (mnl_attr_get_type(attr) == INET_DIAG_CGROUP_ID &&
			 mnl_attr_get_payload_len(attr) >= sizeof(f->cgroup))
			memcpy(&f->cgroup, mnl_attr_get_payload(attr), sizeof(f->cgroup));
	}
	return counted;
}

static void take_address(__u8 addr[16], __u8 family, const __be32 from[4])
{
	if (family == AF_INET)
		flow_addr_v4(addr, from);
	else
		memcpy(addr, from, 16);
}

static bool is_mapped(const __u8 addr[16])
{
	__u8 mapped[16];

	flow_addr_v4(mapped, addr + 12);
	return !memcmp(addr, mapped, sizeof(mapped));
}

/* A socket without a file has an inode of 0, and then, on older kernels, always the user 0. */
bool socket_decode(const struct nlmsghdr *nlh, struct socket_facts *out)
{
	struct socket_facts f = { 0 };
	struct inet_diag_msg m;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(m))
		return false;
	memcpy(&m, mnl_nlmsg_get_payload(nlh), sizeof(m));
	if (m.idiag_family != AF_INET && m.idiag_family != AF_INET6)
		return false;
	f.cookie = (uint64_t)m.id.idiag_cookie[1] << 32 | m.id.idiag_cookie[0];
	f.state = m.idiag_state;
	f.has_uid = m.idiag_inode;
	f.uid = m.idiag_uid;
	take_address(f.local, m.idiag_family, m.id.idiag_src);
	take_address(f.peer, m.idiag_family, m.id.idiag_dst);
	f.family = is_mapped(f.local) && is_mapped(f.peer) ? AF_INET : AF_INET6;
	f.local_port = m.id.idiag_sport;
	f.peer_port = m.id.idiag_dport;
	if (!take_attributes(&f, nlh))
		return false;
	*out = f;
	return true;
}
