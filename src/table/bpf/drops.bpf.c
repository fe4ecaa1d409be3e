// SPDX-License-Identifier: GPL-2.0-or-later
/* The program that sees packets which the kernel drops: --kernel-drops. It runs at the tracepoint
 * skb:kfree_skb, whose first three arguments are the packet, where in the code it is dropped, and why
 * (include/trace/events/skb.h: the reason since 5.17, a socket behind it since 6.11). What the packet is,
 * user space finds out, with the functions that read logged packets. */
#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "table/drop_record.h"

#define OF_THE_KERNEL __attribute__((preserve_access_index))

/* Of each of the kernel's structs the members that are read here; see nf_conn.h. */
struct ns_common {
	unsigned int inum;
} OF_THE_KERNEL;

struct net_device;

struct net {
	__u64 net_cookie;	/* since 5.14 */
	struct ns_common ns;
	struct net_device *loopback_dev;
} OF_THE_KERNEL;

typedef struct {
	struct net *net;
} possible_net_t;

struct net_device {
	char name[16];
	int ifindex;
	possible_net_t nd_net;
} OF_THE_KERNEL;

struct sock_common {
	possible_net_t skc_net;
} OF_THE_KERNEL;

struct sock {
	struct sock_common __sk_common;
} OF_THE_KERNEL;

struct dst_entry {
	struct net_device *dev;
} OF_THE_KERNEL;

struct sk_buff {
	struct net_device *dev;
	struct sock *sk;
	unsigned long _skb_refdst;
	unsigned int len, data_len;
	__be16 protocol;
	__u16 network_header;
	int skb_iif;
	unsigned char *head, *data;
} OF_THE_KERNEL;

#define DST_POINTER (~1UL)	/* SKB_DST_PTRMASK: the last bit says that the reference is not counted */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);	/* user space says how many */
} packets SEC(".maps");

const volatile struct drop_config config;
struct drop_counts counts;

/* --- which namespace ------------------------------------------------------------------- */

static __always_inline __u64 cookie_of(const struct net *net)
{
	return net ? BPF_CORE_READ(net, net_cookie) : 0;
}

/* The namespace of a device; 0: this is no device. A packet that waits for a socket has a number where the
 * pointer was (dev_scratch of UDP), or, in a tree of TCP's or of fragments, a pointer to another packet (rbnode):
 * see the unions in struct sk_buff. Only of a namespace the loopback device is in that namespace. */
static __always_inline const struct net *net_of_dev(const struct net_device *dev)
{
	const struct net *net = dev ? BPF_CORE_READ(dev, nd_net.net) : 0;

	return net && BPF_CORE_READ(net, loopback_dev, nd_net.net) == net ? net : 0;
}

/* A packet that a socket sends has no device before the kernel has chosen one (LOCAL_OUT), and one that
 * waits for a socket has none any more: the socket knows. A packet that the kernel itself answers with has neither, but a route. Returns the
 * cookie; 0: unknown. */
static __always_inline __u64 netns_of(const struct sk_buff *skb, const struct net **net)
{
	const struct dst_entry *dst;
	__u64 cookie;

	*net = net_of_dev(BPF_CORE_READ(skb, dev));
	cookie = cookie_of(*net);
	if (cookie)
		return cookie;
	*net = BPF_CORE_READ(skb, sk, __sk_common.skc_net.net);
	cookie = cookie_of(*net);
	if (cookie)
		return cookie;
	dst = (const void *)(BPF_CORE_READ(skb, _skb_refdst) & DST_POINTER);
	*net = dst ? net_of_dev(BPF_CORE_READ(dst, dev)) : 0;
	return cookie_of(*net);
}

/* --- the packet ------------------------------------------------------------------------ */

static __always_inline void copy_device(struct drop_record *to, const struct sk_buff *skb)
{
	const struct net_device *dev = BPF_CORE_READ(skb, dev);

	to->skb_iif = BPF_CORE_READ(skb, skb_iif);
	to->ifindex = 0;
	__builtin_memset(to->dev, 0, sizeof(to->dev));
	if (!net_of_dev(dev) || bpf_core_read(&to->ifindex, sizeof(to->ifindex), &dev->ifindex) ||
	    bpf_core_read(to->dev, sizeof(to->dev), &dev->name))
		to->ifindex = 0;
}

/* From the network header to the end of the part that is in one piece (skb_headlen()). 0 bytes: the
 * packet has no network header, or not in this part. */
static __always_inline void copy_bytes(struct drop_record *to, const struct sk_buff *skb)
{
	const unsigned char *head = BPF_CORE_READ(skb, head), *from = head + BPF_CORE_READ(skb, network_header);
	const unsigned char *end = BPF_CORE_READ(skb, data) + BPF_CORE_READ(skb, len) - BPF_CORE_READ(skb, data_len);
	__u64 n = end - from;

	to->len = 0;
	if (from == head || from >= end)
		return;
	if (n > sizeof(to->data))
		n = sizeof(to->data);
	if (!bpf_probe_read_kernel(to->data, n, from))
		to->len = n;
}

static __always_inline void send(const struct sk_buff *skb, const struct net *net, __u64 cookie, __u8 reason)
{
	struct drop_record *to = bpf_ringbuf_reserve(&packets, sizeof(*to), 0);

	if (!to) {
		__sync_fetch_and_add(&counts.lost, 1);
		return;
	}
	to->netns_cookie = cookie;
	to->netns_inode = BPF_CORE_READ(net, ns.inum);
	to->ethertype = BPF_CORE_READ(skb, protocol);
	to->reason = reason;
	__builtin_memset(to->pad, 0, sizeof(to->pad));
	copy_device(to, skb);
	copy_bytes(to, skb);
	bpf_ringbuf_submit(to, 0);
}

SEC("tp_btf/kfree_skb")
int drop(__u64 *args)
{
	const struct sk_buff *skb = (const void *)args[0];
	__u32 reason = args[2];
	const struct net *net;
	__u64 cookie;
	__u8 number;

	if (reason >= DROP_VALUES)
		return 0;
	number = config.number[reason];
	if (!number)
		return 0;
	cookie = netns_of(skb, &net);
	if (!cookie)
		__sync_fetch_and_add(&counts.homeless, 1);
	else if (!config.netns_cookie || cookie == config.netns_cookie)
		send(skb, net, cookie, number);
	return 0;
}

char _license[] SEC("license") = "GPL";
