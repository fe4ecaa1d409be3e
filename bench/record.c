/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "sink/file.h"
#include "sink/record.h"

/* What it costs to make flow records and write them to /dev/null. */

#define BUFFER (1 << 20)	/* as src/pipeline/outputs.h has it */
#define ROWS 1024
#define RECORDS 4000000

static void fill(struct flow_row *row, int i, bool v6)
{
	memset(row, 0, sizeof(*row));
	row->key.family = v6 ? AF_INET6 : AF_INET;
	row->key.l4 = i % 3 ? IPPROTO_TCP : IPPROTO_UDP;
	row->key.dir = i % 4;
	row->key.has_ports = 1;
	row->key.dport = htons(i * 61);
	if (v6) {
		inet_pton(AF_INET6, "2001:db8:1234:5678:0:ff:fe00:7", row->key.saddr);
		inet_pton(AF_INET6, "2001:db8::10", row->key.daddr);
	} else {
		flow_addr_v4(row->key.saddr, "\x0a\x7b\xc8\x07");
		flow_addr_v4(row->key.daddr, "\xc0\x00\x02\x0a");
	}
	row->key.saddr[15] = i;
	row->key.daddr[14] = i >> 8;
	row->sum = (struct flow_sums){
		.starts = i % 100, .ends = 1 + i % 90, .unreplied = i % 7,
		.orig_packets = 180 + i, .orig_bytes = 15200 * (i + 1),
		.reply_packets = 240 + i, .reply_bytes = 301200ULL * (i + 1),
		.first_ns = 1795222803120001000 + i * 1000003ULL,
		.last_ns = 1795222859004000000 + i * 1000003ULL,
	};
}

static void write_out(struct output *f)
{
	int err = output_flush(f);

	if (err) {
		fprintf(stderr, "record: /dev/null: %s\n", strerror(-err));
		exit(1);
	}
}

static void run(const char *name, bool v6)
{
	static struct flow_row rows[ROWS];
	struct origin origin;
	struct record r;
	struct output *f;
	double begin;
	int err = file_open(&f, "/dev/null", BUFFER);

	if (err) {
		fprintf(stderr, "record: /dev/null: %s\n", strerror(-err));
		exit(1);
	}
	for (int i = 0; i < ROWS; i++)
		fill(&rows[i], i, v6);
	origin_init(&origin, "gw1.example.net", NULL);
	record_init(&r, &origin);
	r.aligned = true;
	record_begin(&r, 1795222800000000000, 1795222860000000000, 60000000000);
	begin = bench_seconds();
	for (int i = 0; i < RECORDS; i++) {
		char *p = output_room(f, RECORD_MAX);

		if (!p) {
			write_out(f);
			p = output_room(f, RECORD_MAX);
		}
		output_commit(f, record_flow(&r, p, &rows[i % ROWS]) - p);
	}
	write_out(f);
	bench_print("record", name, "records", RECORDS, bench_seconds() - begin);
	output_close(f);
}

int main(void)
{
	run("IPv4", false);
	run("IPv6", true);
	return 0;
}
