/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "board/some_windows.h"
#include "flow/address.h"
#include "flow/dir.h"

#define MOST 0x7fffffffffffffffULL

void some_counter(struct view_flow *flow, enum view_counter counter, uint64_t n)
{
	flow->sums.of[counter] = n;
	flow->sums.known |= 1u << counter;
}

struct view_flow some_flow(unsigned int src, unsigned int dst, uint16_t dport, uint64_t starts)
{
	struct view_flow flow = { .key = {
		.has = VIEW_DIRECTION | VIEW_PROTO | VIEW_SRC | VIEW_DST | VIEW_DPORT,
		.direction = FLOW_DIR_OUT, .proto = IPPROTO_TCP, .dport = dport,
		.src_bits = 128, .dst_bits = 128,
	} };

	flow_addr_v4(flow.key.src, (const uint8_t[]){ 10, 0, 0, src });
	flow_addr_v4(flow.key.dst, (const uint8_t[]){ 10, 0, 0, dst });
	some_counter(&flow, VIEW_starts, starts);
	return flow;
}

struct view_flow some_other(uint64_t flows, uint64_t starts)
{
	struct view_flow flow = { .other = true, .folded_flows = flows };

	some_counter(&flow, VIEW_starts, starts);
	return flow;
}

struct view_window some_window(unsigned int second, struct view_flow *flows, size_t n)
{
	return (struct view_window){
		.host = 1, .run = 2, .window_ms = 1000, .slot_ns = second * SECOND,
		.start_ns = second * SECOND, .end_ns = (second + 1) * SECOND, .complete = true,
		.status = WINDOW_OK, .seq = { second + 1, VIEW_KNOWN }, .flows = flows, .n_flows = n,
	};
}

/* --- by chance ---------------------------------------------------------------------- */

static uint8_t some_address(struct random *r, uint8_t addr[16])
{
	uint8_t bits = 128;

	memset(addr, 0, 16);
	if (random_below(r, 3)) {
		flow_addr_v4(addr, (const uint8_t[]){ 10, 0, random_below(r, 2), random_below(r, 4) });
		if (!random_below(r, 4)) {
			bits = 96 + 8 * random_below(r, 4);
			memset(addr + bits / 8, 0, 16 - bits / 8);
		}
		return bits;
	}
	addr[0] = 0x20;
	addr[15] = random_below(r, 4);
	if (!random_below(r, 4))
		bits = 64 - 64 * random_below(r, 2), memset(addr + bits / 8, 0, 16 - bits / 8);
	return bits;
}

/* A number of a text, mostly a small one. */
static uint32_t some_text(struct random *r)
{
	return random_below(r, 8) ? random_below(r, 4) : random_next(r) >> (32 + random_below(r, 32));
}

struct view_key some_key(unsigned int n)
{
	static const uint32_t has[] = {
		VIEW_DIRECTION | VIEW_PROTO | VIEW_SRC | VIEW_DST | VIEW_DPORT,
		VIEW_DIRECTION | VIEW_PROTO | VIEW_SRC | VIEW_DST | VIEW_ICMP_TYPE,
		VIEW_PROTO | VIEW_DPORT | VIEW_PREFIX | VIEW_RULE | VIEW_COMMENT,
		VIEW_SRC | VIEW_SRC_LABEL | VIEW_DST_LABEL,
	};
	struct random r = random_from(n);
	struct view_key key = { .has = has[random_below(&r, 4)] };

	if (!random_below(&r, 4))
		key.has = random_next(&r) & (2 * VIEW_COMMENT - 1);
#define IF(field, ...) if (key.has & VIEW_##field) __VA_ARGS__
	IF(DIRECTION, key.direction = random_below(&r, 4));
	IF(PROTO, key.proto = random_below(&r, 3) ? IPPROTO_TCP : random_below(&r, 256));
	IF(SRC, key.src_bits = some_address(&r, key.src));
	IF(DST, key.dst_bits = some_address(&r, key.dst));
	IF(SPORT, key.sport = random_next(&r));
	IF(DPORT, key.dport = random_below(&r, 4) * 251);
	IF(ICMP_TYPE, key.icmp_type = random_below(&r, 3));
	IF(ICMP_CODE, key.icmp_code = random_below(&r, 3));
	IF(NAT_SRC, key.nat_src_bits = some_address(&r, key.nat_src));
	IF(NAT_DST, key.nat_dst_bits = some_address(&r, key.nat_dst));
	IF(NAT_SPORT, key.nat_sport = random_next(&r));
	IF(NAT_DPORT, key.nat_dport = random_next(&r));
	IF(ZONE, key.zone = random_below(&r, 3));
	IF(MARK, key.mark = random_next(&r) >> random_below(&r, 32));
	IF(IIF, key.iif = some_text(&r));
	IF(OIF, key.oif = some_text(&r));
	IF(SRC_LABEL, key.src_label = some_text(&r));
	IF(DST_LABEL, key.dst_label = some_text(&r));
	IF(MARK_LABEL, key.mark_label = some_text(&r));
	IF(PREFIX, key.prefix = some_text(&r));
	IF(RULE, key.rule = some_text(&r));
	IF(COMMENT, key.comment = some_text(&r));
#undef IF
	return key;
}

