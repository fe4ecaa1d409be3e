/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>

#include "host/netlink.h"
#include "source/nflog_decode.h"

/* linux/netfilter.h of Linux 5.16; older headers lack it. */
#define HOOK_NETDEV_EGRESS 1

/* The attributes of a message: of[n] is the one of type n, or NULL. If a type is repeated, the
 * first attribute is listed. Attributes behind a damaged header are not listed. */
struct attributes {
	const struct nlattr *of[NFULA_MAX + 1];
};

static void list_attributes(struct attributes *list, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr = mnl_nlmsg_get_payload_offset(nlh, sizeof(struct nfgenmsg));
	int left = nlh->nlmsg_len - MNL_NLMSG_HDRLEN - sizeof(struct nfgenmsg);

	memset(list, 0, sizeof(*list));
	for (; mnl_attr_ok(attr, left); attr = mnl_attr_next(attr)) {
		unsigned int type = mnl_attr_get_type(attr);

		if (type <= NFULA_MAX && !list->of[type])
			list->of[type] = attr;
		left -= MNL_ALIGN(attr->nla_len);
	}
}

/* Copy the payload of an attribute. False when the attribute is missing, or its payload is not
 * exactly len bytes long. */
static bool take(const struct attributes *list, int type, void *to, size_t len)
{
	const struct nlattr *attr = list->of[type];

	if (!attr || mnl_attr_get_payload_len(attr) != len)
		return false;
	memcpy(to, mnl_attr_get_payload(attr), len);
	return true;
}

static void take_time(const struct attributes *list, struct flow_event *ev)
{
	struct nfulnl_msg_packet_timestamp ts;

	ev->has_time = take(list, NFULA_TIMESTAMP, &ts, sizeof(ts));
	if (ev->has_time)
		ev->time_ns = be64toh(ts.sec) * 1000000000ULL + be64toh(ts.usec) * 1000;
}

static void take_prefix(const struct attributes *list, struct nflog_packet *packet)
{
	const struct nlattr *attr = list->of[NFULA_PREFIX];

	packet->prefix = "";
	packet->prefix_len = 0;
	if (!attr)
		return;
	packet->prefix = mnl_attr_get_payload(attr);
	packet->prefix_len = strnlen(packet->prefix, mnl_attr_get_payload_len(attr));
	if (packet->prefix_len > NFLOG_MAX_PREFIX)
		packet->prefix_len = NFLOG_MAX_PREFIX;
}

/* The index of a device; 0 where the message names none. */
static uint32_t take_device(const struct attributes *list, int type)
{
	uint32_t device;

	return take(list, type, &device, sizeof(device)) ? ntohl(device) : 0;
}

/* In a bridge hook, INDEV and OUTDEV are the bridge, and PHYSINDEV and PHYSOUTDEV the ports that
 * the rule sees. In other hooks a packet can have come by a port as well (br_netfilter), but the
 * rule sees the bridge. */
static void take_devices(const struct attributes *list, struct nflog_packet *packet)
{
	packet->in = packet->out = 0;
	if (packet->family == NFPROTO_BRIDGE) {
		packet->in = take_device(list, NFULA_IFINDEX_PHYSINDEV);
		packet->out = take_device(list, NFULA_IFINDEX_PHYSOUTDEV);
	}
	if (!packet->in)
		packet->in = take_device(list, NFULA_IFINDEX_INDEV);
	if (!packet->out)
		packet->out = take_device(list, NFULA_IFINDEX_OUTDEV);
}

/* What the packet begins with (ETH_P_*). Hooks of IPv4 see IPv4 packets only, and hooks of IPv6 see
 * IPv6 packets only. Bridge and netdev hooks see frames of all kinds, and the message carries the
 * frame's type. */
static uint16_t ethertype(uint8_t family, const struct nfulnl_msg_packet_hdr *hdr)
{
	switch (family) {
	case NFPROTO_IPV4:
		return ETH_P_IP;
	case NFPROTO_IPV6:
		return ETH_P_IPV6;
	}
	return ntohs(hdr->hw_protocol);
}

