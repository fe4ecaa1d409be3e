/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/ipfix_nat.h"
#include "deliver/ipfix_record.h"
#include "flow/proto.h"
#include "json/flat.h"
#include "lines/address.h"
#include "lines/time.h"

#define NS_PER_MS 1000000ULL
#define MS_PER_S 1000ULL
#define WORD_SIZE 64	/* room for any address with a prefix, protocol, time or id */

enum type { TYPE_NONE, TYPE_FLOW, TYPE_OTHER, TYPE_WINDOW, TYPE_EVENT };

/* A line that is being read.
 *
 * family        of its addresses; 0: it has none
 * proto         -1: unknown
 * icmp          type and code; -1: unknown
 * has_length    the line says window_ms: counters are those of the window
 */
struct reading {
	struct ipfix_record *r;
	enum type type;
	int family, proto, icmp_type, icmp_code;
	bool has_length;
};

static uint64_t largest(enum ipfix_id id)
{
	unsigned int bytes = ipfix_elements[id].bytes;

	return bytes < 8 ? (UINT64_C(1) << bytes * 8) - 1 : UINT64_MAX;
}

/* A number that the element cannot hold stays unknown. */
static void set(struct ipfix_record *r, enum ipfix_id id, uint64_t n)
{
	r->has[id] = n <= largest(id);
	r->of[id].number = n;
}

static void move(struct ipfix_record *r, enum ipfix_id from, enum ipfix_id to)
{
	r->has[to] = r->has[from];
	r->of[to] = r->of[from];
	r->has[from] = false;
}

/* --- fields --------------------------------------------------------------------------------- */

struct row;
typedef void take_fn(struct reading *g, const struct row *row, const struct flat_field *f);

/* take  is called for a value of this type only
 * id    the element of the value; of an address, the first one of an enum address_ids
 */
struct row {
	const char *name;
	enum flat_type type;
	take_fn *take;
	enum ipfix_id id;
};

static void take_count(struct reading *g, const struct row *row, const struct flat_field *f)
{
	set(g->r, row->id, f->count);
}

static void take_text(struct reading *g, const struct row *row, const struct flat_field *f)
{
	struct ipfix_record *r = g->r;
	size_t len;

	if (!flat_copy(&f->text, r->texts + r->n_texts, sizeof(r->texts) - r->n_texts, &len))
		return;
	r->has[row->id] = true;
	r->of[row->id].text.at = (uint16_t)r->n_texts;
	r->of[row->id].text.len = (uint16_t)len;
	r->n_texts += len;
}

/* Copy a short text, with a NUL behind it. Returns its length, or 0 when it is too long. */
static size_t word(const struct flat_field *f, char to[WORD_SIZE])
{
	size_t len;

	if (!flat_copy(&f->text, to, WORD_SIZE - 1, &len))
		return 0;
	to[len] = '\0';
	return len;
}

static void take_type(struct reading *g, const struct row *row, const struct flat_field *f)
{
	static const char *const types[] = {
		[TYPE_FLOW] = "flow", [TYPE_OTHER] = "other", [TYPE_WINDOW] = "window",
		[TYPE_EVENT] = "event",
	};

	(void)row;
	for (size_t i = TYPE_FLOW; i < sizeof(types) / sizeof(types[0]); i++)
		if (flat_is(&f->text, types[i], strlen(types[i])))
			g->type = i;
}

static void take_time(struct reading *g, const struct row *row, const struct flat_field *f)
{
	char text[WORD_SIZE];
	uint64_t ns;

	if (line_time(text, word(f, text), &ns))
		set(g->r, row->id, ns / NS_PER_MS);
}

/* The second half of a UUID of version 7: 62 bits, which begin at random and are counted up. */
static void take_id(struct reading *g, const struct row *row, const struct flat_field *f)
{
	char text[WORD_SIZE], *end;

	if (word(f, text) != 36)
		return;
	memmove(text + 23, text + 24, 13);
	set(g->r, row->id, strtoull(text + 19, &end, 16));
	g->r->has[row->id] &= !*end;
}

