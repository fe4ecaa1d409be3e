/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What records say of sockets. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <jansson.h>
#include <netinet/tcp.h>
#include <string.h>

#include "flow/address.h"
#include "sink/record_case.h"

#define TUPLE "proto local_ip local_port peer_ip peer_port state uid cgroup"
#define CARRIED "sent_bytes received_bytes retrans_segments retrans_bytes"

static struct socket_facts socket4(void)
{
	struct socket_facts f = {
		.cookie = 77, .family = AF_INET, .state = TCP_ESTABLISHED, .has_uid = true,
		.uid = 33, .local_port = htons(443), .peer_port = htons(40000), .rtt_us = 1500,
	};

	flow_addr_v4(f.local, (const __u8[]){ 192, 0, 2, 1 });
	flow_addr_v4(f.peer, (const __u8[]){ 192, 0, 2, 2 });
	return f;
}

static json_t *line_of(struct record *r, const struct socket_line *line)
{
	char text[RECORD_MAX];

	return parse_line(text, record_socket(r, text, line));
}

Test(record, a_socket)
{
	struct socket_facts f = socket4();
	struct socket_line line = {
		.facts = &f, .cgroup = "/system.slice/web.service", .moved = { 1, 2, 3, 4 },
	};
	json_t *o = line_of(record_writer("gw1"), &line);

	expect_fields(o, HEAD " " TUPLE " cookie rtt_us " CARRIED);
	expect_string(o, "type", "socket");
	expect_string(o, "proto", "tcp");
	expect_string(o, "local_ip", "192.0.2.1");
	expect_number(o, "local_port", 443);
	expect_string(o, "peer_ip", "192.0.2.2");
	expect_number(o, "peer_port", 40000);
	expect_string(o, "state", "established");
	expect_number(o, "uid", 33);
	expect_string(o, "cgroup", "/system.slice/web.service");
	expect_number(o, "cookie", 77);
	expect_number(o, "rtt_us", 1500);
	expect_number(o, "sent_bytes", 1);
	expect_number(o, "received_bytes", 2);
	expect_number(o, "retrans_segments", 3);
	expect_number(o, "retrans_bytes", 4);
	json_decref(o);
}

Test(record, a_socket_of_which_little_is_known)
{
	struct socket_facts f = socket4();
	struct socket_line line = { .facts = &f };
	json_t *o;

	f.has_uid = false;
	f.rtt_us = 0;
	f.state = TCP_SYN_SENT;
	o = line_of(record_writer("gw1"), &line);
	expect_fields(o, HEAD " " TUPLE " cookie rtt_us " CARRIED);
	expect_null(o, "uid");
	expect_null(o, "cgroup");
	expect_null(o, "rtt_us");
	expect_string(o, "state", "syn_sent");
	json_decref(o);
}

Test(record, several_sockets)
{
	struct socket_line line = { .reason = "top", .folded = 9, .moved = { 1, 2, 3, 4 } };
	json_t *o = line_of(record_writer("gw1"), &line);

	expect_fields(o, HEAD " reason folded_sockets " CARRIED);
	expect_string(o, "reason", "top");
	expect_number(o, "folded_sockets", 9);
	expect_number(o, "retrans_bytes", 4);
	json_decref(o);
}

static void upside_down(void *arg, __u8 family, __u8 addr[16])
{
	(void)arg;
	cr_expect_eq(family, AF_INET);
	for (int i = 12; i < 16; i++)
		addr[i] = 255 - addr[i];
}

Test(record, addresses_of_sockets_are_anonymized)
{
	struct record *r = record_writer("gw1");
	struct socket_facts f = socket4();
	struct socket_line line = { .facts = &f };
	json_t *o;

	r->map_address = upside_down;
	o = line_of(r, &line);
	expect_string(o, "local_ip", "63.255.253.254");
	expect_string(o, "peer_ip", "63.255.253.253");
	json_decref(o);
}
