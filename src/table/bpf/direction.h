/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_DIRECTION_H
#define CTAGG_TABLE_BPF_DIRECTION_H

#include "table/bpf/scratch.h"

static __always_inline int is_v4(const __u32 a[4])
{
	return !a[0] && !a[1] && a[2] == bpf_htonl(0xffff);
}

#define NO_ADDRESS 0xffffffff

/* What `addresses` says of an address. Most addresses are not of this host, and for most of
 * these the bit shows that without a look-up. Two returns, not one of a pointer that may be
 * NULL: the verifier would follow a NULL pointer in speculation. */
static __always_inline __u32 kind_of(const __u32 a[4], int v4)
{
	const __u32 mapped[4] = { 0, 0, bpf_htonl(0xffff), a[3] };
	__u32 bit = address_bit(v4 ? mapped : a);
	const __u32 *kind;

	if (!(address_bits[bit / 64] >> bit % 64 & 1))
		return NO_ADDRESS;
	kind = bpf_map_lookup_elem(&addresses, a);
	if (!kind)
		return NO_ADDRESS;
	return *kind;
}

static __always_inline int is_loopback(const __u32 a[4], int v4)
{
	return (v4 || is_v4(a)) && (a[3] & bpf_htonl(0xff000000)) == bpf_htonl(0x7f000000);
}

static __always_inline int is_ours(const __u32 a[4], int v4)
{
	return is_loopback(a, v4) || kind_of(a, v4) == ADDRESS_OURS;
}

static __always_inline int is_group(const __u32 a[4], int v4)
{
	if (v4 || is_v4(a))
		return (a[3] & bpf_htonl(0xf0000000)) == bpf_htonl(0xe0000000) || a[3] == ~0U;
	return (a[0] & bpf_htonl(0xff000000)) == bpf_htonl(0xff000000);
}

static __always_inline int reaches_us(const __u32 a[4], int v4)
{
	if (is_group(a, v4))
		return 1;
	return is_loopback(a, v4) || kind_of(a, v4) != NO_ADDRESS;
}

/* v4: both are known to be addresses of IPv4. The compiler then leaves out the questions. */
static __always_inline __u8 direction(const __u32 src[4], const __u32 dst[4], int v4)
{
	if (is_ours(src, v4))
		return is_ours(dst, v4) ? FLOW_DIR_LOCAL : FLOW_DIR_OUT;
	return reaches_us(dst, v4) ? FLOW_DIR_IN : FLOW_DIR_FORWARD;
}

/* direction() for take_any(), as a global function: see rest() in message.h. The key of a
 * look-up has to be on the function's own stack. */
__attribute__((noinline)) int direction_of(const struct address *src, const struct address *real)
{
	struct address s, r;

	if (!src || !real)
		return 0;
	s = *src;
	r = *real;
	return direction(s.w, r.w, 0);
}

#endif
