/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "sink/record_parts.h"
#include "sink/values.h"

#define NS_PER_MS 1000000ULL
#define US_PER_MS 1000

_Static_assert(RECORD_MAX <= PIPE_BUF, "a pipe takes a record as a whole");

void record_init(struct record *r, const struct origin *origin)
{
	memset(r, 0, sizeof(*r));
	r->spec = flow_spec_default;
	r->origin = origin;
}

/* How long the window is that -w asks for, and when the one began that start_ns is part of. */
static char *nominal(const struct record *r, char *p, uint64_t start_ns, uint64_t nominal_ns)
{
	p = NUMBER(p, "window_ms", nominal_ns / NS_PER_MS);
	if (!r->aligned)
		return p;
	p = text_time(TEXT(p, ",\"slot\":\""), start_ns - start_ns % nominal_ns);
	return TEXT(p, "\"");
}

void record_begin(struct record *r, uint64_t start_ns, uint64_t end_ns, uint64_t nominal_ns)
{
	char *p = r->head;

	id_seed(&r->id, end_ns / NS_PER_MS);
	*p++ = '"';
	p = text_literal(p, r->origin->source, r->origin->source_len);
	if (nominal_ns)
		p = nominal(r, p, start_ns, nominal_ns);
	p = TEXT(p, ",\"window_start\":\"");
	p = text_time(p, start_ns);
	p = TEXT(p, "\",\"window_end\":\"");
	p = text_time(p, end_ns);
	*p++ = '"';
	p = text_literal(p, r->origin->tags, r->origin->tags_len);
	r->head_len = p - r->head;
}

char *record_head(struct record *r, char *p)
{
	p = TEXT(p, "\",\"schema\":1,\"id\":\"");
	p = id_next(&r->id, p);
	return text_literal(p, r->head, r->head_len);
}

/* Keep the first bits of an address. */
static void cut_address(__u8 addr[16], unsigned int bits)
{
	for (unsigned int i = 0; i < 16; i++) {
		unsigned int kept = bits < 8 * i ? 0 : bits - 8 * i;

		if (kept < 8)
			addr[i] &= 0xff00 >> kept;
	}
}

/* What is shown in place of an address, of which the key has only so many bits. */
static char *mapped(const struct record *r, char *p, __u8 family, const __u8 addr[16], unsigned int bits)
{
	__u8 shown[16];

	memcpy(shown, addr, sizeof(shown));
	r->map_address(r->map, family, shown);
	cut_address(shown, family == AF_INET ? 96 + bits : bits);
	return value_address(p, family, shown);
}

/* An address in quotes. Where the key keeps only the first bits of addresses, they are written
 * as a network: 10.0.0.0/8. */
static char *address(const struct record *r, char *p, const char *name_and_colon, __u8 family,
		     const __u8 addr[16], const struct flow_prefix *prefix)
{
	unsigned int bits = family == AF_INET ? prefix->v4 : prefix->v6;

	p = text_literal(p, name_and_colon, strlen(name_and_colon));
	*p++ = '"';
	if (r->map_address)
		p = mapped(r, p, family, addr, bits);
	else
		p = value_address(p, family, addr);
	if (bits < (family == AF_INET ? 32 : 128))
		p = text_u64(TEXT(p, "/"), bits);
	*p++ = '"';
	return p;
}

char *record_address(const struct record *r, char *p, const char *name_and_colon, __u8 family,
		     const __u8 addr[16])
{
	static const struct flow_prefix whole = { 32, 128 };

	return address(r, p, name_and_colon, family, addr, &whole);
}

