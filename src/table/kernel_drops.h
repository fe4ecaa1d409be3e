/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_KERNEL_DROPS_H
#define CTAGG_TABLE_KERNEL_DROPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table/drop_record.h"

/* Packets that the kernel drops, as a program of the kernel's sees them: table/bpf/drops.bpf.c. */
struct kernel_drops;

/* number      which reasons are of interest: kernel_reasons_find()
 * ring_bytes  how large the ring buffer is, at least
 * any_netns   packets of all network namespaces are of interest, not of this one only
 */
struct kernel_drops_setup {
	const uint8_t *number;
	size_t ring_bytes;
	bool any_netns;
};

/* Load the program, which does nothing yet. Returns 0 and a handle that the caller owns, or -errno with
 * *out untouched, as kernel_trace_load() does; kernel_trace_why() and kernel_log_line() say more. */
int kernel_drops_load(struct kernel_drops **out, const struct kernel_drops_setup *setup);

/* Why kernel_reasons_find(), kernel_drops_load() or kernel_drops_attach() has failed with err, and what to
 * do, static. */
const char *kernel_drops_why(int err);

/* From here on the program sees packets. Returns 0 or -errno. */
int kernel_drops_attach(struct kernel_drops *d);

/* Readable when the ring buffer has packets; and its size in bytes. */
int kernel_drops_fd(const struct kernel_drops *d);
size_t kernel_drops_bytes(const struct kernel_drops *d);

/* Call fn for each packet that waits, in order, until fn returns other than 0. A packet for which fn was
 * called does not come again. Returns 0 or -errno. */
typedef int kernel_drops_fn(void *arg, const struct drop_record *packet);
int kernel_drops_read(struct kernel_drops *d, kernel_drops_fn *fn, void *arg);

/* What has not been sent since the program was loaded.
 *
 * lost      packets that found no room in the ring buffer
 * homeless  packets of nobody knows which network namespace
 * missed    how often the kernel has not run the program, because an interrupt had come in the middle of a
 *           run on the same processor: packets of any namespace and any reason
 */
struct kernel_drops_losses {
	uint64_t lost, homeless, missed;
};
void kernel_drops_losses(struct kernel_drops *d, struct kernel_drops_losses *losses);

/* Have the program see no more packets. Those that wait can be read. */
void kernel_drops_detach(struct kernel_drops *d);

void kernel_drops_close(struct kernel_drops *d);	/* NULL is fine */

#endif
