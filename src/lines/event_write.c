/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "json/unicode.h"
#include "lines/event_write.h"
#include "lines/fields.h"
#include "lines/words.h"
#include "sink/values.h"

#define NS_PER_US 1000

/* ,"name": of a field that LINE_FIELDS has. */
#define NAME(p, name) ((void)FIELD_##name, TEXT((p), ",\"" #name "\":"))
#define NUMBER(p, name, n) text_u64(NAME((p), name), (n))

static char *word(char *p, const char *word)
{
	*p++ = '"';
	p = text_literal(p, word, strlen(word));
	*p++ = '"';
	return p;
}

static char *address(char *p, const struct flow_event *ev, const __u8 addr[16])
{
	*p++ = '"';
	p = value_address(p, ev->family, addr);
	*p++ = '"';
	return p;
}

static char *time_value(char *p, uint64_t ns)
{
	*p++ = '"';
	p = text_time(p, ns);
	*p++ = '"';
	return p;
}

/* A protocol that has ports has them in the line, null where they are unknown: of a fragment, of
 * a packet that was cut. */
static char *port(char *p, const struct flow_event *ev, __be16 value)
{
	return ev->has_ports ? text_u64(p, ntohs(value)) : TEXT(p, "null");
}

static char *ends(char *p, const struct flow_event *ev)
{
	bool ports = proto_has_ports(ev->l4);

	p = address(NAME(p, src_ip), ev, ev->orig.saddr);
	if (ports)
		p = port(NAME(p, src_port), ev, ev->orig.sport);
	p = address(NAME(p, dst_ip), ev, ev->orig.daddr);
	if (ports)
		p = port(NAME(p, dst_port), ev, ev->orig.dport);
	return p;
}

static char *icmp(char *p, const struct flow_event *ev)
{
	if (ev->l4 != IPPROTO_ICMP && ev->l4 != IPPROTO_ICMPV6)
		return p;
	if (!ev->has_icmp)
		return TEXT(NAME(TEXT(NAME(p, icmp_type), "null"), icmp_code), "null");
	p = NUMBER(p, icmp_type, ev->icmp_type);
	return NUMBER(p, icmp_code, ev->icmp_code);
}

/* Whether the reply goes the way of the original direction turned round: nothing is translated. */
static bool is_turned_round(const struct flow_tuple *orig, const struct flow_tuple *reply)
{
	return !memcmp(orig->saddr, reply->daddr, sizeof(orig->saddr)) &&
	       !memcmp(orig->daddr, reply->saddr, sizeof(orig->daddr)) &&
	       orig->sport == reply->dport && orig->dport == reply->sport;
}

static char *translation(char *p, const struct flow_event *ev)
{
	if (is_turned_round(&ev->orig, &ev->reply))
		return p;
	p = address(NAME(p, reply_src_ip), ev, ev->reply.saddr);
	if (ev->has_ports)
		p = NUMBER(p, reply_src_port, ntohs(ev->reply.sport));
	p = address(NAME(p, reply_dst_ip), ev, ev->reply.daddr);
	if (ev->has_ports)
		p = NUMBER(p, reply_dst_port, ntohs(ev->reply.dport));
	return p;
}

/* Zone 0, mark 0 and no id are not in the kernel's message either. */
static char *connection(char *p, const struct flow_event *ev)
{
	if (ev->zone)
		p = NUMBER(p, zone, ev->zone);
	if (ev->mark)
		p = NUMBER(p, mark, ev->mark);
	return ev->id ? NUMBER(p, conntrack_id, ntohl(ev->id)) : p;
}

/* `started' is as many whole microseconds before `time' as the duration has. */
static char *started(char *p, const struct flow_event *ev)
{
	uint64_t time_us = ev->time_ns / NS_PER_US, duration_us = ev->duration_ns / NS_PER_US;

	if (!ev->timed || duration_us > time_us)
		return p;
	return time_value(NAME(p, started), (time_us - duration_us) * NS_PER_US);
}

