/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/address.h"
#include "lines/address.h"
#include "random.h"

/* As inet_pton(3) has it, and in memory that ends where the text ends. */
static bool agrees(const char *text)
{
	size_t len = strlen(text);
	char *exact = malloc(len + 1);
	__u8 ours[16], theirs[16], ip4[4], family = 0;
	bool is4 = inet_pton(AF_INET, text, ip4) == 1, taken;
	bool is = is4 || inet_pton(AF_INET6, text, theirs) == 1;

	memcpy(exact, text, len);
	taken = line_ip(exact, len, ours, &family);
	free(exact);
	if (is4)
		flow_addr_v4(theirs, ip4);
	return taken == is && (!is || (!memcmp(ours, theirs, 16) && family == (is4 ? AF_INET : AF_INET6)));
}

Test(line_ip, reads_what_inet_pton_reads)
{
	static const char *const texts[] = {
		"", ".", "0.0.0.0", "255.255.255.255", "1.2.3", "1.2.3.4.5", "1.2.3.4.", ".1.2.3.4", "1..2.3", "256.1.1.1", "1.1.1.256",
		"01.2.3.4", "1.2.3.04", "1.2.3.00", "1.2.3.4x", "1.2.3.4 ", " 1.2.3.4", "0x1.2.3.4", "1.2.3.999999999999999999999", "::", "::1",
		"2001:db8::1", "::ffff:1.2.3.4", "::1.2.3.4", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", ":::", "fe80::1%eth0", "12345::",
		"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555", "<script>",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		cr_expect(agrees(texts[i]), "%s", texts[i]);
}

static int octet(struct random *r)
{
	return (int)random_below(r, 260);
}

Test(line_ip, reads_what_inet_pton_reads_at_random)
{
	static const char letters[] = "0123456789012345678901234567890123456789..........::af x/-";
	struct random r = random_from(12);
	char text[24];

	for (int i = 0; i < 300000; i++) {
		size_t len = snprintf(text, sizeof(text), "%d.%d.%d.%d", octet(&r), octet(&r), octet(&r), octet(&r));

		for (unsigned int n = random_below(&r, 3); n; n--)
			text[random_below(&r, len)] = letters[random_below(&r, sizeof(letters) - 1)];
		cr_assert(agrees(text), "%s", text);
	}
}

static void expect_network(const char *text, unsigned int wanted_bits)
{
	unsigned int bits = 999;
	__u8 addr[16], family;

	cr_expect(line_network(text, strlen(text), addr, &family, &bits), "%s", text);
	cr_expect_eq(bits, wanted_bits, "%s", text);
}

Test(line_ip, a_network_has_a_length)
{
	static const char *const malformed[] = {
		"10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8", "10.0.0.0/8 ", "/8", "10.0.0/8",
		"2001:db8::/129", "2001:db8::/", "10.0.0.0/4294967297",
	};
	__u8 addr[16], family;
	unsigned int bits;

	expect_network("10.0.0.1", 32);
	expect_network("10.0.0.0/8", 8);
	expect_network("0.0.0.0/0", 0);
	expect_network("10.0.0.0/32", 32);
	expect_network("2001:db8::1", 128);
	expect_network("2001:db8::/32", 32);
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		cr_expect_not(line_network(malformed[i], strlen(malformed[i]), addr, &family, &bits), "%s", malformed[i]);
}
