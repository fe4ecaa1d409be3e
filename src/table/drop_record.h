/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_DROP_RECORD_H
#define CTAGG_TABLE_DROP_RECORD_H

#include <linux/types.h>

/* A packet that the kernel has dropped, as it lies in the ring buffer. Both sides are built from this
 * header, which needs only linux/types.h.
 *
 * netns_cookie  of the network namespace that the packet was in, SO_NETNS_COOKIE
 * netns_inode   the number of that namespace's file
 * skb_iif       index of the device that the packet came in by; 0: it was made here
 * ifindex       of the device that the packet was at, and dev its name; 0: at none
 * ethertype     what the packet begins with, network order; see packet_decode()
 * reason        a number of struct drop_reasons
 * len           how many bytes of data there are: the packet from its network header on, as far as the
 *               kernel has it in one piece
 */
#define DROP_RECORD_DATA 256
struct drop_record {
	__u64 netns_cookie;
	__u32 netns_inode, skb_iif, ifindex;
	char dev[16];
	__be16 ethertype;
	__u16 len;
	__u8 reason, pad[7];
	__u8 data[DROP_RECORD_DATA];
} __attribute__((aligned(8)));
_Static_assert(sizeof(struct drop_record) == 304, "no hidden padding");

/* What the ring buffer needs for a record: the kernel's header has 8 bytes (BPF_RINGBUF_HDR_SZ). */
#define DROP_RECORD_BYTES (sizeof(struct drop_record) + 8)

/* No kernel so far has a reason of its own with a larger value; those of subsystems are 2^16 and more. */
#define DROP_VALUES 256

/* What the program is told before it is loaded.
 *
 * netns_cookie  only packets of this namespace are of interest; 0: of all
 * number        of each value of the kernel's enum: its number in struct drop_reasons; 0: the packets
 *               are of no interest
 */
struct drop_config {
	__u64 netns_cookie;
	__u8 number[DROP_VALUES];
};

/* What the program counts: packets that found no room in the ring buffer, and packets whose network
 * namespace cannot be found out. */
struct drop_counts {
	__u64 lost, homeless;
};

#endif
