/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/drop_reasons.h"
#include "flow/label.h"
#include "flow/proto.h"
#include "lines/values.h"
#include "lines/words.h"

/* The only version of the format. */
#define SCHEMA 1

static bool is_packet(const struct flow_event *ev)
{
	return ev->kind == FLOW_DROP || ev->kind == FLOW_LOGGED || ev->kind == FLOW_KERNEL_DROP;
}

/* --- who talks to whom ------------------------------------------------------------ */

/* The protocol of a packet of IPv6 can be unknown, see proto_is_known(). */
static int read_protocol(struct line_values *v, struct flow_event *ev)
{
	char text[16];
	size_t len;
	int err, l4;

	if (line_is_null(v, FIELD_proto) && is_packet(ev) && ev->family == AF_INET6)
		return 0;
	err = line_text(v, FIELD_proto, text, sizeof(text), &len);
	if (err)
		return err;
	l4 = proto_of_text(text, len);
	if (l4 < 0)
		return line_blame(v, FIELD_proto, "not the name of a protocol, nor a number up to 255 in quotes");
	ev->l4 = l4;
	return 0;
}

static int read_addresses(struct line_values *v, struct flow_event *ev)
{
	__u8 family;
	int err = line_address(v, FIELD_src_ip, ev->orig.saddr, &ev->family);

	if (!err)
		err = line_address(v, FIELD_dst_ip, ev->orig.daddr, &family);
	if (err)
		return err;
	return family == ev->family ? 0 : line_blame(v, FIELD_dst_ip, "of another family than src_ip");
}

/* Two fields that are both there, or both null: their values exist and are unknown. *known says
 * which. */
static int read_pair(struct line_values *v, enum line_field first, enum line_field second,
		     uint64_t max, uint64_t values[2], bool *known)
{
	int err;

	*known = false;
	if (line_is_null(v, first) && line_is_null(v, second))
		return 0;
	err = line_count(v, first, 0, max, &values[0]);
	if (!err)
		err = line_count(v, second, 0, max, &values[1]);
	*known = !err;
	return err;
}

static int no_ports(struct line_values *v)
{
	static const enum line_field ports[] = {
		FIELD_src_port, FIELD_dst_port, FIELD_reply_src_port, FIELD_reply_dst_port,
	};

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		if (line_has(v, ports[i]))
			return line_blame(v, ports[i], "there, but the protocol has no ports");
	return 0;
}

static int read_ports(struct line_values *v, struct flow_event *ev)
{
	uint64_t ports[2];
	int err;

	if (!proto_has_ports(ev->l4))
		return no_ports(v);
	err = read_pair(v, FIELD_src_port, FIELD_dst_port, UINT16_MAX, ports, &ev->has_ports);
	if (err || !ev->has_ports)
		return err;
	ev->orig.sport = htons(ports[0]);
	ev->orig.dport = htons(ports[1]);
	return 0;
}

static int read_icmp(struct line_values *v, struct flow_event *ev)
{
	bool is_icmp = ev->l4 == IPPROTO_ICMP || ev->l4 == IPPROTO_ICMPV6;
	uint64_t values[2];
	int err;

	if (!is_icmp && (line_has(v, FIELD_icmp_type) || line_has(v, FIELD_icmp_code)))
		return line_blame(v, line_has(v, FIELD_icmp_type) ? FIELD_icmp_type : FIELD_icmp_code,
				  "there, but the protocol is not icmp or icmpv6");
	if (!is_icmp)
		return 0;
	err = read_pair(v, FIELD_icmp_type, FIELD_icmp_code, UINT8_MAX, values, &ev->has_icmp);
	if (err || !ev->has_icmp)
		return err;
	ev->icmp_type = values[0];
	ev->icmp_code = values[1];
	return 0;
}

static int reply_address(struct line_values *v, enum line_field field, __u8 family, __u8 addr[16])
{
	__u8 own;
	int err = line_has(v, field) ? line_address(v, field, addr, &own) : 0;

	if (err || !line_has(v, field))
		return err;
	return own == family ? 0 : line_blame(v, field, "of another family than src_ip");
}

