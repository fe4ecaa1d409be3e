/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Write the events of one host of a fleet as the lines that `ctagg --read` takes. The same
 * arguments give the same bytes everywhere.
 *
 *   fleet HOST MINUTES FLOWS [FIRST]
 *
 * HOST is 0 to 249. The first minute is FIRST (1440) minutes after 2026-11-20 00:00 UTC. Each minute has
 * FLOWS different flows (100 to 60000) of the default key, in these parts:
 *
 *   15 %  connections between this host's network 10.HOST.0.0/16 and that of its neighbour HOST^1:
 *         both hosts see them, so both write the same flows
 *    3 %  packets that one of three rules dropped
 *    4 %  in one hour of six, one source that tries addresses and ports and gets no answer; in the
 *         other hours these are like the rest
 *   the rest: clients of the network talk to servers outside, few to most of them (the ranks of both
 *         are spread evenly over their logarithm); every 20th by IPv6, every 30th by ICMP. From 2026-11-21
 *         12:00 on there are servers, 198.19.200.0/24, that nobody has talked to before.
 */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BEGIN 1795132800	/* 2026-11-20 00:00 UTC */
#define NEW_SERVERS 2160	/* the first minute with servers that are new */
#define MOST_FLOWS 60000
#define SLOTS 131072	/* of the set of flows; a power of 2 above MOST_FLOWS */

struct flow {
	char src[40], dst[40];
	const char *proto, *direction;
	unsigned int sport, dport;	/* of ICMP: type and code */
	uint64_t out, back;		/* packets */
	unsigned int size, back_size;	/* IP bytes of each packet */
	bool replied;
	int rule;			/* that dropped it, or -1 */
};

static const char *const rules[] = { "inet/filter/input/8", "inet/filter/input/11", "inet/filter/forward/5" };
static const char *const prefixes[] = { "telnet: ", "rest: ", "guests: " };

static uint64_t state;

/* The next number of splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static void seed(unsigned int who, unsigned int minute)
{
	state = (uint64_t)who << 32 | minute;
	state = next();
}

static unsigned int below(unsigned int n)
{
	return next() % n;
}

/* A rank from 0 to n - 1: as many from 1 to 10 as from 10 to 100. */
static unsigned int rank_below(unsigned int n)
{
	double share = (double)(next() >> 11) / 9007199254740992.0;	/* 2^53 */

	return (unsigned int)(pow(n + 1, share) - 1) % n;
}

static void client_of(char *text, unsigned int host)
{
	unsigned int rank = rank_below(250);

	snprintf(text, 40, "10.%u.%u.%u", host, rank / 50, rank % 50 + 10);
}

static void make_ports(struct flow *f)
{
	static const unsigned int tcp[] = { 443, 443, 443, 443, 443, 443, 443, 80, 22, 993, 5432, 8443 };
	bool udp = below(4) == 0;

	f->proto = udp ? "udp" : "tcp";
	f->dport = udp ? (below(3) ? 53 : 123) : tcp[below(sizeof(tcp) / sizeof(*tcp))];
	f->sport = 32768 + below(28000);
}

static void make_outside(struct flow *f, unsigned int host, unsigned int minute)
{
	unsigned int server = rank_below(40000);

	make_ports(f);
	f->direction = "out";
	client_of(f->src, host);
	if (minute >= NEW_SERVERS && below(50) == 0)
		snprintf(f->dst, sizeof(f->dst), "198.19.200.%u", below(250));
	else
		snprintf(f->dst, sizeof(f->dst), "198.18.%u.%u", server / 250, server % 250);
	if (below(20) == 0) {
		snprintf(f->src, sizeof(f->src), "2001:db8:%x::%x", host + 1, rank_below(250) + 1);
		snprintf(f->dst, sizeof(f->dst), "2001:db8:ffff::%x", server + 1);
	} else if (below(30) == 0) {
		f->proto = "icmp";
		f->sport = 8;
		f->dport = 0;
	}
}

static void make_scan(struct flow *f, unsigned int host)
{
	static const unsigned int ports[] = { 22, 23, 445, 3389, 8080 };

	f->proto = "tcp";
	f->direction = "forward";
	f->sport = 1024 + below(60000);
	f->dport = ports[below(5)];
	snprintf(f->src, sizeof(f->src), "203.0.113.%u", host);
	snprintf(f->dst, sizeof(f->dst), "10.%u.%u.%u", host, below(256), below(256));
	f->replied = false;
	f->out = 1 + below(3);
	f->back = 0;
	f->size = 60;
}

static void make_drop(struct flow *f, unsigned int host)
{
	f->rule = below(3);
	f->proto = "tcp";
	f->direction = f->rule == 2 ? "forward" : "in";
	f->sport = 1024 + below(60000);
	f->dport = f->rule == 0 ? 23 : 1 + below(10000);
	snprintf(f->src, sizeof(f->src), "203.0.%u.%u", below(100), below(250));
	snprintf(f->dst, sizeof(f->dst), "10.%u.0.1", host);
	f->out = 1 + rank_below(20);
	f->size = 40 + below(1000);
}

