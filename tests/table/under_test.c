/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

#include "source/conntrack.h"
#include "table/under_test.h"

#define NS_PER_S 1000000000ULL

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* Decode one message, and give the event the time that the program would give. Returns 0 or
 * -EBADMSG. */
static int decode(struct table_under_test *t, const void *bytes, size_t len, struct flow_event *ev)
{
	int err = conntrack_decode(bytes, len, ev);

	if (err)
		return err;
	if (!ev->has_time)
		ev->time_ns = clock_ns(CLOCK_MONOTONIC) + t->offset_ns;
	return 0;
}

/* --- the memory table --------------------------------------------------------- */

/* Go through a datagram as conntrack_read() does. mnl_nlmsg_ok() is not used: it takes a
 * length of 2^31 and more for a negative one. */
static int feed_memory(struct table_under_test *t, const void *bytes, size_t len)
{
	struct flow_event ev;
	int events = 0, left_out = 0;

	for (size_t at = 0, next; at + sizeof(struct nlmsghdr) <= len; at = next) {
		const struct nlmsghdr *nlh = (const void *)((const char *)bytes + at);

		if (nlh->nlmsg_len < sizeof(*nlh) || nlh->nlmsg_len > len - at)
			break;
		next = at + MNL_ALIGN(nlh->nlmsg_len);
		if (decode(t, nlh, nlh->nlmsg_len, &ev))
			continue;
		if (!intake_choose(&t->intake, &ev, 1)) {
			left_out++;
			continue;
		}
		t->injected += ev.injected;
		t->clash += ev.clash;
		intake_add(&t->intake, t->open, &ev, 1);
		events++;
	}
	t->unselected += left_out;
	return events ? FED_ADDED : left_out ? FED_UNSELECTED : FED_NOTHING;
}

static int by_key(const void *a, const void *b)
{
	return memcmp(&((const struct flow_row *)a)->key, &((const struct flow_row *)b)->key,
		      sizeof(struct flow_key));
}

static size_t copy_rows(const struct memory *m, struct flow_row *rows, size_t max)
{
	size_t n = memory_rows(m);

	for (size_t i = 0; i < n && i < max; i++)
		rows[i] = *memory_row(m, i);
	if (n <= max && n)
		qsort(rows, n, sizeof(*rows), by_key);
	return n;
}

static size_t rows_memory(struct table_under_test *t, struct flow_row *rows, size_t max)
{
	struct memory *whole = t->open;

	memory_clear(t->window);
	t->open = t->window;
	t->window = whole;
	return copy_rows(t->window, rows, max);
}

static int open_common(struct table_under_test *t, uint32_t max_flows,
		       const struct flow_spec *spec, const struct flow_select *select)
{
	int err;

	memset(t, 0, sizeof(*t));
	t->pair[0] = t->pair[1] = -1;
	t->feed = feed_memory;
	t->rows = rows_memory;
	err = memory_open(&t->open, max_flows);
	if (!err)
		err = memory_open(&t->window, max_flows);
	if (!err)
		err = memory_open(&t->older, max_flows);
	if (!err)
		err = addresses_open(&t->addresses);
	intake_init(&t->intake, spec, select, t->addresses);
	return err;
}

int memory_table_open(struct table_under_test *t, uint32_t max_flows)
{
	return memory_table_open_for(t, max_flows, &flow_spec_default, NULL);
}

int memory_table_open_for(struct table_under_test *t, uint32_t max_flows,
			  const struct flow_spec *spec, const struct flow_select *select)
{
	int err = open_common(t, max_flows, spec, select);

	if (err) {
		table_close(t);
		return err;
	}
	table_clock(t, clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC), true);
	return 0;
}

/* --- the kernel table --------------------------------------------------------- */

static int feed_kernel(struct table_under_test *t, const void *bytes, size_t len)
{
	char back[4096] __attribute__((aligned(8)));
	ssize_t n;

	/* The sender is not told that the filter ate it. */
	if (send(t->pair[1], bytes, len, 0) < 0)
		return -errno;
	n = recv(t->pair[0], back, sizeof(back), MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN ? FED_TAKEN : -errno;
	if ((size_t)n != len || memcmp(back, bytes, len))
		return -EPROTO;
	return feed_memory(t, back, n);
}

static size_t rows_kernel(struct table_under_test *t, struct flow_row *rows, size_t max)
{
	memory_clear(t->window);
	t->err = kernel_rotate(t->kernel, t->window, NULL, &t->rotation);
	if (t->err)
		return 0;
	t->unselected += t->rotation.unselected;
	t->injected += t->rotation.injected;
	t->clash += t->rotation.clash;
	memory_merge_all(t->window, t->open);
	return copy_rows(t->window, rows, max);
}

static int attach(struct table_under_test *t)
{
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, t->pair))
		return -errno;
	return kernel_attach(t->pair[0], t->kernel);
}

