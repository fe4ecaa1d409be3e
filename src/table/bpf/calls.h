/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_CALLS_H
#define CTAGG_TABLE_BPF_CALLS_H

/* Two programs of which exactly one counts each call of a function.
 *
 * The kernel does not run a program on a processor where a run of the same program has been interrupted or
 * put aside, and counts that in the program's recursion_misses (__bpf_prog_enter_recur() in
 * kernel/bpf/trampoline.c). So a second program runs after the first one in each call, and counts the
 * calls for which the first one has not been run. The first one leaves a note for it.
 *
 * The notes are places in a table, and the place of a call follows from the address of its `item', a
 * variable on the stack of the function that calls ctnetlink_conntrack_event()
 * (nf_conntrack_ecache.c). Calls that are under way at the same time, on any processor, interrupted
 * or put aside, have different addresses. The first program takes the place when it is free or when
 * the note there has the same address; the second one frees the place. In between nobody else changes
 * the note. So the second program does not count what the first one has counted.
 *
 * - Another call has the place: the first program leaves this call to the second one.
 * - The kernel has not run the second program, because the call came in the middle of a run of it: the
 *   note remains. The next call with the same address takes the place over; for a call whose first program
 *   is not run, the note shows that it is old: it tells of another connection or of other
 *   events. A call with another address and the same place is left to the second program.
 * - The kernel runs neither, where a call comes in the middle of a run of each (a run of the first program,
 *   inside a run of the second one); or an old note of the same address tells of the same connection and
 *   events; or the first program leaves a call to the second one, which is not run. Then nobody counts
 *   the call. How many these are is
 *
 *     recursion_misses of the first program + COUNTED_LEFT - COUNTED_NESTED,
 *
 *   because the first program counts every other call, and COUNTED_NESTED all that the second one counts in
 *   its place. All three also speak of calls that are no events, so the notes do.
 *
 * The second program has to run after the first one: the kernel runs the program that was attached
 * last first (hlist_add_head() in __bpf_trampoline_link_prog(), and invoke_bpf() in
 * arch/x86/net/bpf_jit_comp.c goes through the list in order). table/trace_order.h has that looked at. */

#include "table/bpf/nf_conn.h"
#include "table/bpf/take.h"

#define CALLS_BITS 10

/* A place has a cache line of its own. `item' is 0 in a place that is free. */
struct {
	__u64 item, events, ct, pad[5];
} places[1 << CALLS_BITS] __attribute__((aligned(64))) = { 0 };

/* User space sets this when all calls that are under way meet both programs. */
__u64 both_attached = 0;

struct call {
	__u64 item, events;
	const struct nf_conn *ct;
	__typeof__(&places[0]) place;
};

/* The compiler does not know what is in the variable from here on: it keeps the variable in place of
 * computing it again, and makes no one condition, of more instructions, of two. */
#define KEEP(variable) __asm__ volatile("" : "+r"(variable))

/* The verifier multiplies no pointers, but the difference of two is a number. */
static __always_inline struct call call_of(const __u64 *args)
{
	const struct nf_ct_event *item = (const void *)args[1];
	__u64 number = (const char *)item - (const char *)places;
	struct call call = { number, args[0], item->ct,
			     &places[number * 0x9e3779b97f4a7c15 >> (64 - CALLS_BITS)] };

	KEEP(call.place);
	return call;
}

/* For the first program: leave a note that this call is counted. Returns 0: leave the call to the second
 * program. */
static __always_inline int call_taken(const struct call *call)
{
	__u64 owner = __sync_val_compare_and_swap(&call->place->item, 0, call->item);

	KEEP(owner);
	if (owner) {
		KEEP(owner);
		if (owner != call->item) {
			count(COUNTED_LEFT);
			return 0;
		}
	}
	call->place->events = call->events;
	call->place->ct = (__u64)call->ct;
	return 1;
}

/* For the second program: whether the first one has counted this call. The note is read before the place is
 * freed: the exchange is a barrier. */
static __always_inline int call_counted(const struct call *call)
{
	__u64 ct = call->place->ct, events = call->place->events;
	__u64 owner = __sync_val_compare_and_swap(&call->place->item, call->item, 0);

	KEEP(owner);
	if (owner == call->item) {
		KEEP(ct);
		if (ct == (__u64)call->ct) {
			KEEP(events);
			if (events == call->events)
				return 1;
		}
	}
	if (!both_attached)
		return 1;
	count(COUNTED_NESTED);
	return 0;
}

#endif
