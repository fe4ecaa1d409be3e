/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "spool/name.h"

#define NS_PER_S 1000000000ULL
#define START_NS 1795222860123456789ULL	/* 2026-11-21T01:01:00.123456789Z, by date(1) */

static const char *formatted(uint64_t start_ns, uint64_t nominal_ns, const char *host, uint64_t seq)
{
	static char out[SPOOL_NAME_MAX];
	struct spool_name n = { .start_ns = start_ns, .nominal_ns = nominal_ns, .seq = seq };

	spool_name_host(&n, host);
	strcpy(n.run, "k3v9x2ma");
	spool_name_format(&n, out);
	return out;
}

Test(spool_name, says_when_how_long_where_and_which)
{
	cr_expect_str_eq(formatted(START_NS, 60 * NS_PER_S, "gw1", 7),
			 "20261121T010100.123Z-60s-gw1-k3v9x2ma-0000000007.jsonl");
	cr_expect_str_eq(formatted(START_NS, NS_PER_S / 2, "gw1", 7),
			 "20261121T010100.123Z-500ms-gw1-k3v9x2ma-0000000007.jsonl");
	cr_expect_str_eq(formatted(START_NS, 0, "gw1", 1),
			 "20261121T010100.123Z-snapshot-gw1-k3v9x2ma-0000000001.jsonl");
}

Test(spool_name, events_have_a_word_in_place_of_a_length)
{
	static const char text[] = "20261121T010100.123Z-events-gw1-k3v9x2ma-0000000001.jsonl";
	struct spool_name n = { .start_ns = START_NS, .seq = 1, .host = "gw1", .run = "k3v9x2ma", .events = true };
	char out[SPOOL_NAME_MAX];

	spool_name_format(&n, out);
	cr_expect_str_eq(out, text);
	memset(&n, 0xff, sizeof(n));
	cr_assert(spool_name_parse(&n, text));
	cr_expect(n.events && !n.nominal_ns);
	cr_assert(spool_name_parse(&n, "20261121T010100.123Z-snapshot-gw1-k3v9x2ma-0000000001.jsonl"));
	cr_expect_not(n.events);
	cr_expect_not(spool_name_is("20261121T010100.123Z-event-gw1-k3v9x2ma-0000000001.jsonl"));
	cr_expect_not(spool_name_is("20261121T010100.123Z-eventsgw1-k3v9x2ma-0000000001.jsonl"));
}

Test(spool_name, a_host_is_cut_and_has_no_odd_bytes)
{
	struct spool_name n;
	char longest[80];

	spool_name_host(&n, "a/b c\xc3\xa4..-_Z9\n");
	cr_expect_str_eq(n.host, "a_b_c__..-_Z9_");
	spool_name_host(&n, "");
	cr_expect_str_eq(n.host, "_");
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	spool_name_host(&n, longest);
	cr_expect_eq(strlen(n.host), SPOOL_NAME_HOST);
}

Test(spool_name, is_read_as_it_was_written)
{
	static const char *const hosts[] = { "gw1", "a-b-c", "-", ".", "x-60s-k3v9x2ma-0000000001" };
	static const uint64_t lengths[] = { 0, 1000000, 999000000, NS_PER_S, 86400 * NS_PER_S };
	static const uint64_t seqs[] = { 0, 7, 9999999999, 10000000000, UINT64_MAX };
	struct spool_name n;

	for (size_t h = 0; h < sizeof(hosts) / sizeof(hosts[0]); h++)
		for (size_t l = 0; l < sizeof(lengths) / sizeof(lengths[0]); l++)
			for (size_t s = 0; s < sizeof(seqs) / sizeof(seqs[0]); s++) {
				const char *text = formatted(START_NS, lengths[l], hosts[h], seqs[s]);

				cr_assert(spool_name_parse(&n, text), "%s", text);
				cr_expect_eq(n.start_ns, START_NS - 456789);
				cr_expect_eq(n.nominal_ns, lengths[l]);
				cr_expect_str_eq(n.host, hosts[h]);
				cr_expect_str_eq(n.run, "k3v9x2ma");
				cr_expect_eq(n.seq, seqs[s]);
			}
}

Test(spool_name, nothing_else_is_a_name)
{
	static const char *const others[] = {
		"", ".", "..", "lock", "x.jsonl",
		"20261121T010100.123Z-60s-gw1-k3v9x2ma-0000000007.jsonl.torn",
		"20261121T010100.123Z-60s-gw1-k3v9x2ma-0000000007.json",
		"20261121T010100.123Z-60s-gw1-k3v9x2ma-0000000007.jsonl ",
		"20261121T010100.123Z-60s-gw1-k3v9x2ma-7.jsonl",
		"20261121T010100.123Z-60s-gw1-k3v9x2ma-00000000007.jsonl",
		"20261121T010100.123Z-60s-gw1-k3v9x2ma-+000000007.jsonl",
		"20261121T010100.123Z-60s-gw1-k3v9x2ma-99999999999999999999.jsonl",
		"20261121T010100.123Z-60s-gw1-k3v9x2m-0000000007.jsonl",
		"20261121T010100.123Z-60s-gw1-K3V9X2MA-0000000007.jsonl",
		"20261121T010100.123Z-60s--k3v9x2ma-0000000007.jsonl",
		"20261121T010100.123Z-60s-g/w-k3v9x2ma-0000000007.jsonl",
		"20261121T010100.123Z-60-gw1-k3v9x2ma-0000000007.jsonl",
		"20261121T010100.123Z-060s-gw1-k3v9x2ma-0000000007.jsonl",
		"20261121T010100.123Z-1000ms-gw1-k3v9x2ma-0000000007.jsonl",
		"20261121T010100.123Z-0s-gw1-k3v9x2ma-0000000007.jsonl",
		"20261121T010100.123Z-99999999999999999999s-gw1-k3v9x2ma-0000000007.jsonl",
		"20260230T010100.123Z-60s-gw1-k3v9x2ma-0000000007.jsonl",
		"20261121T240000.123Z-60s-gw1-k3v9x2ma-0000000007.jsonl",
		"19691231T235959.999Z-60s-gw1-k3v9x2ma-0000000007.jsonl",
		"20261121 010100.123Z-60s-gw1-k3v9x2ma-0000000007.jsonl",
		"20261121T010100.123-60s-gw1-k3v9x2ma-0000000007.jsonl",
	};

	cr_assert(spool_name_is("20261121T010100.123Z-60s-gw1-k3v9x2ma-0000000007.jsonl"));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		cr_expect(!spool_name_is(others[i]), "%s", others[i]);
}

Test(spool_name, any_beginning_of_a_name_is_none)
{
	char text[SPOOL_NAME_MAX];

	strcpy(text, formatted(START_NS, 0, "gw1", 7));
	for (size_t len = strlen(text); len--;) {
		text[len] = '\0';
		cr_expect(!spool_name_is(text), "%s", text);
	}
}