int kernel_table_open(struct table_under_test *t, uint32_t max_flows, unsigned int flags)
{
	return kernel_table_open_for(t, max_flows, flags, &flow_spec_default, NULL);
}

int kernel_table_open_for(struct table_under_test *t, uint32_t max_flows, unsigned int flags,
			  const struct flow_spec *spec, const struct flow_select *select)
{
	int err = open_common(t, max_flows, spec, select);

	t->feed = feed_kernel;
	t->rows = rows_kernel;
	if (!err)
		err = kernel_open(&t->kernel, max_flows, flags, spec, select);
	if (!err)
		err = attach(t);
	if (!err)
		err = table_addresses(t);
	if (err) {
		table_close(t);
		return err;
	}
	table_clock(t, clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC), true);
	return 0;
}

size_t table_older_rows(const struct table_under_test *t, struct flow_row *rows, size_t max)
{
	return copy_rows(t->older, rows, max);
}

/* --- what both are told -------------------------------------------------------- */

int table_distinct(struct table_under_test *t, const struct flow_spec *spec,
		   const struct flow_distinct *d)
{
	static const uint64_t key[2] = { 1, 2 };
	struct flow_cut cut;
	int err;

	flow_cut_init(&cut, spec, d);
	err = memory_distinct(t->open, &cut, key);
	return err ? err : memory_distinct(t->window, &cut, key);
}

/* The new labels are the filter's when a new table begins. */
static int tell_filter(struct table_under_test *t, struct netlabel_set *set,
		       struct netlabel_set *older, size_t n_more)
{
	struct netlabel_set *sets[] = { set, older };
	struct netlabel_view *view;
	int err = netlabel_view_open(&view, sets, 1 + n_more);

	if (err)
		return err;
	err = kernel_labels_load(t->kernel, view);
	if (err) {
		netlabel_view_close(view);
		return err;
	}
	do {
		err = kernel_labels_step(t->kernel, 7);
	} while (err > 0);
	if (err)
		return err;
	kernel_labels_use(t->kernel);
	err = kernel_rotate(t->kernel, t->window, NULL, &t->rotation);
	kernel_labels_into(t->kernel, set, &t->more, n_more);
	return err;
}

int table_labels(struct table_under_test *t, struct netlabel_set *set, struct netlabel_set *older)
{
	size_t n_more = older != NULL;

	memory_clear(t->older);
	t->more = (struct labelled){ t->older, older };
	t->intake.labels.set = set;
	t->intake.labels.more = &t->more;
	t->intake.labels.n_more = n_more;
	return t->kernel ? tell_filter(t, set, older, n_more) : 0;
}

static int tell(void *arg, const __u8 addr[16], bool broadcast)
{
	return kernel_address(arg, addr, broadcast ? ADDRESS_BROADCAST : ADDRESS_OURS);
}

int table_addresses(struct table_under_test *t)
{
	int err = addresses_update(t->addresses), end_err;

	if (err < 0 || !t->kernel)
		return err < 0 ? err : 0;
	kernel_addresses_begin(t->kernel);
	err = addresses_each(t->addresses, tell, t->kernel);
	end_err = kernel_addresses_end(t->kernel);
	return err ? err : end_err;
}

void table_clock(struct table_under_test *t, uint64_t offset_ns, bool event_times)
{
	t->offset_ns = offset_ns;
	if (t->kernel)
		kernel_clock(t->kernel, offset_ns, event_times);
}

void table_close(struct table_under_test *t)
{
	for (int i = 0; i < 2; i++)
		if (t->pair[i] >= 0)
			close(t->pair[i]);
	kernel_close(t->kernel);
	memory_close(t->open);
	memory_close(t->window);
	memory_close(t->older);
	addresses_close(t->addresses);
	memset(t, 0, sizeof(*t));
	t->pair[0] = t->pair[1] = -1;
}