static int reply_port(struct line_values *v, enum line_field field, const struct flow_event *ev,
		      __be16 *port)
{
	uint64_t n;

	if (!line_has(v, field))
		return 0;
	if (!ev->has_ports)
		return line_blame(v, field, "there, but src_port and dst_port are unknown");
	if (line_count(v, field, 0, UINT16_MAX, &n))
		return -EBADMSG;
	*port = htons(n);
	return 0;
}

/* What the line does not say of the reply's tuple is the original one's turned round. */
static int read_reply(struct line_values *v, struct flow_event *ev)
{
	struct flow_tuple reply = { .sport = ev->orig.dport, .dport = ev->orig.sport };

	memcpy(reply.saddr, ev->orig.daddr, sizeof(reply.saddr));
	memcpy(reply.daddr, ev->orig.saddr, sizeof(reply.daddr));
	if (reply_address(v, FIELD_reply_src_ip, ev->family, reply.saddr) ||
	    reply_address(v, FIELD_reply_dst_ip, ev->family, reply.daddr) ||
	    reply_port(v, FIELD_reply_src_port, ev, &reply.sport) ||
	    reply_port(v, FIELD_reply_dst_port, ev, &reply.dport))
		return -EBADMSG;
	if (ev->conntrack)
		ev->reply = reply;
	return 0;
}

static int read_direction(struct line_values *v, struct line_event *out)
{
	unsigned int dir;

	out->has_direction = line_has(v, FIELD_direction);
	if (!out->has_direction)
		return 0;
	if (line_word(v, FIELD_direction, line_directions, &dir))
		return -EBADMSG;
	out->event.dir = dir;
	return 0;
}

/* --- of a connection -------------------------------------------------------------- */

/* A number that may be missing, and is 0 then. */
static int read_optional(struct line_values *v, enum line_field field, uint64_t max, uint64_t *n)
{
	*n = 0;
	return line_has(v, field) ? line_count(v, field, 0, max, n) : 0;
}

static int read_identity(struct line_values *v, struct flow_event *ev)
{
	uint64_t zone, mark, id;

	if (read_optional(v, FIELD_zone, UINT16_MAX, &zone) ||
	    read_optional(v, FIELD_mark, UINT32_MAX, &mark) ||
	    read_optional(v, FIELD_conntrack_id, UINT32_MAX, &id))
		return -EBADMSG;
	if (!ev->conntrack)
		return 0;
	ev->zone = zone;
	ev->mark = mark;
	ev->id = htonl(id);
	return 0;
}

static int read_counters(struct line_values *v, struct flow_event *ev)
{
	static const enum line_field counters[] = {
		FIELD_orig_packets, FIELD_orig_bytes, FIELD_reply_packets, FIELD_reply_bytes,
	};
	uint64_t n[4];
	int known = 0;

	for (int i = 0; i < 4; i++)
		known += line_has(v, counters[i]);
	for (int i = 0; known && i < 4; i++)
		if (line_count(v, counters[i], 0, INT64_MAX, &n[i]))
			return -EBADMSG;
	if (!known || ev->kind != FLOW_END)
		return 0;
	ev->has_counters = true;
	ev->orig_packets = n[0];
	ev->orig_bytes = n[1];
	ev->reply_packets = n[2];
	ev->reply_bytes = n[3];
	return 0;
}

static int read_started(struct line_values *v, struct flow_event *ev)
{
	uint64_t started_ns;

	if (!line_has(v, FIELD_started))
		return 0;
	if (line_instant(v, FIELD_started, &started_ns))
		return -EBADMSG;
	if (started_ns > ev->time_ns)
		return line_blame(v, FIELD_started, "later than time");
	if (ev->kind == FLOW_END) {
		ev->timed = true;
		ev->duration_ns = ev->time_ns - started_ns;
	}
	return 0;
}

static int read_tcp_state(struct line_values *v, struct flow_event *ev)
{
	unsigned int state;

	if (!line_has(v, FIELD_tcp_state))
		return 0;
	if (ev->l4 != IPPROTO_TCP)
		return line_blame(v, FIELD_tcp_state, "there, but the protocol is not tcp");
	if (line_word(v, FIELD_tcp_state, line_tcp_states, &state))
		return -EBADMSG;
	if (ev->kind == FLOW_END)
		ev->tcp_state = state;
	return 0;
}

