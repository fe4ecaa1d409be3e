/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_SOURCE_MESSAGE_H
#define CTAGG_TESTS_SOURCE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/event.h"
#include "random.h"

/* Messages of ctnetlink, as the kernel builds them (ctnetlink_conntrack_event()
 * in net/netfilter/nf_conntrack_netlink.c), from a description; and the event
 * that each stands for. */

struct message {
	size_t len;
	unsigned char bytes[1024] __attribute__((aligned(8)));
};

enum message_kind {
	MESSAGE_NEW,
	MESSAGE_UPDATE,
	MESSAGE_DESTROY,
};

enum message_zone {
	MESSAGE_ZONE_NONE,
	MESSAGE_ZONE_BOTH,	/* one attribute for both directions */
	MESSAGE_ZONE_ORIG,	/* inside of a tuple */
	MESSAGE_ZONE_REPLY,
};

/* Addresses are in network order, IPv4 in the first 4 bytes; the rest is in
 * host order. Ports and ICMP are used where the protocol has them. GRE has its
 * keys as ports. */
struct message_tuple {
	uint8_t src[16], dst[16];
	uint16_t sport, dport, icmp_id;
	uint8_t icmp_type, icmp_code;
};

/* A field that is 0 (or false) gives no attribute, except status, id and the
 * tuples, which are always there, and the timeout, which only a DESTROY can
 * lack. start_ns with stop_ns 0 is a connection whose end was not timed. With protoinfo, tcp_state
 * 0 stands for SYN_SENT in a NEW and for TIME_WAIT in a DESTROY; in a DESTROY of SCTP or DCCP it is
 * the state of that protocol. port is nlmsg_pid: the process that caused the event, 0: a packet. */
struct message_spec {
	enum message_kind kind;
	uint8_t family, l4;
	struct message_tuple orig, reply;
	enum message_zone zone_in;
	uint16_t zone;
	uint32_t id, status, timeout_s, mark;
	bool counted, protoinfo, labels;
	uint8_t tcp_state;
	uint32_t port;
	uint64_t orig_packets, orig_bytes, reply_packets, reply_bytes;
	uint64_t start_ns, stop_ns;
	uint64_t event_ns;
};

/* A connection that was answered, without NAT, of a protocol, from port 40000 to
 * port 443 where there are ports: "10.0.0.7", "192.0.2.10". */
struct message_spec message_spec(enum message_kind kind, uint8_t l4, const char *src,
				 const char *dst);

/* Write an address as a tuple has it: 4 or 16 bytes. Returns its family. */
uint8_t message_address(uint8_t to[16], const char *text);

/* Anything the kernel could send: of any protocol, with and without NAT. */
void message_random(struct message_spec *s, struct random *r);

void message_build(struct message *m, const struct message_spec *s);

/* What conntrack_decode() should make of it: of a NEW or a DESTROY. */
void message_event(const struct message_spec *s, struct flow_event *ev);

/* Whether two events are of the same connection, by all facts but the id. */
bool message_same_connection(const struct flow_event *a, const struct flow_event *b);

/* Requests that make the kernel create or delete such a connection, and so send
 * such a message. */
void message_create(struct message *m, const struct message_spec *s);
void message_delete(struct message *m, const struct message_spec *s);

#endif
