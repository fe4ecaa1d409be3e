/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>

#include "anonymize/anonymize.h"
#include "flow/address.h"
#include "random.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* The key of the sample trace that Crypto-PAn 1.0 came with, and some of its addresses. */
static const uint8_t key[ANONYMIZE_KEY] = {
	21,  34,  23,  141, 51,	 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16,
	216, 152, 143, 131, 121, 121, 101, 39,	98, 87, 76, 45, 42, 132, 34,  2,
};
static const struct {
	const char *from, *to;
} published[] = {
	{ "128.11.68.132", "135.242.180.132" },	{ "129.118.74.4", "134.136.186.123" },
	{ "130.132.252.244", "133.68.164.234" }, { "141.223.7.43", "141.167.8.160" },
	{ "152.163.225.39", "151.140.114.167" }, { "156.29.3.236", "147.225.12.42" },
	{ "165.247.96.84", "162.9.99.234" },	{ "166.107.77.190", "160.132.178.185" },
	{ "192.102.249.13", "252.138.62.131" },	{ "192.41.57.43", "252.222.221.184" },
	{ "205.188.147.153", "242.96.16.101" },	{ "205.188.248.25", "242.96.88.27" },
	{ "24.0.250.221", "100.15.198.226" },	{ "24.13.62.231", "100.2.192.247" },
	{ "38.15.67.68", "64.3.66.187" },	{ "4.3.88.225", "124.60.155.63" },
	{ "63.97.7.140", "95.97.9.123" },	{ "64.39.15.238", "0.219.7.41" },
	/* of Yawning Angel's cryptopan, which has IPv6, too */
	{ "::1", "78ff:f001:9fc0:20df:8380:b1f1:704:ed" },
	{ "::2", "78ff:f001:9fc0:20df:8380:b1f1:704:ef" },
	{ "::ffff", "78ff:f001:9fc0:20df:8380:b1f1:704:f838" },
	{ "2001:db8::1", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e" },
	{ "2001:db8::2", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1c" },
};

static __u8 family_of(const char *text)
{
	return strchr(text, ':') ? AF_INET6 : AF_INET;
}

static void parse(const char *text, __u8 addr[16])
{
	__u8 ip4[4];

	if (family_of(text) == AF_INET6) {
		inet_pton(AF_INET6, text, addr);
		return;
	}
	inet_pton(AF_INET, text, ip4);
	flow_addr_v4(addr, ip4);
}

static struct anonymizer *open_key(const uint8_t bytes[ANONYMIZE_KEY])
{
	struct anonymizer *a = NULL;

	cr_assert_eq(anonymize_open_key(&a, bytes), 0);
	return a;
}

/* Twice: the second time the address is known already. */
Test(anonymize, published_addresses)
{
	struct anonymizer *a = open_key(key);
	__u8 addr[16], wanted[16];

	for (size_t i = 0; i < 2 * N(published); i++) {
		const char *from = published[i % N(published)].from;

		parse(from, addr);
		parse(published[i % N(published)].to, wanted);
		anonymize_address(a, family_of(from), addr);
		cr_expect_arr_eq(addr, wanted, 16, "%s", from);
	}
	anonymize_close(a);
}

static unsigned int shared_bits(const __u8 a[16], const __u8 b[16])
{
	unsigned int n = 0;

	while (n < 128 && !((a[n / 8] ^ b[n / 8]) & 0x80 >> n % 8))
		n++;
	return n;
}

/* More addresses than are remembered, which come again in another order. */
Test(anonymize, networks_stay_networks_and_addresses_keep_apart)
{
	struct random r = random_from(44);
	uint8_t any_key[ANONYMIZE_KEY];
	struct anonymizer *a, *again;

	random_bytes(&r, any_key, sizeof(any_key));
	a = open_key(any_key);
	again = open_key(any_key);
	for (int i = 0; i < 20000; i++) {
		__u8 family = random_below(&r, 2) ? AF_INET : AF_INET6;
		unsigned int least = family == AF_INET ? 96 : 0, bit = least + random_below(&r, 128 - least);
		__u8 one[16] = { 0 }, other[16], shown_one[16], shown_other[16], repeated[16];

		random_bytes(&r, one, sizeof(one));
		if (family == AF_INET)
			flow_addr_v4(one, (__u8[]){ one[12], one[13], one[14], one[15] });
		memcpy(other, one, sizeof(other));
		other[bit / 8] ^= 0x80 >> bit % 8;
		memcpy(shown_one, one, sizeof(one));
		memcpy(shown_other, other, sizeof(other));
		memcpy(repeated, one, sizeof(one));
		anonymize_address(a, family, shown_one);
		anonymize_address(a, family, shown_other);
		anonymize_address(again, family, repeated);
		cr_assert_eq(shared_bits(shown_one, shown_other), bit);
		cr_assert_arr_eq(shown_one, repeated, 16);
		cr_assert(family == AF_INET6 || shared_bits(shown_one, one) >= 96, "IPv4 stays IPv4");
	}
	anonymize_close(a);
	anonymize_close(again);
}

/* The same bytes are an address of IPv4 and a mapped address of IPv6. */
Test(anonymize, families_keep_apart)
{
	struct anonymizer *a = open_key(key);
	__u8 v4[16], v6[16];

	parse("128.11.68.132", v4);
	memcpy(v6, v4, 16);
	anonymize_address(a, AF_INET, v4);
	anonymize_address(a, AF_INET6, v6);
	cr_expect_lt(shared_bits(v4, v6), 96);
	parse("128.11.68.132", v4);
	anonymize_address(a, AF_INET, v4);
	parse("135.242.180.132", v6);
	cr_expect_arr_eq(v4, v6, 16);
	anonymize_close(a);
}

Test(anonymize, all_addresses_of_an_event)
{
	struct anonymizer *a = open_key(key);
	struct flow_event ev = { .family = AF_INET, .conntrack = true };
	__u8 *const places[] = { ev.orig.saddr, ev.orig.daddr, ev.reply.saddr, ev.reply.daddr };
	__u8 wanted[16];

	for (int i = 0; i < 4; i++)
		parse(published[i].from, places[i]);
	anonymize_event(a, &ev);
	for (int i = 0; i < 4; i++) {
		parse(published[i].to, wanted);
		cr_expect_arr_eq(places[i], wanted, 16);
	}
	ev = (struct flow_event){ .family = AF_INET, .kind = FLOW_DROP, .devices = { "eth0", "eth1" } };
	anonymize_event(a, &ev);
	cr_expect_str_eq(ev.devices.iif, "eth0");
	cr_expect_str_eq(ev.devices.oif, "eth1");
	anonymize_close(a);
}

Test(anonymize, a_digest_depends_on_the_key)
{
	char one[] = "e3b0c44298fc1c14", same[] = "e3b0c44298fc1c14", other[] = "e3b0c44298fc1c15";
	struct anonymizer *a = open_key(key), *b = open_key((const uint8_t[ANONYMIZE_KEY]){ 0 });

	anonymize_digest(a, one);
	anonymize_digest(a, same);
	anonymize_digest(a, other);
	cr_expect_str_eq(one, same);
	cr_expect(strcmp(one, other) && strcmp(one, "e3b0c44298fc1c14"));
	cr_expect_eq(strspn(one, "0123456789abcdef"), 16);
	strcpy(same, "e3b0c44298fc1c14");
	anonymize_digest(b, same);
	cr_expect(strcmp(one, same));
	anonymize_close(a);
	anonymize_close(b);
}
