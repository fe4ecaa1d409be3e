/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel table: a socket filter on the ctnetlink event socket that adds each
 * event to a hash map and eats the message (returns 0), or leaves everything as
 * it was and passes the message on (returns ~0). Never both, never neither.
 *
 * It can be interrupted on its CPU by another run of itself: events come from
 * process context, softirq and kernel threads. So there is no scratch memory but
 * the stack, and what is shared is changed by atomic operations only.
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
 * A message that is folded means what conntrack_decode() says of it: the first
 * attribute of a type counts. Loads have constant sizes, and the stack is only
 * indexed by constants: the verifier is stricter without CAP_PERFMON.
 */
#include "table/bpf/maps.h"
#include "table/bpf/message.h"
#include "table/bpf/extras.h"
#include "table/bpf/direction.h"
#include "table/bpf/select.h"
#include "table/bpf/clock.h"
#include "table/bpf/row.h"

#define PASS 0xffffffff
#define FOLDED 0

#define EEXIST 17
#define E2BIG 7

static __always_inline void count(__u32 what)
{
	__u64 *counter = bpf_map_lookup_elem(&passed, &what);

	if (counter)
		__sync_fetch_and_add(counter, 1);
}

static __always_inline int pass(__u32 reason)
{
	count(reason);
	return PASS;
}

static __always_inline int add_to(void *rows, struct scratch *s)
{
	struct flow_sums *row = bpf_map_lookup_elem(rows, &s->key);
	long err;

	/* Known by now: which window this is. A late end says when it was. */
	if (!s->time_ns)
		s->time_ns = tick_time();
	else if (!s->timed && s->time_ns < clock.not_before_ns)
		s->time_ns = clock.not_before_ns;
	if (!row) {
		err = insert(rows, s);
		if (!err) {
			if (config.count_rows)
				count_row(rows);
			return FOLDED;
		}
		if (err == -EEXIST)	/* another CPU was first */
			row = bpf_map_lookup_elem(rows, &s->key);
		if (!row)
			return pass(err == -E2BIG ? PASSED_FULL : PASSED_ERROR);
	}
	add_event(row, s);
	return FOLDED;
}

static __always_inline int fold_into(void *rows, struct scratch *s)
{
	int did = add_to(rows, s);

	if (s->timed && s->time_ns < clock.not_before_ns && did == FOLDED)
		count_late(rows, s);
	return did;
}

/* What `config` says, of a message that has been read. Returns a reason to pass it on,
 * COUNTED_UNSELECTED, or -1 for one to fold. */
static __always_inline int configured(struct __sk_buff *skb, struct scratch *s)
{
	/* Of what the connection carried, user space knows how much has been counted;
	 * it has to see the ends that are not selected as well. */
	if (config.interim && s->is_end)
		return PASSED_END;
	/* All of it is shown to functions. */
	__builtin_memset((char *)&s->key + FLOW_KEY_KERNEL_BYTES, 0,
			 sizeof(s->key) - FLOW_KEY_KERNEL_BYTES);
	if ((config.fields & ~FIELDS_DEFAULT ||
	     config.selects & (SELECT_SPORT | SELECT_ZONE | SELECT_MARK)) &&
	    !extras(skb, &s->key, (struct words *)s->w))
		return PASSED_LAYOUT;
	if (config.fields & FIELD_DIR || config.selects & SELECT_DIR)
		TAIL(&s->key) |= KEY_DIR(direction_of((const struct address *)s->key.saddr,
						      &s->real_daddr));
	if (config.selects && !selected(&s->key))
		return COUNTED_UNSELECTED;
	if (config.masked)
		make_key(&s->key);
	return -1;
}

static __always_inline int run(struct __sk_buff *skb, int any)
{
	struct scratch s;

	if (!read_message(skb, &s))
		return pass(PASSED_LAYOUT);
	if (any) {
		int why = configured(skb, &s);

		if (why >= 0) {
			count(why);
			return why == COUNTED_UNSELECTED ? FOLDED : PASS;
		}
	} else {
		TAIL(&s.key) |= KEY_DIR(direction((const __u32 *)s.key.saddr, s.real_daddr.w));
	}
	__u32 slot = 0;
	void *rows = open_rows(&slot);

	return rows ? fold_into(rows, &s) : pass(PASSED_ERROR);
}

/* One of the two is loaded: for the default key and everything, or for what `config`
 * says. */
SEC("socket")
int fold(struct __sk_buff *skb)
{
	return run(skb, 0);
}

SEC("socket")
int fold_any(struct __sk_buff *skb)
{
	return run(skb, 1);
}

/* For user space to compare its monotonic clock with. */
SEC("socket")
int read_clock(struct __sk_buff *skb)
{
	(void)skb;
	clock_reading = bpf_ktime_get_ns();
	return FOLDED;
}

/* Before 6.8 a socket pays for its filter out of net.core.optmem_max, which can
 * be too little for the whole of it. This one is a few instructions. */
SEC("socket")
int stub(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &program, 0);
	return PASS;
}

char _license[] SEC("license") = "GPL";