static int read_end(struct line_values *v, struct flow_event *ev)
{
	if (read_counters(v, ev) || read_started(v, ev) || read_tcp_state(v, ev))
		return -EBADMSG;
	if (ev->kind != FLOW_END)
		return 0;
	ev->clash = line_has(v, FIELD_clash) && v->of[FIELD_clash].truth;
	if (line_has(v, FIELD_replied))
		ev->replied = v->of[FIELD_replied].truth;
	else
		ev->replied = !ev->has_counters || ev->reply_packets;
	return 0;
}

/* --- of a packet ------------------------------------------------------------------ */

/* Digits without a 0 before them, at most 2^63 - 1. */
static bool handle_of(const char *text, uint64_t *handle)
{
	int64_t n = 0;

	if (!*text || (*text == '0' && text[1]))
		return false;
	for (; *text; text++)
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, *text - '0', &n))
			return false;
	*handle = n;
	return true;
}

/* Copy a name, which is not empty. */
static bool copy_name(char to[LINE_MAX_NAME + 1], const char *name, const char *end)
{
	if (end == name || end - name > LINE_MAX_NAME)
		return false;
	memcpy(to, name, end - name);
	to[end - name] = '\0';
	return true;
}

/* Split FAMILY/TABLE/CHAIN/HANDLE at its first two slashes and at its last one. */
static bool split_rule(struct line_rule *rule, const char *text)
{
	const char *table = strchr(text, '/'), *chain = table ? strchr(table + 1, '/') : NULL;
	const char *handle = strrchr(text, '/');
	int family;

	if (!chain || handle <= chain || !handle_of(handle + 1, &rule->handle))
		return false;
	family = label_family(text, table - text);
	rule->family = family;
	return family >= 0 && copy_name(rule->table, table + 1, chain) &&
	       copy_name(rule->chain, chain + 1, handle);
}

static int read_rule(struct line_values *v, struct line_event *out)
{
	char text[2 * LINE_MAX_NAME + 64];
	size_t len;

	out->has_rule = line_has(v, FIELD_rule);
	if (!out->has_rule)
		return 0;
	if (line_text(v, FIELD_rule, text, sizeof(text), &len))
		return -EBADMSG;
	return split_rule(&out->rule, text) ? 0 : line_blame(v, FIELD_rule, "not FAMILY/TABLE/CHAIN/HANDLE");
}

static int read_prefix(struct line_values *v, struct line_event *out)
{
	char text[LINE_MAX_PREFIX + 1];

	out->has_prefix = line_has(v, FIELD_log_prefix);
	if (!out->has_prefix)
		return 0;
	if (line_text(v, FIELD_log_prefix, text, sizeof(text), &out->prefix_len))
		return -EBADMSG;
	memcpy(out->prefix, text, out->prefix_len);
	return 0;
}

/* null: there is a device, and its name is unknown. */
static int read_device(struct line_values *v, enum line_field field, char name[DEVICE_NAME_BYTES])
{
	size_t len;

	if (line_is_null(v, field))
		strcpy(name, DEVICE_UNKNOWN);
	if (!line_has(v, field))
		return 0;
	if (line_text(v, field, name, DEVICE_NAME_BYTES, &len))
		return -EBADMSG;
	return len && !strchr(name, '/') ? 0 : line_blame(v, field, "not the name of a device");
}

static bool is_logged(const struct flow_event *ev)
{
	return ev->kind == FLOW_DROP || ev->kind == FLOW_LOGGED;
}

static int read_reason(struct line_values *v, struct line_event *out)
{
	char name[DROP_REASON_BYTES], text[2 * DROP_REASON_BYTES];
	size_t len;

	*out->drop_reason = '\0';
	if (!line_has(v, FIELD_drop_reason))
		return 0;
	if (line_text(v, FIELD_drop_reason, text, sizeof(text), &len))
		return -EBADMSG;
	if (drop_reason_name(name, text, len))
		return line_blame(v, FIELD_drop_reason, "not the name of a reason");
	if (out->event.kind == FLOW_KERNEL_DROP)
		strcpy(out->drop_reason, name);
	return 0;
}