static char *end(char *p, const struct flow_event *ev)
{
	if (ev->has_counters) {
		p = NUMBER(p, orig_packets, ev->orig_packets);
		p = NUMBER(p, orig_bytes, ev->orig_bytes);
		p = NUMBER(p, reply_packets, ev->reply_packets);
		p = NUMBER(p, reply_bytes, ev->reply_bytes);
	}
	p = NAME(p, replied);
	p = ev->replied ? TEXT(p, "true") : TEXT(p, "false");
	if (ev->clash)
		p = TEXT(NAME(p, clash), "true");
	p = started(p, ev);
	if (ev->l4 == IPPROTO_TCP && ev->tcp_state && ev->tcp_state < TCP_CONNTRACK_MAX)
		p = word(NAME(p, tcp_state), line_tcp_states[ev->tcp_state]);
	return p;
}

static char *rule(char *p, const struct label *label)
{
	bool cut = false;

	if (!label || !label->prefix)
		return p;
	p = TEXT(NAME(p, log_prefix), "\"");
	p = text_escaped(p, label->prefix, label->prefix_len);
	*p++ = '"';
	if (label->rules == 1)
		p = value_rule(NAME(p, rule), label, VALUE_MAX_NAME, &cut);
	return cut ? TEXT(p, ",\"rule_cut\":true") : p;
}

/* Whether all bytes of a name belong to characters, so that the name comes back as it was. */
static bool is_text(const char *name, size_t len)
{
	uint32_t point;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_decode((const unsigned char *)name + i, len - i, &point);
		if (!n)
			return false;
	}
	return true;
}

static char *device(char *p, const char name[DEVICE_NAME_BYTES])
{
	return value_device(p, is_text(name, strnlen(name, DEVICE_NAME_BYTES)) ? name : DEVICE_UNKNOWN);
}

static char *packet(char *p, const struct flow_event *ev, const struct line_names *names)
{
	p = rule(p, names->label);
	if (ev->drop_reason)
		p = word(NAME(p, drop_reason), drop_reasons_name(names->drop_reasons, ev->drop_reason));
	if (ev->bytes)
		p = NUMBER(p, bytes, ev->bytes);
	if (*ev->devices.iif)
		p = device(NAME(p, iif), ev->devices.iif);
	if (*ev->devices.oif)
		p = device(NAME(p, oif), ev->devices.oif);
	return p;
}

char *line_write_event(char *p, const struct flow_event *ev, const struct line_names *names)
{
	p = word(NAME(TEXT(p, "{\"type\":\"event\",\"schema\":1"), kind), line_kinds[ev->kind]);
	p = time_value(NAME(p, time), ev->time_ns);
	p = value_protocol(NAME(p, proto), ev->family, ev->l4);
	p = ends(p, ev);
	p = icmp(p, ev);
	if (ev->conntrack)
		p = translation(p, ev);
	if (ev->dir != FLOW_DIR_UNKNOWN)
		p = value_direction(NAME(p, direction), ev->dir);
	if (ev->conntrack)
		p = connection(p, ev);
	if (ev->kind == FLOW_END)
		p = end(p, ev);
	if (!ev->conntrack)
		p = packet(p, ev, names);
	return TEXT(p, "}\n");
}

static char *loss(char *p, const struct window_loss *l)
{
	return l->known ? text_u64(p, l->n) : TEXT(p, "null");
}

char *line_write_loss(char *p, uint64_t time_ns, const struct line_losses *lost)
{
	p = time_value(NAME(TEXT(p, "{\"type\":\"loss\",\"schema\":1"), time), time_ns);
	p = loss(NAME(p, lost_events), &lost->events);
	p = loss(NAME(p, lost_drops), &lost->drops);
	if (lost->kernel_drops.n || !lost->kernel_drops.known)
		p = loss(NAME(p, lost_kernel_drops), &lost->kernel_drops);
	return TEXT(p, "}\n");
}
