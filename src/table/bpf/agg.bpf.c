/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel table: a socket filter on the ctnetlink event socket. The filter either takes
 * an event: it adds the event to a hash map and returns 0, so that the message is never
 * queued. Or it leaves the map as it was and passes the message on: it returns ~0. Never
 * both, never neither.
 *
 * A run of the filter can be interrupted on its CPU by another run: events come from
 * process context, softirq and kernel threads. So the filter has no memory of its own but
 * the stack, and it changes what all runs share by atomic operations only.
 *
 * Messages are matched against the layouts that Linux 5.4 to 6.18 writes
 * (ctnetlink_conntrack_event() in net/netfilter/nf_conntrack_netlink.c):
 *
 *   nlmsghdr, nfgenmsg,
 *   CTA_TUPLE_ORIG  { CTA_TUPLE_IP, CTA_TUPLE_PROTO, [CTA_TUPLE_ZONE] },
 *   CTA_TUPLE_REPLY { the same }, [CTA_ZONE], CTA_ID, CTA_STATUS,
 *   DESTROY: [CTA_TIMEOUT], [CTA_COUNTERS_ORIG, CTA_COUNTERS_REPLY],
 *            [CTA_TIMESTAMP], [CTA_PROTOINFO];    NEW: whatever,
 *   [CTA_MARK], [CTA_TIMESTAMP_EVENT]
 *
 * The filter reads a message that it takes as conntrack_decode() does: of several
 * attributes of one type, the first one is valid. Loads have constant sizes, and the stack
 * is only indexed by constants: the verifier is stricter without CAP_PERFMON.
 *
 * The headers stand in the order in which a message meets their functions. The order also
 * decides where the compiler puts global functions: change it and the verifier of Linux 6.1
 * has another program to judge (tests/kernels/run).
 */
#include "table/bpf/maps.h"
#include "table/bpf/end.h"
#include "table/bpf/message.h"
#include "table/bpf/extras.h"
#include "table/bpf/direction.h"
#include "table/bpf/select.h"
#include "table/bpf/clock.h"
#include "table/bpf/row.h"
#include "table/bpf/labels.h"
#include "table/bpf/take.h"

/* Make the key that `config` asks for, for this table, and select. Returns -1 for an event to take,
 * COUNTED_UNSELECTED for one that is not selected, or else why the message is passed on. */
static __always_inline int configured(struct __sk_buff *skb, struct scratch *s, void *rows)
{
	/* Only user space knows how much of the connection's packets and bytes earlier windows
	 * have counted already, so it needs every end, selected or not. */
	if (config.interim && s->facts.is_end)
		return PASSED_END;
	/* Global BPF functions get the whole key, so the verifier wants every byte of it
	 * initialised. */
	__builtin_memset((char *)&s->key + FLOW_KEY_KERNEL_BYTES, 0,
			 sizeof(s->key) - FLOW_KEY_KERNEL_BYTES);
	if ((config.fields & ~(FIELDS_DEFAULT | FIELDS_LABEL) ||
	     config.selects & (SELECT_SPORT | SELECT_PORT | SELECT_ZONE | SELECT_MARK)) &&
	    !extras(skb, &s->key, (struct words *)s->w))
		return PASSED_LAYOUT;
	return choose(s, rows);
}

static __always_inline int run(struct __sk_buff *skb, int any)
{
	struct scratch s;
	__u32 slot = 0;
	void *rows;

	if (!read_message(skb, &s))
		return pass(PASSED_LAYOUT);
	if (any) {
		int why;

		rows = open_rows(&slot);
		if (!rows)
			return pass(PASSED_ERROR);
		why = configured(skb, &s, rows);
		if (why >= 0) {
			count(why);
			return why == COUNTED_UNSELECTED ? TAKEN : PASS;
		}
		return take_into(rows, &s, &s.facts);
	} else if (s.key.family == AF_INET) {
		TAIL(&s.key) |= KEY_DIR(direction((const __u32 *)s.key.saddr, s.real_daddr.w, 1));
	} else {
		TAIL(&s.key) |= KEY_DIR(direction((const __u32 *)s.key.saddr, s.real_daddr.w, 0));
	}
	rows = open_rows(&slot);
	return rows ? take_into(rows, &s, &s.facts) : pass(PASSED_ERROR);
}

/* Only one of these two programs is loaded: take() for the default key without a selection,
 * take_any() for any other key, selection or --interim, as `config` says. */
SEC("socket")
int take(struct __sk_buff *skb)
{
	return run(skb, 0);
}

SEC("socket")
int take_any(struct __sk_buff *skb)
{
	return run(skb, 1);
}

/* User space compares its CLOCK_MONOTONIC with this reading: see kernel_clock.c. */
SEC("socket")
int read_clock(struct __sk_buff *skb)
{
	(void)skb;
	clock_reading = bpf_ktime_get_ns();
	return TAKEN;
}

/* Before Linux 6.8 a socket pays for its filter out of net.core.optmem_max, which can be
 * too little for a program as long as take(). The stub is a few instructions, and jumps. */
SEC("socket")
int stub(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &program, 0);
	return PASS;
}

char _license[] SEC("license") = "GPL";