/* The bytes of a message's packet that have not been read yet. ethertype (host order, ETH_P_*):
 * what the packet begins with, behind its link header if there is one. */
struct payload {
	const uint8_t *at;
	size_t len;
	uint16_t ethertype;
};

/* Skip the link header at the beginning of the packet. NFULA_L2HDR holds the kernel's copy
 * of the link header; false when there is no copy, or the packet does not begin with the
 * same bytes. */
static bool skip_link_header(const struct attributes *list, struct payload *p)
{
	const struct nlattr *attr = list->of[NFULA_L2HDR];
	size_t len = attr ? mnl_attr_get_payload_len(attr) : 0;

	if (!len || len > p->len || memcmp(p->at, mnl_attr_get_payload(attr), len))
		return false;
	p->at += len;
	p->len -= len;
	return true;
}

/* In the egress hook of a device the packet begins with its link header. An Ethernet header is
 * decoded. Of any other link header only the length is known: that of the kernel's copy. Devices of
 * the types listed below, from ARPHRD_NONE on, mostly have no link header; then the kernel sends no
 * copy, and the packet begins with its IP header. */
static enum packet_result decode_egress(const struct attributes *list, struct payload *p, int type,
					struct flow_event *ev)
{
	switch (type) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		return packet_decode_ethernet(p->at, p->len, ev);
	case ARPHRD_NONE:
	case ARPHRD_RAWIP:
	case ARPHRD_PPP:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_IP6GRE:
		if (!list->of[NFULA_L2HDR])
			break;
		/* fall through */
	default:
		if (!skip_link_header(list, p))
			return PACKET_ODD;
	}
	return packet_decode(p->at, p->len, p->ethertype, ev);
}

static enum packet_result decode_packet(const struct attributes *list,
					const struct nfulnl_msg_packet_hdr *hdr,
					nflog_device_type *type_of, void *arg,
					struct nflog_packet *packet)
{
	const struct nlattr *attr = list->of[NFULA_PAYLOAD];
	struct flow_event *ev = &packet->event;
	struct payload p;
	uint32_t device;

	if (!attr)
		return PACKET_ODD;
	p.at = mnl_attr_get_payload(attr);
	p.len = mnl_attr_get_payload_len(attr);
	p.ethertype = ethertype(packet->family, hdr);
	if (packet->family != NFPROTO_NETDEV || hdr->hook != HOOK_NETDEV_EGRESS)
		return packet_decode(p.at, p.len, p.ethertype, ev);
	if (!take(list, NFULA_IFINDEX_OUTDEV, &device, sizeof(device)))
		return PACKET_ODD;
	return decode_egress(list, &p, type_of(arg, ntohl(device)), ev);
}

int nflog_decode(const void *msg, size_t len, nflog_device_type *type_of, void *arg,
		 struct nflog_message *out)
{
	const struct nlmsghdr *nlh = msg;
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);
	struct nflog_packet *packet = &out->packet;
	struct nfulnl_msg_packet_hdr hdr;
	struct attributes list;

	if (!netlink_message_ok(nlh, len) || nlh->nlmsg_len < sizeof(*nlh) + sizeof(*nfg) ||
	    nlh->nlmsg_type != (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET))
		return -EBADMSG;
	list_attributes(&list, nlh);
	if (!take(&list, NFULA_PACKET_HDR, &hdr, sizeof(hdr)))
		return -EBADMSG;
	memset(&packet->event, 0, sizeof(packet->event));
	packet->event.kind = FLOW_DROP;
	packet->group = ntohs(nfg->res_id);
	packet->family = nfg->nfgen_family;
	packet->hook = hdr.hook;
	take_time(&list, &packet->event);
	take_prefix(&list, packet);
	take_devices(&list, packet);
	out->has_seq = take(&list, NFULA_SEQ, &out->seq, sizeof(out->seq));
	out->seq = out->has_seq ? ntohl(out->seq) : 0;
	out->result = decode_packet(&list, &hdr, type_of, arg, packet);
	return 0;
}
