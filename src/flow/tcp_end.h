/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_TCP_END_H
#define CTAGG_FLOW_TCP_END_H

#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/types.h>

/* How a connection of TCP has ended, by the state that TCP was in when the kernel forgot the
 * connection: sets of TCP_CONNTRACK_*, one bit a state. A state that is in no set is unknown:
 * TCP_CONNTRACK_NONE, and all from TCP_CONNTRACK_MAX on. The filter in the kernel is built from
 * this header too.
 *
 * UNANSWERED  the handshake was not completed; SYN_SENT2: both ends have sent SYN
 * CLOSED      at least one side has sent FIN
 * RESET       a side has sent RST, also in answer to the first SYN
 * EXPIRED     open, until its timeout ran out or somebody deleted the entry
 */
#define TCP_END(state) (1U << TCP_CONNTRACK_##state)
#define TCP_END_UNANSWERED (TCP_END(SYN_SENT) | TCP_END(SYN_RECV) | TCP_END(SYN_SENT2))
#define TCP_END_CLOSED                                                                         \
	(TCP_END(FIN_WAIT) | TCP_END(CLOSE_WAIT) | TCP_END(LAST_ACK) | TCP_END(TIME_WAIT))
#define TCP_END_RESET TCP_END(CLOSE)
#define TCP_END_EXPIRED TCP_END(ESTABLISHED)

/* 1 if the state is in the set, else 0. */
static inline __u32 tcp_end_is(__u8 state, __u32 set)
{
	return state < TCP_CONNTRACK_MAX ? set >> state & 1 : 0;
}

#endif
