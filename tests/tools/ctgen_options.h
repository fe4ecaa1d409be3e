/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_TOOLS_CTGEN_OPTIONS_H
#define CTAGG_TESTS_TOOLS_CTGEN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* What the command line of ctgen says. */

struct options {
	uint64_t keys, events, live, timeout, rate;
	uint64_t zone, mark, cpu;	/* UINT64_MAX: none */
	double zipf, duration;
	int l4;
	bool ipv6, mixed, hold, delete_only, per_key, nat, patient, here, assured;
};

extern struct options opt;

/* Fill in opt. Ends the program for --help, and with status 2 for wrong usage. */
void parse_options(int argc, char *argv[]);

/* Whether the protocol of opt has ports; whether it is ICMP or ICMPv6. */
bool has_ports(void);
bool is_icmp(void);

/* Say what failed and why, and end the program with status 1. */
_Noreturn void die(const char *what, const char *why);

#endif
