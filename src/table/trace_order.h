/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_TRACE_ORDER_H
#define CTAGG_TABLE_TRACE_ORDER_H

/* Whether the kernel runs the program first that was attached to a function last, on which the two tracing
 * programs rely (table/bpf/calls.h): in the other order both would count. Nothing in the kernel's
 * documentation promises the order, so two programs are attached to a function for tests, and the kernel is told
 * to call the function. Nothing is left in the kernel. Returns 0; -EPROTO: the order is another one; or another
 * -errno from a kernel that takes no such programs. */
int trace_order_check(void);

#endif