static char *nat_fields(const struct record *r, char *p, const struct flow_key *key)
{
	const struct flow_spec *spec = &r->spec;

	if (spec->fields & FIELD_NAT_SRC)
		p = address(r, p, ",\"nat_src_ip\":", key->family, key->nat_saddr, &spec->nat_src);
	if (key->has_ports && spec->fields & FIELD_NAT_SPORT)
		p = NUMBER(p, "nat_src_port", ntohs(key->nat_sport));
	if (spec->fields & FIELD_NAT_DST)
		p = address(r, p, ",\"nat_dst_ip\":", key->family, key->nat_daddr, &spec->nat_dst);
	if (key->has_ports && spec->fields & FIELD_NAT_DPORT)
		p = NUMBER(p, "nat_dst_port", ntohs(key->nat_dport));
	if (spec->fields & FIELD_ZONE)
		p = NUMBER(p, "zone", key->zone);
	if (spec->fields & FIELD_MARK)
		p = NUMBER(p, "mark", key->mark);
	return p;
}

/* The name of a device, null where the name is unknown; nothing where there is no device. */
static char *device(char *p, const char *name_and_colon, const char name[DEVICE_NAME_BYTES])
{
	if (!*name)
		return p;
	p = text_literal(p, name_and_colon, strlen(name_and_colon));
	return value_device(p, name);
}

/* Where a key has fields of connections, the key says whether it is of a packet; otherwise only
 * packets have other bytes than 0 where the names of devices are. */
static char *device_fields(const struct flow_spec *spec, char *p, const struct flow_key *key)
{
	if (spec->fields & FIELDS_CONNTRACK && !key->no_conntrack)
		return p;
	if (spec->fields & FIELD_IIF)
		p = device(p, ",\"iif\":", key->iif);
	if (spec->fields & FIELD_OIF)
		p = device(p, ",\"oif\":", key->oif);
	return p;
}

/* Of a namespace whose name is unknown there is no field. */
static char *netns(const struct record *r, char *p, __u32 number)
{
	const char *name = r->netns_name && number ? r->netns_name(r->netns_names, number) : NULL;

	return name ? record_text(p, "netns", name, strlen(name), ORIGIN_MAX_NETNS) : p;
}

char *record_key(const struct record *r, char *p, const struct flow_key *key)
{
	const struct flow_spec *spec = &r->spec;

	if (spec->fields & FIELD_NETNS)
		p = netns(r, p, key->netns);
	if (spec->fields & FIELD_DIR && key->dir != FLOW_DIR_UNKNOWN)
		p = value_direction(TEXT(p, ",\"direction\":"), key->dir);
	if (spec->fields & FIELD_PROTO)
		p = value_protocol(TEXT(p, ",\"proto\":"), key->family, key->l4);
	if (spec->fields & FIELD_SRC)
		p = address(r, p, ",\"src_ip\":", key->family, key->saddr, &spec->src);
	if (key->has_ports && spec->fields & FIELD_SPORT)
		p = NUMBER(p, "src_port", ntohs(key->sport));
	if (spec->fields & FIELD_DST)
		p = address(r, p, ",\"dst_ip\":", key->family, key->daddr, &spec->dst);
	if (key->has_ports && spec->fields & FIELD_DPORT)
		p = NUMBER(p, "dst_port", ntohs(key->dport));
	if (key->has_icmp && spec->fields & FIELD_ICMP)
		p = NUMBER(p, "icmp_type", key->icmp_type);
	if (key->has_icmp && spec->fields & FIELD_ICMP_CODE)
		p = NUMBER(p, "icmp_code", key->icmp_code);
	if (!key->no_conntrack && spec->fields & (FIELDS_NAT | FIELD_ZONE | FIELD_MARK))
		p = nat_fields(r, p, key);
	if (spec->fields & FIELDS_DEVICE)
		p = device_fields(spec, p, key);
	if (key->drop_reason && spec->fields & FIELD_DROP_REASON)
		p = record_word(p, ",\"drop_reason\":", drop_reasons_name(r->drop_reasons, key->drop_reason));
	return r->netlabels ? record_netlabels(r, p, key) : p;
}

