/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/address.h"
#include "lines/event_write.h"
#include "sink/snapshot_record.h"
#include "view/written.h"

#define ALL_BITS 0xffffffff

static const struct label *label_of(const struct labels *labels, uint32_t number)
{
	static const struct label one = {
		.prefix = "no \"telnet\" \xe2\x82\xac\x01", .prefix_len = 16, .rules = 1, .family_name = "inet", .handle = 8,
		.table = "filter", .chain = "input", .comment = "by hand",
	}, several = { .prefix = "x", .prefix_len = 1, .rules = 3 }, none = { .prefix = NULL };
	static const struct label *const all[] = { &one, &several, &none };

	(void)labels;
	return all[number - 1];
}

/* Every address and every mark has a label. */
static const struct netlabel_set *netlabels(void)
{
	static struct netlabel_set *set;
	static struct texts *names;
	struct flow_network all = { .family = AF_INET6 };
	uint32_t number;

	if (set)
		return set;
	if (texts_open(&names) || texts_number(names, "DE, AS64500", 11, &number))
		abort();
	set = netlabel_set_open(names);
	if (!set || netlabel_trie_add(&set->networks, &all, 0, number) ||
	    netlabel_marks_add(&set->marks, 0, 0, 0, number))
		abort();
	return set;
}

void written_begin(struct written *w, const char *host)
{
	static const struct drop_reasons reasons = { .n = 1, .name = { "NETFILTER_DROP" } };
	static const struct seed seed = { true, 16 };

	w->len = w->lines = 0;
	if (origin_init(&w->origin, host, &seed) || origin_tag(&w->origin, "site", 4, "fra"))
		abort();
	origin_netns(&w->origin, "lan");
	record_init(&w->r, &w->origin);
	w->r.aligned = w->r.interim = w->r.spooled = w->r.rules = w->r.sockets = true;
	w->r.kernel_drops = true;
	w->r.drop_reasons = &reasons;
	w->r.label_of = label_of;
	w->r.labels = (const struct labels *)w;	/* not used by label_of() */
	w->r.netlabels = netlabels();
	w->r.spec.fields = ~0U;
	w->r.spec.mark = ALL_BITS;
	w->r.spec.src = w->r.spec.dst = w->r.spec.nat_src = w->r.spec.nat_dst = (struct flow_prefix){ 32, 128 };
	written_window(w, 0);
}

void written_window(struct written *w, int n)
{
	uint64_t start = WRITTEN_START + n * WRITTEN_MS * 1000000ULL;

	if (n < 0)
		record_begin(&w->r, WRITTEN_START, WRITTEN_START + 1000, 0);
	else
		record_begin(&w->r, start, start + WRITTEN_MS * 1000000ULL, WRITTEN_MS * 1000000ULL);
}

static char *room(struct written *w)
{
	if (sizeof(w->text) - w->len < RECORD_MAX)
		abort();
	return w->text + w->len;
}

static void wrote(struct written *w, const char *end)
{
	w->len = end - w->text;
	w->lines++;
}

/* Each counter has a value of its own. */
static struct flow_sums sums(void)
{
	uint64_t n = 1000;
	struct flow_sums s;

#define COUNTER(how, name) s.name = n++;
	FLOW_SUMS(COUNTER)
#undef COUNTER
	s.duration_us_sum = 77000;
	s.duration_us_max = 55000;
	s.first_ns = s.last_ns = WRITTEN_START + 1000;
	return s;
}

static struct flow_row full_row(void)
{
	struct flow_row row = { .sum = sums() };

	flow_key_init(&row.key);
	row.key.family = AF_INET;
	row.key.l4 = IPPROTO_TCP;
	row.key.dir = FLOW_DIR_OUT;
	row.key.has_ports = row.key.has_icmp = 1;
	row.key.sport = htons(40000);
	row.key.dport = htons(443);
	row.key.nat_sport = htons(50000);
	row.key.nat_dport = htons(8443);
	row.key.icmp_type = 8;
	row.key.icmp_code = 3;
	row.key.zone = 65535;
	row.key.mark = ALL_BITS;
	row.key.src_label = row.key.dst_label = 1;
	flow_addr_v4(row.key.saddr, "\x0a\x00\x00\x07");
	flow_addr_v4(row.key.daddr, "\xc0\x00\x02\x0a");
	flow_addr_v4(row.key.nat_saddr, "\xc6\x33\x64\x01");
	flow_addr_v4(row.key.nat_daddr, "\x0a\x09\x09\x09");
	return row;
}

/* A packet of IPv6 of which much is unknown. */
static struct flow_row packet_row(uint32_t rule)
{
	struct flow_row row = { .sum = { .drops = 1, .unsized_drops = 1, .first_ns = WRITTEN_START, .last_ns = WRITTEN_START } };

	flow_key_init(&row.key);
	row.key.family = AF_INET6;
	row.key.no_conntrack = 1;
	row.key.rule = rule;
	inet_pton(AF_INET6, "2001:db8::7", row.key.saddr);
	inet_pton(AF_INET6, "2001:db8:1::", row.key.daddr);
	strcpy(row.key.iif, "eth0");
	row.key.drop_reason = 1;
	strcpy(row.key.oif, rule == 1 ? "wan\"1" : DEVICE_UNKNOWN);
	return row;
}

