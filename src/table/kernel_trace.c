/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "table/kernel_parts.h"
#include "table/kernel_trace.h"
#include "table/trace_decode.h"
#include "table/trace_layout.h"
#include "table/trace_order.h"

#ifndef CTAGG_TRACE_SKELETON	/* tests name others */
#define CTAGG_TRACE_SKELETON "src/table/bpf/trace.skel.h"
#endif
#include CTAGG_TRACE_SKELETON

/* skel     the program, whose maps are those of the filter but for the ring buffer
 * program  the two that are loaded, the first one and the second one of table/bpf/calls.h
 * link     NULL: not attached
 * unsure   of struct kernel_trace_losses, as it was last said
 * secret   NULL: events get no identity
 * events   where kernel_trace_read() puts events: n so far, of max
 */
struct kernel_trace {
	struct trace *skel;
	struct bpf_program *program[2];
	struct bpf_link *link[2];
	struct ring_buffer *ring;
	size_t bytes;
	uint64_t unsure;
	const uint64_t *secret;
	struct flow_event *events;
	size_t n, max;
};

/* --- loading -------------------------------------------------------------------- */

/* Both objects are made of the same headers, so each variable has the same place in both. */
#define SAME_PLACE(of, member)                                                                  \
	_Static_assert(__builtin_offsetof(struct trace__##of, member) ==                        \
		       __builtin_offsetof(struct agg__##of, member), "one map for both")
SAME_PLACE(rodata, own_keys);
SAME_PLACE(rodata, config);
SAME_PLACE(rodata, sport_bits);
SAME_PLACE(rodata, dport_bits);
SAME_PLACE(rodata, port_bits);
SAME_PLACE(data, clock);
SAME_PLACE(data, address_bits);
SAME_PLACE(data, clock_reading);
SAME_PLACE(data, tick_now);

static int share_maps(struct trace *t, const struct agg *with)
{
	const struct {
		struct bpf_map *ours;
		const struct bpf_map *theirs;
	} maps[] = {
		{ t->maps.rows_a, with->maps.rows_a }, { t->maps.rows_b, with->maps.rows_b },
		{ t->maps.window, with->maps.window }, { t->maps.addresses, with->maps.addresses },
		{ t->maps.passed, with->maps.passed }, { t->maps.program, with->maps.program },
		{ t->maps.networks, with->maps.networks },
		{ t->maps.labels_a, with->maps.labels_a }, { t->maps.labels_b, with->maps.labels_b },
		{ t->maps.rodata, with->maps.rodata }, { t->maps.data, with->maps.data },
	};
	int err = 0;

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]) && !err; i++)
		err = bpf_map__reuse_fd(maps[i].ours, bpf_map__fd(maps[i].theirs));
	return err;
}

size_t kernel_ring_size(size_t bytes)
{
	size_t size = sysconf(_SC_PAGESIZE);

	while (size < bytes)
		size *= 2;
	return size;
}

/* The shorter programs where they will do, as choose_filter() does in kernel.c. */
static int choose_programs(struct kernel_trace *t, const struct kernel *k)
{
	struct bpf_program *programs[2][2] = {
		{ t->skel->progs.trace, t->skel->progs.trace_nested },
		{ t->skel->progs.trace_any, t->skel->progs.trace_any_nested },
	};
	int any = k->filter != k->skel->progs.take || k->flags & KERNEL_NETNS_ALL, err = 0;

	for (int i = 0; i < 2; i++) {
		t->program[i] = programs[any][i];
		err = err ? err : bpf_program__set_autoload(programs[!any][i], false);
	}
	return err;
}

/* The maps of namespaces have room only where they are used. */
static int size_maps(struct kernel_trace *t, const struct kernel *k, size_t ring_bytes)
{
	int err;

	t->bytes = kernel_ring_size(ring_bytes);
	err = bpf_map__set_max_entries(t->skel->maps.events, t->bytes);
	if (err || k->flags & KERNEL_NETNS_ALL)
		return err;
	err = bpf_map__set_max_entries(t->skel->maps.namespaces, 1);
	return err ? err : bpf_map__set_max_entries(t->skel->maps.netns_addresses, 1);
}

static int load(struct kernel_trace *t, const struct kernel *k, size_t ring_bytes)
{
	int err;

	t->skel = trace__open();
	if (!t->skel)
		return -errno;
	err = share_maps(t->skel, k->skel);
	if (!err)
		err = size_maps(t, k, ring_bytes);
	if (!err)
		err = choose_programs(t, k);
	if (!err)
		err = trace__load(t->skel);
	return !err && !t->skel->bss ? -EOPNOTSUPP : err;
}

/* --- reading -------------------------------------------------------------------- */

/* Called for each event in the ring buffer; what it returns but 0 ends the reading. */
static int take_event(void *arg, void *data, size_t size)
{
	struct kernel_trace *t = arg;
	struct flow_event *ev = &t->events[t->n];

	if (size != sizeof(struct trace_event))
		return -EBADMSG;
	trace_event_decode(data, ev);
	if (t->secret)
		ev->identity = trace_event_identity(data, t->secret);
	return ++t->n < t->max ? 0 : -ENOBUFS;
}

/* The kernel says that a ring buffer is readable when there is anything in it, also an event that is
 * still being written, at which reading stops. */
static bool is_anything_left(const struct kernel *k)
{
	struct pollfd ring = { .fd = kernel_trace_fd(k), .events = POLLIN };

	return poll(&ring, 1, 0) > 0;
}