static void set_ip4(struct ipfix_record *r, enum ipfix_id id, const void *ip4)
{
	uint32_t n;

	memcpy(&n, ip4, sizeof(n));
	set(r, id, ntohl(n));
}

static void set_ip6(struct ipfix_record *r, enum ipfix_id id, const void *ip6)
{
	r->has[id] = true;
	memcpy(r->of[id].address, ip6, 16);
}

/* The elements of an address: for each family that of a whole address, that of a prefix, and that of
 * the prefix's length. A translated address is always whole. */
static const struct {
	enum ipfix_id ip4, ip6, prefix4, prefix6, bits4, bits6;
} address_ids[] = {
	[IPFIX_SRC4] = { IPFIX_SRC4, IPFIX_SRC6, IPFIX_SRC_PREFIX4, IPFIX_SRC_PREFIX6, IPFIX_SRC_BITS4, IPFIX_SRC_BITS6 },
	[IPFIX_DST4] = { IPFIX_DST4, IPFIX_DST6, IPFIX_DST_PREFIX4, IPFIX_DST_PREFIX6, IPFIX_DST_BITS4, IPFIX_DST_BITS6 },
	[IPFIX_NAT_SRC4] = { .ip4 = IPFIX_NAT_SRC4, .ip6 = IPFIX_NAT_SRC6 },
	[IPFIX_NAT_DST4] = { .ip4 = IPFIX_NAT_DST4, .ip6 = IPFIX_NAT_DST6 },
};

static void take_address(struct reading *g, const struct row *row, const struct flat_field *f)
{
	char text[WORD_SIZE];
	unsigned int bits;
	uint8_t ip[16], family;
	bool whole;

	if (!line_network(text, word(f, text), ip, &family, &bits))
		return;
	g->family = family;
	whole = bits == (family == AF_INET ? 32 : 128);
	if (family == AF_INET)
		set_ip4(g->r, whole ? address_ids[row->id].ip4 : address_ids[row->id].prefix4, ip + 12);
	else
		set_ip6(g->r, whole ? address_ids[row->id].ip6 : address_ids[row->id].prefix6, ip);
	if (!whole)
		set(g->r, family == AF_INET ? address_ids[row->id].bits4 : address_ids[row->id].bits6, bits);
}

static void take_proto(struct reading *g, const struct row *row, const struct flat_field *f)
{
	char text[WORD_SIZE];

	(void)row;
	g->proto = proto_of_text(text, word(f, text));
}

static void take_icmp_type(struct reading *g, const struct row *row, const struct flat_field *f)
{
	(void)row;
	g->icmp_type = f->count <= UINT8_MAX ? (int)f->count : -1;
}

static void take_icmp_code(struct reading *g, const struct row *row, const struct flat_field *f)
{
	(void)row;
	g->icmp_code = f->count <= UINT8_MAX ? (int)f->count : -1;
}

/* IANA has two values: 0 is ingress, 1 egress. A connection that passes through is both. */
static void take_direction(struct reading *g, const struct row *row, const struct flat_field *f)
{
	if (flat_is(&f->text, "in", 2))
		set(g->r, row->id, 0);
	else if (flat_is(&f->text, "out", 3))
		set(g->r, row->id, 1);
}

static void take_length(struct reading *g, const struct row *row, const struct flat_field *f)
{
	(void)row, (void)f;
	g->has_length = true;
}

/* Seconds, rounded. */
static void take_duration(struct reading *g, const struct row *row, const struct flat_field *f)
{
	set(g->r, row->id, (f->count + MS_PER_S / 2) / MS_PER_S);
}

