/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <netinet/in.h>
#include <string.h>

#include "flow/identity.h"
#include "hash/siphash.h"
#include "table/trace_decode.h"

static void read_tuples(const struct trace_event *from, struct flow_event *ev)
{
	memcpy(ev->orig.saddr, from->saddr, sizeof(ev->orig.saddr));
	memcpy(ev->orig.daddr, from->daddr, sizeof(ev->orig.daddr));
	memcpy(ev->reply.saddr, from->reply_saddr, sizeof(ev->reply.saddr));
	memcpy(ev->reply.daddr, from->reply_daddr, sizeof(ev->reply.daddr));
	ev->has_ports = from->has_ports;
	if (ev->has_ports) {
		ev->orig.sport = from->source;
		ev->orig.dport = from->destination;
		ev->reply.sport = from->reply_source;
		ev->reply.dport = from->reply_destination;
	}
	ev->has_icmp = ev->l4 == IPPROTO_ICMP || ev->l4 == IPPROTO_ICMPV6;
	if (ev->has_icmp) {
		const __u8 *type_code = (const __u8 *)&from->destination;

		ev->icmp_type = type_code[0];
		ev->icmp_code = type_code[1];
	}
}

static void read_end(const struct trace_event *from, struct flow_event *ev)
{
	ev->replied = from->replied;
	ev->clash = from->clash;
	ev->tcp_state = from->tcp_state;
	ev->has_counters = from->has_counters;
	ev->orig_packets = from->orig_packets;
	ev->orig_bytes = from->orig_bytes;
	ev->reply_packets = from->reply_packets;
	ev->reply_bytes = from->reply_bytes;
	if (!from->start_ns)
		return;
	ev->timed = ev->has_time = true;
	ev->duration_ns = from->stop_ns - from->start_ns;
	ev->time_ns = from->stop_ns;
}

void trace_event_decode(const struct trace_event *from, struct flow_event *ev)
{
	memset(ev, 0, sizeof(*ev));
	ev->kind = from->is_end ? FLOW_END : FLOW_START;
	ev->conntrack = true;
	ev->family = from->family;
	ev->l4 = from->l4;
	ev->zone = from->zone;
	ev->mark = from->mark;
	ev->netns = from->netns;
	ev->netns_inode = from->netns_inode;
	read_tuples(from, ev);
	if (from->is_end)
		read_end(from, ev);
	else
		ev->injected = from->injected;
}

uint64_t trace_event_identity(const struct trace_event *from, const uint64_t secret[2])
{
	struct flow_identity is = {
		.source = from->source, .destination = from->destination,
		.reply_source = from->reply_source, .reply_destination = from->reply_destination,
		.zone = from->zone, .reply_zone = from->reply_zone,
		.l4 = from->l4, .family = from->family,
	};

	memcpy(is.saddr, from->saddr, sizeof(is.saddr));
	memcpy(is.daddr, from->daddr, sizeof(is.daddr));
	memcpy(is.reply_saddr, from->reply_saddr, sizeof(is.reply_saddr));
	memcpy(is.reply_daddr, from->reply_daddr, sizeof(is.reply_daddr));
	return siphash(secret, &is, sizeof(is));
}
