/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In the place of all files of the kernel table where the program is built without BPF: there is
 * never a kernel table, and everything works without one. */
#include "config.h"

#include <errno.h>

#include "table/kernel.h"
#include "table/kernel_drops.h"
#include "table/kernel_reasons.h"
#include "table/kernel_trace.h"

int kernel_open(struct kernel **out, uint32_t max_flows, unsigned int flags,
		const struct flow_spec *spec, const struct flow_select *select)
{
	(void)out;
	(void)max_flows;
	(void)flags;
	(void)spec;
	(void)select;
	return -ENOSYS;
}

const char *kernel_log_line(size_t i)
{
	(void)i;
	return NULL;
}

int kernel_open_tested(struct kernel **out, uint32_t max_flows, unsigned int flags,
		       const struct flow_spec *spec, const struct flow_select *select)
{
	return kernel_open(out, max_flows, flags, spec, select);
}

int kernel_self_test(struct kernel *k)
{
	(void)k;
	return -ENOSYS;
}

int kernel_attach(int fd, void *arg)
{
	(void)fd;
	(void)arg;
	return -ENOSYS;
}

int kernel_works(void *arg)
{
	(void)arg;
	return -ENOSYS;
}

int kernel_labels_load(struct kernel *k, struct netlabel_view *view)
{
	(void)k;
	(void)view;
	return -ENOSYS;
}

int kernel_labels_step(struct kernel *k, size_t n)
{
	(void)k;
	(void)n;
	return -ENOSYS;
}

void kernel_labels_use(struct kernel *k)
{
	(void)k;
}

void kernel_labels_into(struct kernel *k, const struct netlabel_set *labels,
			const struct labelled *more, size_t n)
{
	(void)k;
	(void)labels;
	(void)more;
	(void)n;
}

void kernel_addresses_begin(struct kernel *k)
{
	(void)k;
}

int kernel_address(struct kernel *k, const __u8 addr[16], enum kernel_address kind)
{
	(void)k;
	(void)addr;
	(void)kind;
	return -ENOSYS;
}

int kernel_netns_address(struct kernel *k, __u32 netns, const __u8 addr[16], enum kernel_address kind)
{
	(void)netns;
	return kernel_address(k, addr, kind);
}

int kernel_netns(struct kernel *k, __u32 netns, enum kernel_netns what)
{
	(void)k;
	(void)netns;
	(void)what;
	return -ENOSYS;
}

int kernel_netns_forget(struct kernel *k, __u32 netns)
{
	(void)k;
	(void)netns;
	return -ENOSYS;
}

int kernel_addresses_end(struct kernel *k)
{
	(void)k;
	return -ENOSYS;
}

void kernel_clock(struct kernel *k, uint64_t wall_minus_monotonic_ns, int event_times)
{
	(void)k;
	(void)wall_minus_monotonic_ns;
	(void)event_times;
}

int kernel_begin(struct kernel *k, const struct kernel_starts *first)
{
	(void)k;
	(void)first;
	return -ENOSYS;
}

int kernel_rotate(struct kernel *k, struct memory *into, const struct kernel_window *w,
		  struct kernel_rotation *r)
{
	(void)k;
	(void)into;
	(void)w;
	(void)r;
	return -ENOSYS;
}

void kernel_close(struct kernel *k)
{
	(void)k;
}

uint64_t kernel_rows(struct kernel *k)
{
	(void)k;
	return 0;
}

bool kernel_takes_any(const struct kernel *k)
{
	(void)k;
	return false;
}

bool kernel_trace_is_allowed(void)
{
	return false;
}

int kernel_trace_load(struct kernel *k, size_t ring_bytes)
{
	(void)k;
	(void)ring_bytes;
	return -ENOSYS;
}

bool kernel_trace_listens_alone(void)
{
	return false;
}

int kernel_trace_attach(struct kernel *k)
{
	(void)k;
	return -ENOSYS;
}

void kernel_trace_detach(struct kernel *k)
{
	(void)k;
}

int kernel_trace_fd(const struct kernel *k)
{
	(void)k;
	return -1;
}

ssize_t kernel_trace_read(struct kernel *k, struct flow_event *ev, size_t max)
{
	(void)k;
	(void)ev;
	(void)max;
	return -ENOSYS;
}

void kernel_trace_identify(struct kernel *k, const uint64_t secret[2])
{
	(void)k;
	(void)secret;
}

size_t kernel_trace_bytes(const struct kernel *k)
{
	(void)k;
	return 0;
}

uint64_t kernel_trace_waiting_max(const struct kernel *k)
{
	(void)k;
	return 0;
}

void kernel_trace_losses(struct kernel *k, struct kernel_trace_losses *losses)
{
	(void)k;
	(void)losses;
}

int kernel_drops_load(struct kernel_drops **out, const struct kernel_drops_setup *setup)
{
	(void)out;
	(void)setup;
	return -ENOSYS;
}

int kernel_drops_attach(struct kernel_drops *d)
{
	(void)d;
	return -ENOSYS;
}

int kernel_drops_fd(const struct kernel_drops *d)
{
	(void)d;
	return -1;
}

size_t kernel_drops_bytes(const struct kernel_drops *d)
{
	(void)d;
	return 0;
}

int kernel_drops_read(struct kernel_drops *d, kernel_drops_fn *fn, void *arg)
{
	(void)d;
	(void)fn;
	(void)arg;
	return -ENOSYS;
}

void kernel_drops_losses(struct kernel_drops *d, struct kernel_drops_losses *losses)
{
	(void)d;
	(void)losses;
}

void kernel_drops_detach(struct kernel_drops *d)
{
	(void)d;
}

void kernel_drops_close(struct kernel_drops *d)
{
	(void)d;
}

int kernel_reasons_find(const struct drop_reasons *list, uint8_t number[DROP_VALUES],
			struct kernel_reasons_unknown *unknown)
{
	(void)list;
	(void)number;
	(void)unknown;
	return -ENOSYS;
}