static const struct row rows[] = {
	{ "type", FLAT_STRING, take_type, 0 },
	{ "id", FLAT_STRING, take_id, IPFIX_FLOW_ID },
	{ "host", FLAT_STRING, take_text, IPFIX_DOMAIN_NAME },
	{ "netns", FLAT_STRING, take_text, IPFIX_NAMESPACE },
	{ "window_ms", FLAT_COUNT, take_length, 0 },
	{ "window_start", FLAT_STRING, take_time, IPFIX_START },
	{ "window_end", FLAT_STRING, take_time, IPFIX_END },
	{ "direction", FLAT_STRING, take_direction, IPFIX_FLOW_DIRECTION },
	{ "proto", FLAT_STRING, take_proto, 0 },
	{ "src_ip", FLAT_STRING, take_address, IPFIX_SRC4 },
	{ "src_port", FLAT_COUNT, take_count, IPFIX_SPORT },
	{ "dst_ip", FLAT_STRING, take_address, IPFIX_DST4 },
	{ "dst_port", FLAT_COUNT, take_count, IPFIX_DPORT },
	{ "icmp_type", FLAT_COUNT, take_icmp_type, 0 },
	{ "icmp_code", FLAT_COUNT, take_icmp_code, 0 },
	{ "nat_src_ip", FLAT_STRING, take_address, IPFIX_NAT_SRC4 },
	{ "nat_src_port", FLAT_COUNT, take_count, IPFIX_NAT_SPORT },
	{ "nat_dst_ip", FLAT_STRING, take_address, IPFIX_NAT_DST4 },
	{ "nat_dst_port", FLAT_COUNT, take_count, IPFIX_NAT_DPORT },
	{ "zone", FLAT_COUNT, take_count, IPFIX_ZONE },
	{ "mark", FLAT_COUNT, take_count, IPFIX_MARK },
	{ "log_prefix", FLAT_STRING, take_text, IPFIX_LOG_PREFIX },
	{ "rule", FLAT_STRING, take_text, IPFIX_RULE },
	{ "src_label", FLAT_STRING, take_text, IPFIX_SRC_LABEL },
	{ "dst_label", FLAT_STRING, take_text, IPFIX_DST_LABEL },
	{ "mark_label", FLAT_STRING, take_text, IPFIX_MARK_LABEL },
	{ "folded_flows", FLAT_COUNT, take_count, IPFIX_FOLDED },
	{ "starts", FLAT_COUNT, take_count, IPFIX_STARTS },
	{ "ends", FLAT_COUNT, take_count, IPFIX_ENDS },
	{ "drops", FLAT_COUNT, take_count, IPFIX_DROPS },
	{ "drop_bytes", FLAT_COUNT, take_count, IPFIX_DROP_BYTES },
	{ "logged", FLAT_COUNT, take_count, IPFIX_LOGGED },
	{ "live", FLAT_COUNT, take_count, IPFIX_LIVE },
	{ "closing", FLAT_COUNT, take_count, IPFIX_CLOSING },
	{ "unreplied", FLAT_COUNT, take_count, IPFIX_UNREPLIED },
	{ "tcp_unanswered", FLAT_COUNT, take_count, IPFIX_TCP_UNANSWERED },
	{ "tcp_closed", FLAT_COUNT, take_count, IPFIX_TCP_CLOSED },
	{ "tcp_reset", FLAT_COUNT, take_count, IPFIX_TCP_RESET },
	{ "tcp_expired", FLAT_COUNT, take_count, IPFIX_TCP_EXPIRED },
	{ "orig_packets", FLAT_COUNT, take_count, IPFIX_PACKETS },
	{ "orig_bytes", FLAT_COUNT, take_count, IPFIX_BYTES },
	{ "reply_packets", FLAT_COUNT, take_count, IPFIX_REPLY_PACKETS },
	{ "reply_bytes", FLAT_COUNT, take_count, IPFIX_REPLY_BYTES },
	{ "uncounted_ends", FLAT_COUNT, take_count, IPFIX_UNCOUNTED },
	{ "duration_ms_sum", FLAT_COUNT, take_duration, IPFIX_DURATION },
	{ "duration_ms_max", FLAT_COUNT, take_count, IPFIX_DURATION_MAX },
	{ "first_seen", FLAT_STRING, take_time, IPFIX_FIRST_SEEN },
	{ "last_seen", FLAT_STRING, take_time, IPFIX_LAST_SEEN },
	{ "status", FLAT_STRING, take_text, IPFIX_STATUS },
	{ "seq", FLAT_COUNT, take_count, IPFIX_SEQ },
	{ "records", FLAT_COUNT, take_count, IPFIX_RECORDS },
	{ "lost_events", FLAT_COUNT, take_count, IPFIX_LOST_EVENTS },
	{ "lost_drops", FLAT_COUNT, take_count, IPFIX_LOST_DROPS },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* --- a line --------------------------------------------------------------------------------- */

/* The names of the rows, by their numbers. */
static struct flat_names *row_names(void)
{
	static struct flat_names names;

	if (!names.n) {
		flat_names_init(&names);
		for (size_t i = 0; i < ROWS; i++)
			flat_names_add(&names, rows[i].name, false, (int)i);
	}
	return &names;
}

/* The window record's object `kernel' has no elements. */
static int take_fields(struct reading *g, const char *line, size_t n)
{
	const struct flat_field *field;
	struct flat flat;
	int more;

	flat_begin(&flat, row_names(), NULL, line, n);
	flat_allow(&flat, "kernel");
	while ((more = flat_next(&flat, &field)) > 0)
		if (field->number >= 0 && rows[field->number].type == field->type)
			rows[field->number].take(g, &rows[field->number], field);
	return more;
}

/* Of types and codes there is one element together, and one of the type alone. */
static void finish_proto(struct reading *g)
{
	bool six = g->family == AF_INET6 || (!g->family && g->proto == IPPROTO_ICMPV6);

	if (g->proto >= 0)
		set(g->r, IPFIX_PROTO, g->proto);
	if (g->icmp_type >= 0 && g->icmp_code >= 0)
		set(g->r, six ? IPFIX_ICMP6 : IPFIX_ICMP4, g->icmp_type << 8 | g->icmp_code);
	else if (g->icmp_type >= 0)
		set(g->r, six ? IPFIX_ICMP_TYPE6 : IPFIX_ICMP_TYPE4, g->icmp_type);
}

static void finish_flow(struct reading *g)
{
	finish_proto(g);
	if (g->family)
		set(g->r, IPFIX_VERSION, g->family == AF_INET ? 4 : 6);
	g->r->has[IPFIX_DOMAIN_NAME] = false;
	set(g->r, IPFIX_BIFLOW_DIRECTION, 1);	/* the source is the initiator */
	if (g->has_length)
		return;
	move(g->r, IPFIX_PACKETS, IPFIX_TOTAL_PACKETS);
	move(g->r, IPFIX_BYTES, IPFIX_TOTAL_BYTES);
	move(g->r, IPFIX_REPLY_PACKETS, IPFIX_TOTAL_REPLY_PACKETS);
	move(g->r, IPFIX_REPLY_BYTES, IPFIX_TOTAL_REPLY_BYTES);
}

/* The bounds are those of all flows of the window. */
static void finish_window(struct reading *g)
{
	g->r->options = true;
	g->r->has[IPFIX_FLOW_ID] = false;
	move(g->r, IPFIX_START, IPFIX_MIN_START);
	move(g->r, IPFIX_END, IPFIX_MAX_END);
}

int ipfix_record_read(struct ipfix_record *out, const char *line, size_t n)
{
	struct reading g = { .r = out, .proto = -1, .icmp_type = -1, .icmp_code = -1 };

	if (n > IPFIX_TEXTS)
		return -EBADMSG;
	memset(out->has, 0, sizeof(out->has));
	out->options = false;
	out->n_texts = 0;
	if (take_fields(&g, line, n))
		return -EBADMSG;
	if (g.type == TYPE_EVENT) {
		memset(out->has, 0, sizeof(out->has));
		return ipfix_nat_read(out, line, n);
	}
	if (g.type == TYPE_NONE)
		return IPFIX_LINE_NONE;
	if (g.type == TYPE_WINDOW)
		finish_window(&g);
	else
		finish_flow(&g);
	return IPFIX_LINE_RECORD;
}