static void add_flow(struct written *w, const struct flow_row *row)
{
	wrote(w, record_flow(&w->r, room(w), row));
}

static void add_rules(struct written *w)
{
	struct rule_moved moved = { label_of(NULL, 1), 3, 300, false };
	struct rule_total total = { .number = 1, .drops = 2, .drop_bytes = 200, .logged = 1 };

	wrote(w, record_rule(&w->r, room(w), &total, &moved));
	moved.reset = true;
	wrote(w, record_rule(&w->r, room(w), NULL, &moved));
	total = (struct rule_total){ .number = 3, .drops = 2, .unsized_drops = 2 };
	wrote(w, record_rule(&w->r, room(w), &total, NULL));
}

static void add_socket(struct written *w)
{
	const struct socket_facts facts = { .family = AF_INET, .state = TCP_ESTABLISHED, .cookie = 5 };

	wrote(w, record_socket(&w->r, room(w), &(struct socket_line){ .facts = &facts, .moved = { 1, 2, 3, 4 } }));
}

void written_records(struct written *w)
{
	struct flow_row row = full_row();
	struct flow_sums s = sums();

	add_flow(w, &row);
	row.key.rule = 2;
	w->r.spec.src = (struct flow_prefix){ 24, 64 };
	w->r.spec.nat_dst = (struct flow_prefix){ 0, 0 };
	add_flow(w, &row);
	w->r.spec.src = w->r.spec.nat_dst = (struct flow_prefix){ 32, 128 };
	for (uint32_t rule = 1; rule <= 3; rule++) {
		row = packet_row(rule);
		add_flow(w, &row);
	}
	wrote(w, record_other(&w->r, room(w), &s, "table_full", 17));
	wrote(w, record_other(&w->r, room(w), &s, "top", 4));
	add_rules(w);
	add_socket(w);
}

void written_snapshot(struct written *w)
{
	struct flow_row row = full_row();
	struct window_record end = { .seq = 1, .closed_by = CLOSED_BY_STOP, .status = WINDOW_OK, .records = 3, .total = &row.sum,
				     .max_error_counter = "live", .version = "1", .key = "src", .selection = "e3" };

	written_window(w, -1);
	wrote(w, record_live(&w->r, room(w), &row));
	wrote(w, record_change(&w->r, room(w), &row.key, NULL, &row.sum));
	wrote(w, record_live_other(&w->r, room(w), &row.sum, "top", 2));
	wrote(w, record_snapshot(&w->r, room(w), &end, &(struct record_snapshot){ .duplicates = 1 }));
}

void written_flow(struct written *w, unsigned int number, uint64_t starts)
{
	struct flow_row row = full_row();

	row.key.saddr[15] = (__u8)number;
	row.sum.starts = starts;
	add_flow(w, &row);
}

void written_end(struct written *w, uint64_t seq, uint64_t records)
{
	struct flow_sums total = sums();
	struct window_record end = {
		.seq = seq, .closed_by = CLOSED_BY_CLOCK, .status = WINDOW_PARTIAL, .records = records, .total = &total,
		.lost_events = { .n = 11, .known = true }, .lost_drops = { .n = 10, .known = seq != 3 }, .odd_drops = 12, .truncated_drops = 13, .engine = "bpf",
		.kernel_events = 14, .passed_events = 15, .table_rows = 16, .table_capacity = 17, .max_error = 18,
		.max_error_counter = "bytes", .late_ends = 19, .late_events = 20, .vanished = 21, .injected_starts = 22, .clash_ends = 29,
		.unread_rules = 23, .unread_sockets = 24, .clock_step_ms = -2500, .undecoded_events = 25, .dropped_windows = 26,
		.dropped_records = 27, .accounting = SWITCH_ON, .timestamps = SWITCH_UNKNOWN, .flowtable_uncounted = true,
		.version = "1.0.0", .key = "src,dst", .selection = "e3b0c44298fc1c14", .rotated = true,
		.kernel = { .asked = true, .drop = { .n = 31, .known = true }, .early_drop = { .n = 32, .known = true },
			    .insert_failed = { .n = 33, .known = true }, .invalid = { .n = 34, .known = true },
			    .clash_resolve = { .n = 35, .known = true }, .chaintoolong = { .n = 38, .known = seq != 3 }, .entries = { 36, true }, .max = { 37, true } },
	};

	if (seq % 2 == 0)
		end.kernel = (struct window_kernel){ .asked = true };
	wrote(w, record_window(&w->r, room(w), &end));
}

void written_events(struct written *w)
{
	const struct line_losses lost = {
		{ .n = 5, .known = true }, { .n = 5, .known = true }, { .n = 5, .known = true },
	};
	struct flow_event ev = { .kind = FLOW_START, .time_ns = WRITTEN_START, .family = AF_INET };

	wrote(w, line_write_event(room(w), &ev, &(struct line_names){ NULL, NULL }));
	wrote(w, line_write_loss(room(w), WRITTEN_START, &lost));
}
