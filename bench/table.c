/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "intake/intake.h"
#include "table/memory.h"
#include "table/top.h"

/* What it costs to make the keys of events and to add them to the memory table: batches
 * of 256 events, half of them starts, each of a flow drawn at random. The events are made
 * between the additions; making them is measured alone as well, and taken off. */

#define BATCH 256

/* The keys that are measured. */
static const struct flow_spec wide = {
	.fields = FIELD_SRC | FIELD_DST | FIELD_SPORT | FIELD_DPORT | FIELD_PROTO | FIELD_ICMP |
		  FIELD_ICMP_CODE | FIELD_DIR | FIELD_ZONE | FIELD_MARK,
	.src = { 32, 128 }, .dst = { 32, 128 }, .mark = 0xffffffff,
};
static const struct flow_spec translated = {
	.fields = FIELD_SRC | FIELD_DST | FIELD_DPORT | FIELD_PROTO | FIELD_ICMP | FIELD_DIR |
		  FIELD_NAT_SRC | FIELD_NAT_SPORT | FIELD_NAT_DST | FIELD_NAT_DPORT,
	.src = { 32, 128 }, .dst = { 32, 128 }, .nat_src = { 32, 128 }, .nat_dst = { 32, 128 },
};

/* Flows without a source: all events are of one. */
static const struct flow_spec by_service = {
	.fields = FIELD_DST | FIELD_DPORT | FIELD_PROTO | FIELD_ICMP | FIELD_DIR, .dst = { 32, 128 },
};

static uint64_t seed = 1;
static __be16 ports;	/* the bits of source ports that are random */

static uint32_t draw(uint32_t below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (seed >> 32) * below >> 32;
}

static void prepare(struct flow_event ev[BATCH])
{
	memset(ev, 0, BATCH * sizeof(*ev));
	for (int i = 0; i < BATCH; i++) {
		ev[i].family = AF_INET;
		ev[i].l4 = IPPROTO_TCP;
		ev[i].has_ports = ev[i].conntrack = true;
		ev[i].dir = FLOW_DIR_FORWARD;
		ev[i].orig.dport = htons(443);
		flow_addr_v4(ev[i].orig.saddr, "\x0a\x00\x00\x00");
		flow_addr_v4(ev[i].orig.daddr, "\xc0\x00\x02\x0a");
		ev[i].kind = i % 2 ? FLOW_END : FLOW_START;
		ev[i].has_counters = ev[i].replied = true;
		ev[i].orig_packets = 6;
		ev[i].orig_bytes = 1320;
		ev[i].reply_packets = 4;
		ev[i].reply_bytes = 5216;
	}
}

static void make(struct flow_event ev[BATCH], uint32_t flows, uint64_t time_ns)
{
	for (int i = 0; i < BATCH; i++) {
		uint32_t n = draw(flows);

		memcpy(ev[i].orig.saddr + 12, &n, sizeof(n));
		ev[i].orig.sport = seed >> 16 & ports;
		ev[i].time_ns = time_ns;
	}
	__asm__ volatile("" : : "r"(ev) : "memory");	/* the compiler keeps it all */
}

static double making(uint32_t flows, uint64_t batches)
{
	struct flow_event ev[BATCH];
	double begin = bench_seconds();

	prepare(ev);
	for (uint64_t b = 0; b < batches; b++)
		make(ev, flows, b);
	return bench_seconds() - begin;
}

/* A table for the keys of spec, and the intake that makes them. */
static struct memory *open_table(struct intake *in, const struct flow_spec *spec,
				 uint32_t max_flows, enum top_by by)
{
	struct memory *m = NULL;

	if (memory_open(&m, max_flows)) {
		fprintf(stderr, "table: no memory for %u flows\n", max_flows);
		exit(1);
	}
	intake_init(in, spec, NULL, NULL);
	memory_key_bytes(m, flow_spec_bytes(spec));
	memory_evict(m, by);
	return m;
}

/* Have the table count the values of a field, too (0: of none). */
static void count_values(struct memory *m, struct intake *in, const struct flow_spec *spec,
			 __u32 field)
{
	const uint64_t key[2] = { 1, 2 };
	struct flow_distinct d = { .field = flow_key_fields, .prefix = { 32, 128 }, .mark = 0xffffffff };
	struct flow_spec finer;
	struct flow_cut cut;

	if (!field)
		return;
	while (d.field->field != field)
		d.field++;
	finer = flow_distinct_spec(spec, &d);
	intake_init(in, &finer, NULL, NULL);
	flow_cut_init(&cut, spec, &d);
	if (memory_distinct(m, &cut, key))
		exit(1);
}

