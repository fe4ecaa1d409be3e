/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "deliver/ipfix_nat.h"
#include "lines/event_read.h"

#define NS_PER_MS 1000000ULL

/* IANA's registry "NAT Event Type". Of a translation from IPv6 to IPv6 there is none but those of the general
 * translation, which RFC 8158 calls historic. */
enum { NAT_CREATE = 1, NAT_DELETE = 2, NAT44_CREATE = 4, NAT44_DELETE = 5 };
enum { REALM_WITHIN = 1, REALM_OUTSIDE = 2 };

static void set(struct ipfix_record *r, enum ipfix_id id, uint64_t n)
{
	r->has[id] = true;
	r->of[id].number = n;
}

static void set_address(struct ipfix_record *r, const struct flow_event *ev, enum ipfix_id ip4,
			enum ipfix_id ip6, const __u8 addr[16])
{
	uint32_t n;

	if (ev->family == AF_INET6) {
		r->has[ip6] = true;
		memcpy(r->of[ip6].address, addr, 16);
		return;
	}
	memcpy(&n, addr + 12, sizeof(n));
	set(r, ip4, ntohl(n));
}

static void set_source(struct ipfix_record *r, const struct flow_event *ev)
{
	set_address(r, ev, IPFIX_SRC4, IPFIX_SRC6, ev->orig.saddr);
	set_address(r, ev, IPFIX_NAT_SRC4, IPFIX_NAT_SRC6, ev->reply.daddr);
	if (!ev->has_ports)
		return;
	set(r, IPFIX_SPORT, ntohs(ev->orig.sport));
	set(r, IPFIX_NAT_SPORT, ntohs(ev->reply.dport));
}

static void set_destination(struct ipfix_record *r, const struct flow_event *ev)
{
	set_address(r, ev, IPFIX_DST4, IPFIX_DST6, ev->orig.daddr);
	set_address(r, ev, IPFIX_NAT_DST4, IPFIX_NAT_DST6, ev->reply.saddr);
	if (!ev->has_ports)
		return;
	set(r, IPFIX_DPORT, ntohs(ev->orig.dport));
	set(r, IPFIX_NAT_DPORT, ntohs(ev->reply.sport));
}

static bool is_source_translated(const struct flow_event *ev)
{
	return memcmp(ev->orig.saddr, ev->reply.daddr, 16) ||
	       (ev->has_ports && ev->orig.sport != ev->reply.dport);
}

static bool is_destination_translated(const struct flow_event *ev)
{
	return memcmp(ev->orig.daddr, ev->reply.saddr, 16) ||
	       (ev->has_ports && ev->orig.dport != ev->reply.sport);
}

static uint64_t event_of(const struct flow_event *ev)
{
	if (ev->family == AF_INET6)
		return ev->kind == FLOW_START ? NAT_CREATE : NAT_DELETE;
	return ev->kind == FLOW_START ? NAT44_CREATE : NAT44_DELETE;
}

int ipfix_nat_read(struct ipfix_record *out, const char *line, size_t n)
{
	static struct line_event read;	/* too large for the stack of a function that is called for each line */
	const struct flow_event *ev = &read.event;
	struct line_problem problem;
	bool source, destination;

	if (line_read(line, n, &read, &problem))
		return -EBADMSG;
	if (read.type != LINE_EVENT || (ev->kind != FLOW_START && ev->kind != FLOW_END))
		return IPFIX_LINE_NONE;
	source = is_source_translated(ev);
	destination = is_destination_translated(ev);
	if (!source && !destination)
		return IPFIX_LINE_NONE;
	set(out, IPFIX_TIME, ev->time_ns / NS_PER_MS);
	set(out, IPFIX_VERSION, ev->family == AF_INET6 ? 6 : 4);
	set(out, IPFIX_PROTO, ev->l4);
	set(out, IPFIX_NAT_EVENT, event_of(ev));
	set(out, IPFIX_NAT_REALM, source ? REALM_WITHIN : REALM_OUTSIDE);
	if (ev->id)
		set(out, IPFIX_FLOW_ID, ntohl(ev->id));
	if (ev->zone)
		set(out, IPFIX_ZONE, ev->zone);
	if (source)
		set_source(out, ev);
	if (destination)
		set_destination(out, ev);
	return IPFIX_LINE_RECORD;
}
