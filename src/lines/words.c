/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stddef.h>

#include "flow/dir.h"
#include "flow/event.h"
#include "lines/words.h"

const char *const line_kinds[] = {
	[FLOW_START] = "start", [FLOW_END] = "end",	  [FLOW_DROP] = "drop",
	[FLOW_LIVE] = "",	[FLOW_LOGGED] = "logged", [FLOW_KERNEL_DROP] = "kernel_drop", NULL,
};

const char *const line_directions[] = {
	[FLOW_DIR_FORWARD] = "forward", [FLOW_DIR_IN] = "in",
	[FLOW_DIR_OUT] = "out",		[FLOW_DIR_LOCAL] = "local", NULL,
};

/* tcp_conntrack_names[] of net/netfilter/nf_conntrack_proto_tcp.c */
const char *const line_tcp_states[] = {
	[TCP_CONNTRACK_NONE] = "none",
	[TCP_CONNTRACK_SYN_SENT] = "syn_sent",
	[TCP_CONNTRACK_SYN_RECV] = "syn_recv",
	[TCP_CONNTRACK_ESTABLISHED] = "established",
	[TCP_CONNTRACK_FIN_WAIT] = "fin_wait",
	[TCP_CONNTRACK_CLOSE_WAIT] = "close_wait",
	[TCP_CONNTRACK_LAST_ACK] = "last_ack",
	[TCP_CONNTRACK_TIME_WAIT] = "time_wait",
	[TCP_CONNTRACK_CLOSE] = "close",
	[TCP_CONNTRACK_SYN_SENT2] = "syn_sent2",
	NULL,
};
