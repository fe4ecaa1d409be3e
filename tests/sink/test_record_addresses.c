/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>

#include "sink/record_case.h"

#define WHOLE { 32, 128 }

/* A map that turns over every bit of an address, and keeps IPv4 what it is. */
static void turn_over(void *map, __u8 family, __u8 addr[16])
{
	++*(int *)map;
	for (int i = family == AF_INET ? 12 : 0; i < 16; i++)
		addr[i] = ~addr[i];
}

static struct record *mapping_writer(int *times)
{
	struct record *r = record_writer("gw1");

	*times = 0;
	r->map_address = turn_over;
	r->map = times;
	return r;
}

static struct flow_row translated(void)
{
	struct flow_row row = tcp4();

	memcpy(row.key.nat_saddr, row.key.daddr, 16);
	memcpy(row.key.nat_daddr, row.key.saddr, 16);
	return row;
}

Test(record_addresses, each_is_mapped)
{
	struct flow_row row = translated();
	int times;
	struct record *r = mapping_writer(&times);
	json_t *o;

	r->spec.fields |= FIELDS_NAT;
	o = flow_line(r, &row);
	expect_string(o, "src_ip", "245.255.255.248");
	expect_string(o, "dst_ip", "63.255.253.245");
	expect_string(o, "nat_src_ip", "63.255.253.245");
	expect_string(o, "nat_dst_ip", "245.255.255.248");
	cr_expect_eq(times, 4);
	json_decref(o);
}

/* A map fills the bits that the key does not have; the record does not show them. */
Test(record_addresses, of_a_network_only_its_bits_are_shown)
{
	struct flow_row row = tcp4();
	int times;
	struct record *r = mapping_writer(&times);
	json_t *o;

	r->spec.src = (struct flow_prefix){ 12, 128 };
	r->spec.dst = (struct flow_prefix){ 0, 128 };
	row.key.saddr[13] &= 0xf0;
	row.key.saddr[14] = row.key.saddr[15] = 0;
	memset(row.key.daddr + 12, 0, 4);
	o = flow_line(r, &row);
	expect_string(o, "src_ip", "245.240.0.0/12");
	expect_string(o, "dst_ip", "0.0.0.0/0");
	json_decref(o);
}

Test(record_addresses, of_ipv6)
{
	struct flow_row row = tcp4();
	int times;
	struct record *r = mapping_writer(&times);
	json_t *o;

	row.key.family = AF_INET6;
	inet_pton(AF_INET6, "2001:db8::1", row.key.saddr);
	inet_pton(AF_INET6, "2001:db8::", row.key.daddr);
	r->spec.dst = (struct flow_prefix){ 32, 45 };
	o = flow_line(r, &row);
	expect_string(o, "src_ip", "dffe:f247:ffff:ffff:ffff:ffff:ffff:fffe");
	expect_string(o, "dst_ip", "dffe:f247:fff8::/45");
	json_decref(o);
}
