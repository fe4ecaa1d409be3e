/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tracing in place of a socket: a program that runs whenever the kernel leaves the function that makes
 * ctnetlink's messages about connections. The program counts in the maps that the socket filter
 * (agg.bpf.c) counts in, by the same code. An event that finds no room there goes to user space by a
 * ring buffer. The program runs before the kernel knows whether anybody listens, and nobody has to.
 *
 * ctnetlink_conntrack_event() (net/netfilter/nf_conntrack_netlink.c) is called for exactly the events
 * of which ctnetlink tells: entries that are confirmed and no templates, and what `ct event set' of a rule
 * leaves. The kernel calls it while somebody has joined one of ctnetlink's groups, or always where
 * nf_conntrack_events is 1 (net/netfilter/nf_conntrack_ecache.c).
 *
 * A negative result means that a listener has lost the message and that the kernel will call again with
 * the same events: the event counts then. So the end of a connection can bring its start along, when
 * the message about the start was lost.
 */
#include "table/bpf/maps.h"

/* No message is read, and the stack is needed for send_event(). */
#define FACTS_APART
#define SCRATCH_WORDS (sizeof(struct flow_sums_kernel) / 4)
#include "table/bpf/calls.h"
#include "table/bpf/connection.h"
#include "table/bpf/netns.h"
#include "table/bpf/take.h"
#include "table/trace_event.h"

/* linux/netfilter/nf_conntrack_common.h, enum ip_conntrack_events: one bit each. */
#define EVENT_NEW (1 << 0)
#define EVENT_RELATED (1 << 1)
#define EVENT_DESTROY (1 << 2)

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);	/* set before loading */
} events SEC(".maps");

static __always_inline void fill_tuples(struct trace_event *to, const struct nf_conn *ct, int v6)
{
	const struct nf_conntrack_tuple *orig = &ct->tuplehash[ORIGINAL].tuple;
	const struct nf_conntrack_tuple *reply = &ct->tuplehash[REPLY].tuple;

	copy_address(to->saddr, orig->src.u3.all, v6);
	copy_address(to->daddr, orig->dst.u3.all, v6);
	copy_address(to->reply_saddr, reply->src.u3.all, v6);
	copy_address(to->reply_daddr, reply->dst.u3.all, v6);
	to->source = orig->src.u.all;
	to->destination = orig->dst.u.all;
	to->reply_source = reply->src.u.all;
	to->reply_destination = reply->dst.u.all;
	to->l4 = orig->dst.protonum;
	to->family = v6 ? AF_INET6 : AF_INET;
	to->has_ports = ports_known(orig, to->l4);
}

_Static_assert(__builtin_offsetof(struct trace_event, start_ns) - __builtin_offsetof(struct trace_event, orig_packets) ==
	       __builtin_offsetof(struct life, times), "an event ends as struct life does");

/* The extensions are read to where they go: the stack is all but full. */
static __always_inline void fill_end(struct trace_event *to, const struct nf_conn *ct)
{
	int found;

	to->is_end = 1;
	to->replied = (ct->status & IPS_SEEN_REPLY) != 0;
	to->clash = is_clash(ct->status);
	to->tcp_state = read_state(ct, to->l4);
	found = read_life(ct, (struct life *)&to->orig_packets);
	to->has_counters = (found & LIFE_ACCT) != 0;
	if (!(found & LIFE_TIMES))
		to->start_ns = to->stop_ns = 0;
}

/* Send the event to user space; without room it is lost, and counted. No function of its own for each
 * call: few events come here. */
static __attribute__((noinline)) int send_event(const struct nf_conn *ct, int v6, int is_end, int injected)
{
	struct trace_event *to = bpf_ringbuf_reserve(&events, sizeof(*to), 0);

	if (!to) {
		count(COUNTED_LOST);
		return 0;
	}
	__builtin_memset(to, 0, sizeof(*to));
	if (v6)
		fill_tuples(to, ct, 1);
	else
		fill_tuples(to, ct, 0);
	to->injected = injected;
	to->zone = zone_of(ct, ORIGINAL);
	to->reply_zone = zone_of(ct, REPLY);
	to->mark = mark_of(ct);
	to->netns = ct->ct_net.net->net_cookie;
	to->netns_inode = ct->ct_net.net->ns.inum;
	if (is_end)
		fill_end(to, ct);
	bpf_ringbuf_submit(to, 0);
	return 0;
}

/* Make the key of an event whose tuples have been read, and select. Returns as choose(). */
static __always_inline int configured(struct scratch *s, const struct nf_conn *ct, void *rows, int is_end, int v6)
{
	if (config.interim && is_end)
		return PASSED_END;
	__builtin_memset((char *)&s->key + FLOW_KEY_KERNEL_BYTES, 0,
			 sizeof(s->key) - FLOW_KEY_KERNEL_BYTES);
	if (config.fields & ~(FIELDS_DEFAULT | FIELDS_LABEL) ||
	    config.selects & (SELECT_SPORT | SELECT_PORT | SELECT_ZONE | SELECT_MARK))
		read_extras(&s->key, ct, v6);
	if (asks_netns()) {
		int why = place(s, ct);

		if (why >= 0)
			return why;
	}
	return choose(s, rows);
}

/* Take an event of the connection, or return PASS. */
static __always_inline int take_event(const struct nf_conn *ct, int is_end, int injected, int v6, int any)
{
	struct scratch s;
	struct facts facts;
	__u32 slot = 0;
	void *rows = open_rows(&slot);
	__u8 l4;

	if (!rows)
		return pass(PASSED_ERROR);
	l4 = read_tuples(&s, ct, v6);
	facts = (struct facts){ .is_end = is_end, .injected = injected };
	if (is_end)
		read_end(&facts, ct, l4);
	if (any) {
		int why = configured(&s, ct, rows, is_end, v6);

		if (why >= 0) {
			count(why);
			return why == COUNTED_UNSELECTED ? TAKEN : PASS;
		}
	} else {
		TAIL(&s.key) |= KEY_DIR(direction((const __u32 *)s.key.saddr, s.real_daddr.w, !v6));
	}
	return take_into(rows, &s, &facts);
}

static __always_inline void take_or_send(const struct nf_conn *ct, int is_end, int injected, int v6, int any)
{
	if (config.pass_all || take_event(ct, is_end, injected, v6, any) != TAKEN)
		send_event(ct, v6, is_end, injected);
}

/* The compiler makes code of its own for starts and for ends of each family: each has less to ask. */
static __always_inline void handle(const struct nf_ct_event *item, const struct nf_conn *ct, __u32 what,
				   int v6, int any)
{
	if (!(what & EVENT_DESTROY)) {
		take_or_send(ct, 0, item->portid != 0, v6, any);
		return;
	}
	if (what & (EVENT_NEW | EVENT_RELATED))
		send_event(ct, v6, 0, item->portid != 0);
	take_or_send(ct, 1, 0, v6, any);
}

/* The address of the namespace that is counted, once an event of it has come: reading a cookie costs more than
 * comparing addresses. ctagg is in this namespace, so the address is of no other. */
__u64 own_net = 0;

static __always_inline int is_own(const struct net *net)
{
	if ((__u64)net == own_net)
		return 1;
	if (net->net_cookie != config.netns_cookie)
		return 0;
	own_net = (__u64)net;
	return 1;
}

/* ctnetlink_conntrack_event(unsigned int events, const struct nf_ct_event *item), and its result. */
static __always_inline int run(const __u64 *args, const struct nf_conn *ct, int any)
{
	const struct nf_ct_event *item = (const void *)args[1];
	__u32 what = args[0] & (EVENT_NEW | EVENT_RELATED | EVENT_DESTROY);
	__u16 family;

	if (!what || (int)args[2] < 0)
		return 0;
	if (!(any && config.netns_all) && !is_own(ct->ct_net.net))
		return 0;
	family = ct->tuplehash[ORIGINAL].tuple.src.l3num;
	if (family == AF_INET)
		handle(item, ct, what, 0, any);
	else if (family == AF_INET6)
		handle(item, ct, what, 1, any);
	return 0;
}

static __always_inline int run_first(const __u64 *args, int any)
{
	const struct call call = call_of(args);

	return call_taken(&call) ? run(args, call.ct, any) : 0;
}

static __always_inline int run_second(const __u64 *args, int any)
{
	const struct call call = call_of(args);

	return call_counted(&call) ? 0 : run(args, call.ct, any);
}

/* Two of these programs are loaded: trace() and trace_nested(), or trace_any() and trace_any_nested(). See
 * take() and take_any() in agg.bpf.c. */
SEC("fexit/ctnetlink_conntrack_event")
int trace(__u64 *args)
{
	return run_first(args, 0);
}

SEC("fexit/ctnetlink_conntrack_event")
int trace_nested(__u64 *args)
{
	return run_second(args, 0);
}

SEC("fexit/ctnetlink_conntrack_event")
int trace_any(__u64 *args)
{
	return run_first(args, 1);
}

SEC("fexit/ctnetlink_conntrack_event")
int trace_any_nested(__u64 *args)
{
	return run_second(args, 1);
}

char _license[] SEC("license") = "GPL";