static void run_counting(const char *name, uint32_t flows, uint32_t max_flows, uint64_t batches,
			 const struct flow_spec *spec, __u32 distinct)
{
	struct memory *m;
	struct intake in;
	struct flow_event ev[BATCH];
	double alone, begin;

	ports = distinct == FIELD_SPORT ? 0xffff : 0;
	alone = making(flows, batches);
	m = open_table(&in, spec, max_flows, TOP_EVENTS);
	count_values(m, &in, spec, distinct);
	prepare(ev);
	/* a window in which every flow comes, so that no page is new below */
	for (uint64_t b = 0; b < 12ULL * flows / BATCH + 1; b++) {
		make(ev, flows, b);
		intake_add(&in, m, ev, BATCH);
	}
	begin = bench_seconds();
	for (uint64_t b = 0; b < batches; b++) {
		make(ev, flows, b);
		intake_add(&in, m, ev, BATCH);
	}
	bench_print("table", name, "events", batches * BATCH, bench_seconds() - begin - alone);
	memory_close(m);
}

static void run(const char *name, uint32_t flows, uint32_t max_flows, uint64_t batches,
		const struct flow_spec *spec)
{
	run_counting(name, flows, max_flows, batches, spec, 0);
}

/* Flows of every size in bytes: most of them lose their row again and again. */
static void run_sizes(uint32_t flows, uint32_t max_flows, uint64_t batches)
{
	struct intake in;
	struct memory *m = open_table(&in, &flow_spec_default, max_flows, TOP_BYTES);
	struct flow_event ev[BATCH];
	double seconds = 0, begin;

	prepare(ev);
	for (uint64_t b = 0; b < batches; b++) {
		make(ev, flows, b);
		for (int i = 0; i < BATCH; i++)
			ev[i].orig_bytes = draw(1 << draw(30));
		begin = bench_seconds();
		intake_add(&in, m, ev, BATCH);
		seconds += bench_seconds() - begin;
	}
	bench_print("table", "1000000 flows of every size in a table for 65536, by bytes",
		    "events", batches * BATCH, seconds);
	memory_close(m);
}

/* Choose the largest of a million rows; and the longest step of that, for which reading
 * from the kernel has to wait. */
static void run_top(size_t k)
{
	struct intake in;
	struct memory *m = open_table(&in, &flow_spec_default, 1 << 20, TOP_EVENTS);
	double begin, step, longest = 0;
	struct flow_event ev[BATCH];
	char name[64];
	struct top *t;
	bool done;

	prepare(ev);
	for (int b = 0; b < 20000; b++) {
		make(ev, 1000000, b);
		intake_add(&in, m, ev, BATCH);
	}
	begin = bench_seconds();
	if (top_open(&t, m, k, TOP_BYTES))
		exit(1);
	do {
		step = bench_seconds();
		done = top_step(t, 16384);
		step = bench_seconds() - step;
		longest = step > longest ? step : longest;
	} while (!done);
	snprintf(name, sizeof(name), "top %zu, longest step %.1f ms", k, longest * 1000);
	bench_print("table", name, "rows", memory_rows(m), bench_seconds() - begin);
	top_close(t);
	memory_close(m);
}

int main(void)
{
	run("100 flows", 100, 65536, 80000, &flow_spec_default);
	run("10000 flows", 10000, 65536, 80000, &flow_spec_default);
	run("10000 flows, with ports, zone and mark in the key", 10000, 65536, 80000,
	    &wide);
	run("10000 flows, with translations in the key", 10000, 65536, 80000,
	    &translated);
	run_counting("10000 flows, source ports counted", 10000, 65536, 80000, &flow_spec_default,
		     FIELD_SPORT);
	run("1 flow", 10000, 65536, 80000, &by_service);
	run_counting("1 flow, 10000 sources counted", 10000, 65536, 80000, &by_service, FIELD_SRC);
	run_counting("1 flow, 100 sources counted", 100, 65536, 80000, &by_service, FIELD_SRC);
	run("1000000 flows", 1000000, 1 << 20, 40000, &flow_spec_default);
	run("1000000 flows in a table for 65536", 1000000, 65536, 40000, &flow_spec_default);
	run_sizes(1000000, 65536, 40000);
	run_top(100);
	run_top(100000);
	return 0;
}