/* Mostly a small number; sometimes one that makes sums reach their end. */
static uint64_t some_number(struct random *r)
{
	if (!random_below(r, 20))
		return MOST - random_below(r, 3);
	return random_next(r) >> (24 + random_below(r, 40)) >> 1;
}

static void some_sums(struct random *r, struct view_sums *s)
{
	uint32_t all = (1u << VIEW_N_COUNTERS) - 1;

	memset(s, 0, sizeof(*s));
	s->known = random_below(r, 3) ? all & ~(1u << VIEW_live) : random_next(r) & all;
	if (random_below(r, 2))
		s->unknown = random_next(r) & random_next(r) & all;
	for (unsigned int i = 0; i < VIEW_N_COUNTERS; i++)
		if (s->known >> i & 1)
			s->of[i] = random_below(r, 3) ? some_number(r) >> random_below(r, 64) : 0;
}

static struct view_number some_state(struct random *r, uint64_t n)
{
	static const int states[] = { VIEW_ABSENT, VIEW_NULL, VIEW_KNOWN, VIEW_KNOWN };
	struct view_number number = { .state = states[random_below(r, 4)] };

	if (number.state == VIEW_KNOWN)
		number.n = n;
	return number;
}

static void some_record(struct some_windows *s, struct view_window *w)
{
	struct random *r = &s->r;

	w->status = random_below(r, 4) ? WINDOW_OK : random_below(r, 3);
	w->clock_step_ms = random_below(r, 10) ? 0 : (int64_t)random_below(r, 9) - 4;
	w->flowtable_uncounted = !random_below(r, 10);
	w->missing = random_below(r, 10) ? 0 : random_below(r, 5);
	some_sums(r, &w->total);
#define SOME_STATE(name) w->name = some_state(r, some_number(r));
	VIEW_WINDOW_NUMBERS(SOME_STATE)
#undef SOME_STATE
	w->table_rows = some_state(r, random_below(r, 10));
	w->table_capacity = some_state(r, random_below(r, 10));
	w->kernel_entries = some_state(r, random_below(r, 10));
	w->kernel_max = some_state(r, random_below(r, 10));
	if (random_below(r, 10))
		w->seq = (struct view_number){ ++s->seq, VIEW_KNOWN };
	else
		w->seq = (struct view_number){ 0 };
}

static void some_flows(struct some_windows *s, struct view_window *w)
{
	struct random *r = &s->r;

	w->n_flows = random_below(r, s->flows + 1);
	w->flows = calloc(w->n_flows + 1, sizeof(*w->flows));
	for (size_t i = 0; i < w->n_flows; i++) {
		struct view_flow *flow = &w->flows[i];

		flow->other = !random_below(r, 20);
		if (flow->other)
			flow->folded_flows = some_number(r);
		else
			flow->key = some_key(random_below(r, 1 + random_below(r, s->keys)));
		some_sums(r, &flow->sums);
	}
}

struct view_window some_window_by_chance(struct some_windows *s)
{
	static const uint64_t lengths[] = { 2000, 2000, 2000, 2000, 2000, 10000, 10000, 0 };
	struct random *r = &s->r;
	struct view_window w = { .window_ms = lengths[random_below(r, 8)] };
	uint64_t slot_ms = w.window_ms ? w.window_ms : 1000, late = 0;

	w.host = random_below(r, 3);
	w.run = 10 + random_below(r, 20) / 19;
	w.netns = random_below(r, 8) / 7;
	s->slot += random_below(r, 2) * slot_ms;
	if (!random_below(r, 10))
		late = random_below(r, random_below(r, 2) ? 4 : 70) * slot_ms;
	w.slot_ns = (s->slot > late ? s->slot - late : 0) / slot_ms * slot_ms * 1000000;
	w.start_ns = w.slot_ns + random_below(r, 5);
	w.end_ns = w.start_ns + random_below(r, 100);
	if (!random_below(r, 50))
		w.end_ns = w.start_ns - 1;
	some_flows(s, &w);
	w.complete = random_below(r, 12);
	if (w.complete)
		some_record(s, &w);
	if (late && random_below(r, 4))
		w.seq.n = random_below(r, 1 + s->seq);	/* it is late; otherwise its clock is */
	return w;
}
