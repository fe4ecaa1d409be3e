/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_SOCKET_H
#define CTAGG_FLOW_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/types.h>

/* What a TCP socket has carried, as struct tcp_info of linux/tcp.h has it, in total or in one window.
 *
 * sent_bytes        of data, each as often as it was sent (tcpi_bytes_sent)
 * received_bytes    of data, each once (tcpi_bytes_received)
 * retrans_segments  segments that were sent again (tcpi_total_retrans, which has 32 bits)
 * retrans_bytes     their data, which is in sent_bytes, too (tcpi_bytes_retrans)
 */
struct socket_counters {
	uint64_t sent_bytes, received_bytes, retrans_segments, retrans_bytes;
};

/* What the kernel says of a TCP socket at one moment.
 *
 * cookie       the kernel's number of the socket, which no other socket gets, nor a later one
 * cgroup       the id of the cgroup (of cgroup2) that the socket was made in; 0: not known
 * family       AF_INET or AF_INET6; the addresses are in flow/address.h's form
 * state        TCP_ESTABLISHED (netinet/tcp.h) and so on
 * has_uid      uid is known: the socket belongs to an open file
 * *_port       network order
 * rtt_us       smoothed round-trip time; 0: not measured yet
 * counters     since the socket was opened
 */
struct socket_facts {
	uint64_t cookie, cgroup;
	__u8 family, state;
	bool has_uid;
	__u8 local[16], peer[16];
	__be16 local_port, peer_port;
	uint32_t uid, rtt_us;
	struct socket_counters counters;
};

/* What one `socket' record is about: a socket, or several without a record of their own.
 *
 * facts   of the one socket, as they were seen last; NULL: of several sockets
 * cgroup  the path of the socket's cgroup; NULL: not known
 * reason  why the sockets are added up; needs no escapes
 * folded  how many they are
 * moved   what the socket or the sockets have carried in the window
 */
struct socket_line {
	const struct socket_facts *facts;
	const char *cgroup, *reason;
	uint64_t folded;
	struct socket_counters moved;
};

static inline void socket_counters_add(struct socket_counters *to, const struct socket_counters *c)
{
	to->sent_bytes += c->sent_bytes;
	to->received_bytes += c->received_bytes;
	to->retrans_segments += c->retrans_segments;
	to->retrans_bytes += c->retrans_bytes;
}

#endif
