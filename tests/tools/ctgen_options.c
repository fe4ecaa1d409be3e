/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/ctgen_options.h"

struct options opt = {
	.keys = 1000, .events = 200000, .live = 4096, .timeout = 600, .l4 = IPPROTO_UDP,
	.zone = UINT64_MAX, .mark = UINT64_MAX, .cpu = UINT64_MAX,
};

void die(const char *what, const char *why)
{
	fprintf(stderr, "ctgen: %s: %s\n", what, why);
	exit(1);
}

bool has_ports(void)
{
	switch (opt.l4) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	}
	return false;
}

bool is_icmp(void)
{
	return opt.l4 == IPPROTO_ICMP || opt.l4 == IPPROTO_ICMPV6;
}

static uint64_t number(const char *option, const char *text, uint64_t max)
{
	char *end;
	uint64_t n;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || n > max) {
		fprintf(stderr, "ctgen: %s: '%s' is not a number up to %" PRIu64 "\n", option, text, max);
		exit(2);
	}
	return n;
}

static double real(const char *option, const char *text)
{
	char *end;
	double d = strtod(text, &end);

	if (end == text || *end || !(d > 0) || d > 1e6) {
		fprintf(stderr, "ctgen: %s: '%s' is not a positive number\n", option, text);
		exit(2);
	}
	return d;
}

static int protocol(const char *text)
{
	static const struct { const char *name; int l4; } names[] = {
		{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP }, { "udplite", IPPROTO_UDPLITE },
		{ "sctp", IPPROTO_SCTP }, { "dccp", IPPROTO_DCCP }, { "icmp", IPPROTO_ICMP },
		{ "icmpv6", IPPROTO_ICMPV6 }, { "gre", IPPROTO_GRE },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(text, names[i].name))
			return names[i].l4;
	return number("--proto", text, 255);
}

static const char help[] =
"Usage: ctgen [OPTION]...\n"
"Create and delete conntrack entries in this network namespace, and say how many.\n"
"  -k, --keys=N      distinct source, destination, port, protocol (1000)\n"
"  -n, --events=N    creates and deletes together (200000)\n"
"  -6, --ipv6        IPv6; --mixed every other key\n"
"  -p, --proto=P     tcp udp udplite sctp dccp icmp icmpv6 gre or a number (udp)\n"
"      --live=N      entries that exist at one time (4096)\n"
"      --hold        only create; --delete-only deletes what that has made\n"
"      --timeout=S   of the entries (600)\n"
"      --rate=N      events a second (as fast as it goes)\n"
"      --duration=S  run so long instead of --events\n"
"      --zipf=S      choose keys by a Zipf law with that exponent\n"
"      --zone=N --mark=N --nat (replies come from elsewhere)\n"
"      --assured     a full table does not remove the entries to make room\n"
"      --patient     wait for the listeners, twice every --live connections\n"
"      --cpu=N       run on that CPU\n"
"      --per-key     print a line for each key\n"
"      --here        also in the first namespace of the machine\n";

void parse_options(int argc, char *argv[])
{
	enum { MIXED = 256, LIVE, HOLD, DELETE_ONLY, TIMEOUT, RATE, DURATION, ZIPF, ZONE, MARK, NAT, PATIENT, CPU, PER_KEY, HERE, ASSURED };
	static const struct option longs[] = {
		{ "keys", 1, 0, 'k' }, { "events", 1, 0, 'n' }, { "ipv6", 0, 0, '6' },
		{ "mixed", 0, 0, MIXED }, { "proto", 1, 0, 'p' }, { "live", 1, 0, LIVE },
		{ "hold", 0, 0, HOLD }, { "delete-only", 0, 0, DELETE_ONLY },
		{ "timeout", 1, 0, TIMEOUT }, { "rate", 1, 0, RATE }, { "duration", 1, 0, DURATION },
		{ "zipf", 1, 0, ZIPF }, { "zone", 1, 0, ZONE }, { "mark", 1, 0, MARK },
		{ "nat", 0, 0, NAT }, { "cpu", 1, 0, CPU }, { "per-key", 0, 0, PER_KEY },
		{ "here", 0, 0, HERE }, { "assured", 0, 0, ASSURED }, { "patient", 0, 0, PATIENT }, { "help", 0, 0, 'h' }, { 0 },
	};
	int o;

	while ((o = getopt_long(argc, argv, "k:n:6p:h", longs, NULL)) != -1) {
		switch (o) {
		case 'k': opt.keys = number("--keys", optarg, 1 << 24); break;
		case 'n': opt.events = number("--events", optarg, UINT32_MAX); break;
		case '6': opt.ipv6 = true; break;
		case MIXED: opt.mixed = true; break;
		case 'p': opt.l4 = protocol(optarg); break;
		case LIVE: opt.live = number("--live", optarg, 1 << 24); break;
		case HOLD: opt.hold = true; break;
		case DELETE_ONLY: opt.delete_only = true; break;
		case TIMEOUT: opt.timeout = number("--timeout", optarg, 1 << 20); break;
		case RATE: opt.rate = number("--rate", optarg, UINT32_MAX); break;
		case DURATION: opt.duration = real("--duration", optarg); break;
		case ZIPF: opt.zipf = real("--zipf", optarg); break;
		case ZONE: opt.zone = number("--zone", optarg, 65535); break;
		case MARK: opt.mark = number("--mark", optarg, UINT32_MAX); break;
		case NAT: opt.nat = true; break;
		case PATIENT: opt.patient = true; break;
		case CPU: opt.cpu = number("--cpu", optarg, CPU_SETSIZE - 1); break;
		case PER_KEY: opt.per_key = true; break;
		case HERE: opt.here = true; break;
		case ASSURED: opt.assured = true; break;
		case 'h': fputs(help, stdout); exit(0);
		default: fputs("ctgen: see ctgen --help\n", stderr); exit(2);
		}
	}
	if (optind < argc || !opt.keys || !opt.live || (opt.hold && opt.delete_only)) {
		fputs("ctgen: wrong usage: see ctgen --help\n", stderr);
		exit(2);
	}
	if (!has_ports() && !is_icmp() && opt.l4 != IPPROTO_GRE && opt.live > opt.keys)
		opt.live = opt.keys;	/* nothing tells two of a key apart */
}