/* Null when no end has said in which state TCP was. */
static char *tcp_ends(char *p, const struct flow_sums *sum)
{
	if (!flow_sums_tcp_ends(sum))
		return TEXT(p, ",\"tcp_unanswered\":null,\"tcp_closed\":null"
			       ",\"tcp_reset\":null,\"tcp_expired\":null");
	p = NUMBER(p, "tcp_unanswered", sum->tcp_unanswered);
	p = NUMBER(p, "tcp_closed", sum->tcp_closed);
	p = NUMBER(p, "tcp_reset", sum->tcp_reset);
	return NUMBER(p, "tcp_expired", sum->tcp_expired);
}

char *record_counters(const struct record *r, char *p, const struct flow_sums *sum)
{
	p = NUMBER(p, "starts", sum->starts);
	p = NUMBER(p, "ends", sum->ends);
	p = NUMBER(p, "drops", sum->drops);
	p = record_drop_bytes(p, sum->drop_bytes, sum->unsized_drops);
	p = NUMBER(p, "logged", sum->logged);
	if (r->kernel_drops || sum->kernel_drops)
		p = NUMBER(p, "kernel_drops", sum->kernel_drops);
	if (r->interim) {
		p = NUMBER(p, "live", sum->live);
		p = NUMBER(p, "closing", sum->closing);
	}
	p = NUMBER(p, "unreplied", sum->unreplied);
	p = tcp_ends(p, sum);
	p = record_traffic(p, sum, flow_sums_has_counters(sum));
	if (sum->uncounted)
		p = NUMBER(p, "uncounted_ends", sum->uncounted);
	if (sum->unsized_drops)
		p = NUMBER(p, "unsized_drops", sum->unsized_drops);
	return record_distinct(r, p);
}

static char *times(char *p, const struct flow_sums *sum)
{
	if (sum->timed_ends) {
		p = NUMBER(p, "duration_ms_sum", sum->duration_us_sum / US_PER_MS);
		p = NUMBER(p, "duration_ms_max", sum->duration_us_max / US_PER_MS);
	}
	p = text_time(TEXT(p, ",\"first_seen\":\""), sum->first_ns);
	p = text_time(TEXT(p, "\",\"last_seen\":\""), sum->last_ns);
	*p++ = '"';
	return p;
}

char *record_flow(struct record *r, char *p, const struct flow_row *row)
{
	p = record_head(r, TEXT(p, "{\"type\":\"flow"));
	p = record_key(r, p, &row->key);
	if (row->key.rule)
		p = record_label(r, p, row->key.rule);
	p = record_counters(r, p, &row->sum);
	p = times(p, &row->sum);
	return TEXT(p, "}\n");
}

char *record_other(struct record *r, char *p, const struct flow_sums *sum, const char *reason,
		   uint64_t folded)
{
	p = record_head(r, TEXT(p, "{\"type\":\"other"));
	p = TEXT(p, ",\"reason\":\"");
	p = text_literal(p, reason, strlen(reason));
	*p++ = '"';
	p = NUMBER(p, "folded_flows", folded);
	p = record_counters(r, p, sum);
	p = times(p, sum);
	return TEXT(p, "}\n");
}

char *record_cut(char *p, const char *name)
{
	p = TEXT(p, ",\"");
	p = text_literal(p, name, strlen(name));
	return TEXT(p, "_cut\":true");
}

char *record_text(char *p, const char *name, const char *text, size_t len, size_t max)
{
	bool cut = false;

	p = TEXT(p, ",\"");
	p = text_literal(p, name, strlen(name));
	p = TEXT(p, "\":\"");
	p = text_escaped_max(p, text, len, max, &cut);
	*p++ = '"';
	return cut ? record_cut(p, name) : p;
}

char *record_word(char *p, const char *name_and_colon, const char *value)
{
	p = text_literal(p, name_and_colon, strlen(name_and_colon));
	*p++ = '"';
	p = text_literal(p, value, strlen(value));
	*p++ = '"';
	return p;
}