static void make_between(struct flow *f, unsigned int host)
{
	make_ports(f);
	f->direction = "forward";
	client_of(f->src, host & ~1u);
	client_of(f->dst, host | 1u);
	f->dport = 1000 + below(200);
}

/* Flow number i of n of a minute. */
static void make_flow(struct flow *f, unsigned int host, unsigned int minute, unsigned int i, unsigned int n)
{
	memset(f, 0, sizeof(*f));
	f->rule = -1;
	f->replied = below(50) != 0;
	f->out = 1 + rank_below(20000);
	f->back = f->replied ? 1 + rank_below(40000) : 0;
	f->size = 52 + below(400);
	f->back_size = 52 + below(1400);
	if (i < n * 15 / 100)
		make_between(f, host);
	else if (i < n * 18 / 100)
		make_drop(f, host);
	else if (i < n * 22 / 100 && minute / 60 % 6 == host % 6)
		make_scan(f, host);
	else
		make_outside(f, host, minute);
}

/* Whether the minute has this flow already; now it has. */
static bool is_known(uint64_t *set, const struct flow *f)
{
	char key[128];
	uint64_t hash = 1469598103934665603u;	/* FNV-1a */

	snprintf(key, sizeof(key), "%s %s %s %u %d", f->src, f->dst, f->proto, f->dport, f->rule);
	for (const char *c = key; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 1099511628211u;
	for (unsigned int at = hash % SLOTS;; at = (at + 1) % SLOTS) {
		if (set[at] == hash)
			return true;
		if (!set[at]) {
			set[at] = hash;
			return false;
		}
	}
}

/* The words of an event up to its addresses and ports. */
static void print_head(const struct flow *f, const char *kind, time_t second, unsigned int us)
{
	static char day[32];
	static time_t known = -1;
	struct tm tm;

	if (second != known) {
		gmtime_r(&second, &tm);
		strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
		known = second;
	}
	printf("{\"type\":\"event\",\"schema\":1,\"kind\":\"%s\",\"time\":\"%s.%06uZ\",\"direction\":\"%s\",\"proto\":\"%s\",\"src_ip\":\"%s\",\"dst_ip\":\"%s\"",
	       kind, day, us, f->direction, f->proto, f->src, f->dst);
	if (strcmp(f->proto, "icmp") == 0)
		printf(",\"icmp_type\":%u,\"icmp_code\":%u", f->sport, f->dport);
	else
		printf(",\"src_port\":%u,\"dst_port\":%u", f->sport, f->dport);
}

static void print_flow(const struct flow *f, time_t second, unsigned int us)
{
	if (f->rule >= 0) {
		for (uint64_t i = 0; i < f->out; i++) {
			print_head(f, "drop", second, us);
			printf(",\"bytes\":%u,\"log_prefix\":\"%s\",\"rule\":\"%s\"}\n", f->size,
			       prefixes[f->rule], rules[f->rule]);
		}
		return;
	}
	print_head(f, "start", second, us);
	puts("}");
	print_head(f, "end", second, us);
	printf(",\"orig_packets\":%" PRIu64 ",\"orig_bytes\":%" PRIu64 ",\"reply_packets\":%" PRIu64 ",\"reply_bytes\":%" PRIu64 ",\"replied\":%s%s}\n",
	       f->out, f->out * f->size, f->back, f->back * f->back_size, f->replied ? "true" : "false",
	       strcmp(f->proto, "tcp") ? "" : f->replied ? ",\"tcp_state\":\"time_wait\"" : ",\"tcp_state\":\"syn_sent\"");
}

static void print_minute(unsigned int host, unsigned int minute, unsigned int n)
{
	static uint64_t set[SLOTS];
	unsigned int between = n * 15 / 100;
	struct flow f;

	memset(set, 0, sizeof(set));
	seed(1000 + host / 2, minute);	/* the same for both neighbours */
	for (unsigned int i = 0; i < n; i++) {
		uint64_t us = (uint64_t)i * 60000000 / n;

		if (i == between)
			seed(host, minute);
		do
			make_flow(&f, host, minute, i, n);
		while (is_known(set, &f));
		print_flow(&f, BEGIN + (time_t)minute * 60 + us / 1000000, us % 1000000);
	}
}

static unsigned int number(const char *text, unsigned long min, unsigned long max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*end || end == text || value < min || value > max) {
		fprintf(stderr, "fleet: %s: want a number from %lu to %lu\n", text, min, max);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	unsigned int host, minutes, flows, first;

	if (argc < 4 || argc > 5) {
		fputs("usage: fleet HOST MINUTES FLOWS [FIRST]\n", stderr);
		return 2;
	}
	host = number(argv[1], 0, 249);
	minutes = number(argv[2], 1, 1000000);
	flows = number(argv[3], 100, MOST_FLOWS);
	first = argc == 5 ? number(argv[4], 0, 1000000) : 1440;
	for (unsigned int minute = first; minute < first + minutes; minute++)
		print_minute(host, minute, flows);
	return fflush(stdout) != 0;
}
