/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "table/memory.h"

/* What it costs to add events to the memory table: batches of 256, half of them
 * starts, each of a flow drawn at random. Making them is measured alone, and
 * taken off. */

#define BATCH 256

static uint64_t seed = 1;

static uint32_t draw(uint32_t below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (seed >> 32) * below >> 32;
}

static void prepare(struct flow_event ev[BATCH])
{
	memset(ev, 0, BATCH * sizeof(*ev));
	for (int i = 0; i < BATCH; i++) {
		flow_key_init(&ev[i].key);
		ev[i].key.family = AF_INET;
		ev[i].key.l4 = IPPROTO_TCP;
		ev[i].key.has_ports = 1;
		ev[i].key.dport = htons(443);
		flow_addr_v4(ev[i].key.saddr, "\x0a\x00\x00\x00");
		flow_addr_v4(ev[i].key.daddr, "\xc0\x00\x02\x0a");
		ev[i].kind = i % 2 ? FLOW_END : FLOW_START;
		ev[i].counted = ev[i].replied = true;
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

		memcpy(ev[i].key.saddr + 12, &n, sizeof(n));
		ev[i].time_ns = time_ns;
	}
	__asm__ volatile("" : : "r"(ev) : "memory");	/* it is all wanted */
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

static void run(const char *name, uint32_t flows, uint32_t max_flows, uint64_t batches,
		size_t key_bytes)
{
	double alone = making(flows, batches), begin;
	struct flow_event ev[BATCH];
	struct memory *m = NULL;

	if (memory_open(&m, max_flows)) {
		fprintf(stderr, "table: no memory for %u flows\n", max_flows);
		exit(1);
	}
	memory_key_bytes(m, key_bytes);
	memory_evict(m);
	prepare(ev);
	/* a window in which every flow comes, so that no page is new below */
	for (uint64_t b = 0; b < 12ULL * flows / BATCH + 1; b++) {
		make(ev, flows, b);
		memory_add(m, ev, BATCH);
	}
	begin = bench_seconds();
	for (uint64_t b = 0; b < batches; b++) {
		make(ev, flows, b);
		memory_add(m, ev, BATCH);
	}
	bench_print("table", name, "events", batches * BATCH, bench_seconds() - begin - alone);
	memory_close(m);
}

int main(void)
{
	run("100 flows", 100, 65536, 80000, FLOW_KEY_DEFAULT_BYTES);
	run("10000 flows", 10000, 65536, 80000, FLOW_KEY_DEFAULT_BYTES);
	run("10000 flows, with ports, zone and mark in the key", 10000, 65536, 80000,
	    FLOW_KEY_WIDE_BYTES);
	run("10000 flows, with translations in the key", 10000, 65536, 80000,
	    sizeof(struct flow_key));
	run("1000000 flows", 1000000, 1 << 20, 40000, FLOW_KEY_DEFAULT_BYTES);
	run("1000000 flows in a table for 65536", 1000000, 65536, 40000, FLOW_KEY_DEFAULT_BYTES);
	return 0;
}