ssize_t kernel_trace_read(struct kernel *k, struct flow_event *ev, size_t max)
{
	struct kernel_trace *t = k->trace;
	int err;

	t->events = ev;
	t->n = 0;
	t->max = max;
	err = ring_buffer__consume(t->ring);
	if (t->n)
		return t->n;
	if (err < 0)
		return err;
	return is_anything_left(k) ? -EBUSY : -EAGAIN;
}

void kernel_trace_identify(struct kernel *k, const uint64_t secret[2])
{
	k->trace->secret = secret;
}

int kernel_trace_fd(const struct kernel *k)
{
	return bpf_map__fd(k->trace->skel->maps.events);
}

size_t kernel_trace_bytes(const struct kernel *k)
{
	return k->trace->bytes;
}

uint64_t kernel_trace_waiting_max(const struct kernel *k)
{
	return k->trace->bytes / TRACE_EVENT_BYTES + 1;
}

static uint64_t counter(struct kernel *k, __u32 which)
{
	uint64_t sum = 0;

	if (bpf_map_lookup_elem(bpf_map__fd(k->skel->maps.passed), &which, k->per_cpu))
		return 0;
	for (int cpu = 0; cpu < k->cpus; cpu++)
		sum += k->per_cpu[cpu];
	return sum;
}

/* For how many calls the kernel has not run the first program, or it has left them to the second one. */
static uint64_t not_by_first(struct kernel *k)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(k->trace->program[0]), &info, &size))
		return 0;
	return info.recursion_misses + counter(k, COUNTED_LEFT);
}

/* How many calls neither program has counted, at most. A call that comes between the two readings is one too
 * many, and so is one that is under way: the least of some readings. */
static uint64_t not_counted(struct kernel *k, uint64_t known, uint64_t *nested)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 16 && least > known; i++) {
		uint64_t by_second = counter(k, COUNTED_NESTED), all = not_by_first(k);

		*nested = by_second;
		if (all < by_second)	/* the kernel has not said */
			all = by_second;
		if (all - by_second < least)
			least = all - by_second;
	}
	return least > known ? least : known;
}

void kernel_trace_losses(struct kernel *k, struct kernel_trace_losses *losses)
{
	struct kernel_trace *t = k->trace;

	losses->lost = counter(k, COUNTED_LOST);
	t->unsure = not_counted(k, t->unsure, &losses->nested);
	losses->unsure = t->unsure;
}

/* --- beginning and ending --------------------------------------------------------- */

/* The kernel asks for CAP_SYS_ADMIN, and for nothing less, where it gives out its description of the types of
 * a module (bpf_btf_get_fd_by_id()); with it, it asks neither for CAP_BPF nor for CAP_PERFMON. It asks for the
 * same before it tells which descriptions there are. */
bool kernel_trace_is_allowed(void)
{
	__u32 id;

	return bpf_btf_get_next_id(0, &id) != -EPERM;
}

/* The programs are loaded by now, so the kernel describes all that they read. */
static int check_kernel(void)
{
	const char *wrong = NULL;
	int err = trace_layout_check(NULL, &wrong);

	if (!err) {
		err = trace_order_check();
		if (err == -EPROTO)
			wrong = "the order in which two programs run";
	}
	if (wrong)
		kernel_log_say(wrong);
	return err;
}

int kernel_trace_load(struct kernel *k, size_t ring_bytes)
{
	struct kernel_trace *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	k->trace = t;	/* kernel_close() closes what there is */
	kernel_log_begin();
	err = load(t, k, ring_bytes);
	if (!err)
		err = check_kernel();
	if (err)
		return err;
	k->netns_fd = bpf_map__fd(t->skel->maps.namespaces);
	k->netns_addresses_fd = bpf_map__fd(t->skel->maps.netns_addresses);
	t->ring = ring_buffer__new(bpf_map__fd(t->skel->maps.events), take_event, t, NULL);
	return t->ring ? 0 : -errno;
}

/* The kernel runs the program that was attached last first (table/trace_order.h). The second program counts nothing until no call
 * is under way that began before both were attached: kernel_use_table() waits for that, as the kernel makes
 * these calls within rcu_read_lock() (nf_conntrack_ecache.c). */
int kernel_trace_attach(struct kernel *k)
{
	struct kernel_trace *t = k->trace;
	int err;

	for (int i = 1; i >= 0; i--) {
		t->link[i] = bpf_program__attach(t->program[i]);
		if (!t->link[i])
			return -errno;
	}
	err = kernel_use_table(k, k->active);
	if (!err)
		__atomic_store_n(&t->skel->bss->both_attached, 1, __ATOMIC_SEQ_CST);
	return err;
}

void kernel_trace_detach(struct kernel *k)
{
	struct kernel_trace *t = k->trace;

	if (t->link[0] && t->link[1])
		__atomic_store_n(&t->skel->bss->both_attached, 0, __ATOMIC_SEQ_CST);
	for (int i = 1; i >= 0; i--) {
		bpf_link__destroy(t->link[i]);
		t->link[i] = NULL;
	}
}

void kernel_trace_close(struct kernel *k)
{
	struct kernel_trace *t = k->trace;

	if (!t)
		return;
	kernel_trace_detach(k);
	ring_buffer__free(t->ring);
	trace__destroy(t->skel);
	free(t);
}