static int read_packet(struct line_values *v, struct line_event *out)
{
	struct flow_devices devices = { 0 };
	struct flow_event *ev = &out->event;
	uint64_t bytes = 0;

	if (read_prefix(v, out) || read_rule(v, out) || read_reason(v, out) || read_device(v, FIELD_iif, devices.iif) ||
	    read_device(v, FIELD_oif, devices.oif))
		return -EBADMSG;
	if (line_has(v, FIELD_bytes) && line_count(v, FIELD_bytes, 1, INT64_MAX, &bytes))
		return -EBADMSG;
	if (!is_logged(ev))
		out->has_prefix = out->has_rule = false;
	if (!is_packet(ev))
		return 0;
	ev->devices = devices;
	ev->bytes = bytes;
	return 0;
}

/* --- the line --------------------------------------------------------------------- */

static int read_event(struct line_values *v, struct line_event *out)
{
	struct flow_event *ev = &out->event;
	unsigned int kind;

	memset(ev, 0, sizeof(*ev));
	if (line_word(v, FIELD_kind, line_kinds, &kind) || line_instant(v, FIELD_time, &ev->time_ns))
		return -EBADMSG;
	ev->kind = kind;
	ev->conntrack = !is_packet(ev);
	ev->has_time = true;
	out->time_ns = ev->time_ns;
	if (read_addresses(v, ev) || read_protocol(v, ev) || read_ports(v, ev) || read_icmp(v, ev) ||
	    read_reply(v, ev) || read_direction(v, out) || read_identity(v, ev) || read_end(v, ev))
		return -EBADMSG;
	return read_packet(v, out);
}

static int read_lost(struct line_values *v, enum line_field field, struct window_loss *lost)
{
	*lost = (struct window_loss){ .known = !line_is_null(v, field) };
	return read_optional(v, field, INT64_MAX, &lost->n);
}

static int read_loss(struct line_values *v, struct line_event *out)
{
	if (!(v->seen >> FIELD_lost_events & 1) && !(v->seen >> FIELD_lost_drops & 1) &&
	    !(v->seen >> FIELD_lost_kernel_drops & 1))
		return line_blame(v, FIELD_lost_events, "missing, and so are lost_drops and lost_kernel_drops");
	if (line_instant(v, FIELD_time, &out->time_ns) ||
	    read_lost(v, FIELD_lost_events, &out->lost_events) ||
	    read_lost(v, FIELD_lost_drops, &out->lost_drops))
		return -EBADMSG;
	return read_lost(v, FIELD_lost_kernel_drops, &out->lost_kernel_drops);
}

/* Only events have a kind, so a line with a kind needs no type. */
static int read_type(struct line_values *v, enum line_type *out)
{
	static const char *const types[] = {
		[LINE_EVENT] = "event", [LINE_LOSS] = "loss", [LINE_OTHER] = "", NULL,
	};
	unsigned int type = LINE_OTHER;

	*out = LINE_EVENT;
	if (!line_has(v, FIELD_type) && line_has(v, FIELD_kind))
		return 0;
	if (!line_has(v, FIELD_type) || v->of[FIELD_type].type != FLAT_STRING)
		return line_blame(v, FIELD_type, "missing, or not a string");
	*out = line_word(v, FIELD_type, types, &type) ? LINE_OTHER : (enum line_type)type;
	return 0;
}

int line_read(const char *line, size_t len, struct line_event *out, struct line_problem *problem)
{
	struct line_values v;
	uint64_t schema;

	if (line_values_read(&v, line, len, problem) || read_type(&v, &out->type))
		return -EBADMSG;
	if (out->type == LINE_OTHER)
		return 0;
	if (line_values_check(&v))
		return -EBADMSG;
	if (line_has(&v, FIELD_schema) && line_count(&v, FIELD_schema, SCHEMA, SCHEMA, &schema))
		return -EBADMSG;
	return out->type == LINE_EVENT ? read_event(&v, out) : read_loss(&v, out);
}
