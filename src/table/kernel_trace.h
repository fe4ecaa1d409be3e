/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_KERNEL_TRACE_H
#define CTAGG_TABLE_KERNEL_TRACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "flow/event.h"
#include "table/kernel.h"

/* Tracing in place of the socket's filter, for a kernel table that was opened with KERNEL_TRACE: a
 * program of the kernel's counts the events of one network namespace, and passes others on by a ring
 * buffer. table/bpf/trace.bpf.c says which function the program is attached to. */

/* Load the program, which does nothing yet, with a ring buffer of at least so many bytes. The module
 * nf_conntrack_netlink has to be there. Returns 0 or -errno: -EPERM without CAP_SYS_ADMIN, -ESRCH where
 * the kernel describes no such function (BTF), -EPROTO where the kernel's
 * structures are not as the program reads them, -ENOMEM, and others from a kernel that refuses the
 * program; kernel_log_line() then says more. */
int kernel_trace_load(struct kernel *k, size_t ring_bytes);

/* Whether this process has CAP_SYS_ADMIN in the initial user namespace, without which no program can be loaded. */
bool kernel_trace_is_allowed(void);

/* Whether this kernel makes events only in network namespaces where somebody listens (nf_conntrack_events is 2), as
 * from Linux 5.19 to 6.2; since then and before, a listener anywhere is enough. False where the kernel does not
 * describe itself. */
bool kernel_trace_listens_alone(void);

/* Why kernel_trace_load() or kernel_trace_attach() has failed with err, and what to do, static. */
const char *kernel_trace_why(int err);

/* From here on events are counted, provided that the kernel calls the function. Returns 0 or -errno. */
int kernel_trace_attach(struct kernel *k);

/* Readable when the ring buffer has events. */
int kernel_trace_fd(const struct kernel *k);

/* Up to max events (at least 1) from the ring buffer, without a direction, and without a time but for
 * ends that the kernel has timed; id is 0. Returns how many; or -EAGAIN for none, -EBUSY when a program on
 * another processor is still writing the first one, and others can be behind it. */
ssize_t kernel_trace_read(struct kernel *k, struct flow_event *ev, size_t max);

/* Give events their identity, under this secret of 128 bits, which is lent. */
void kernel_trace_identify(struct kernel *k, const uint64_t secret[2]);

/* The size of the ring buffer in bytes, and how many events can wait in it at this moment at most. */
size_t kernel_trace_bytes(const struct kernel *k);
uint64_t kernel_trace_waiting_max(const struct kernel *k);

/* What has been lost since the program was loaded.
 *
 * lost    events that found no room in the ring buffer
 * unsure  how many calls of the kernel's function nobody has counted, at most (bpf/calls.h says when that
 *         is so). Nobody knows what these were: events of any network namespace, or updates, which are no
 *         events
 * nested  how many calls the second program has counted in place of the first one, which is no loss
 */
struct kernel_trace_losses {
	uint64_t lost, unsure, nested;
};
void kernel_trace_losses(struct kernel *k, struct kernel_trace_losses *losses);

/* Have the program count no more. */
void kernel_trace_detach(struct kernel *k);

#endif
