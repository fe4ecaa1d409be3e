/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cli/log.h"
#include "pipeline/live.h"
#include "source/dump.h"

int live_open(struct live *l, const struct options *opts, const struct addresses *addresses,
	      struct kernel *kernel)
{
	struct interim_filter filter = {
		.counted = kernel_counted,
		.uncounted = kernel_uncounted,
		.arg = kernel,
	};

	l->opts = opts;
	l->addresses = addresses;
	l->in_kernel = kernel != NULL;
	return interim_open(&l->interim, kernel ? &filter : NULL);
}

void live_end(struct live *l, struct flow_event *events, size_t n)
{
	for (size_t i = 0; i < n && l->interim; i++)
		if (events[i].kind == FLOW_END)
			interim_end(l->interim, &events[i]);
}

/* A connection whose end is under way counts with that. */
static bool wanted(const struct live *l, const struct conntrack_entry *entry,
		   struct flow_event *ev)
{
	if (entry->ending)
		return false;
	*ev = entry->event;
	ev->key.dir = addresses_direction(l->addresses, ev->key.saddr, ev->real_daddr);
	return flow_select_holds(&l->opts->select, ev);
}

static void meet(void *arg, const struct conntrack_entry *entry)
{
	struct live *l = arg;
	struct flow_event ev;

	if (wanted(l, entry, &ev) && interim_meet(l->interim, &ev))
		l->failed = true;
}

static void count(void *arg, const struct conntrack_entry *entry)
{
	struct live *l = arg;
	struct flow_event ev;

	if (!wanted(l, entry, &ev))
		return;
	ev.has_time = false;
	ev.time_ns = l->pass_ns;
	if (interim_live(l->interim, &ev))
		l->failed = true;
	flow_spec_apply(&l->opts->spec, &ev);
	memory_add(l->into, &ev, 1);
}

static uint64_t monotonic_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ULL + ts.tv_nsec / 1000;
}

void live_count(struct live *l, struct memory *into, uint64_t end_ns)
{
	struct dump_stats stats = { 0 };
	uint64_t begin_us;
	int err = 0;

	if (!l->interim)
		return;
	begin_us = monotonic_us();
	l->failed = false;
	l->into = into;
	l->pass_ns = end_ns;
	interim_begin(l->interim);
	if (l->in_kernel)
		err = dump_connections(meet, NULL, l, &stats);
	if (!err)
		err = dump_connections(count, NULL, l, &stats);
	if (err)
		log_error("cannot read the connection table: %s; what live connections carried comes with a later window",
			  strerror(-err));
	else
		interim_finish(l->interim);
	l->failed |= err != 0;
	log_verbose("read %" PRIu64 " live connections in %" PRIu64 " us", stats.entries,
		    monotonic_us() - begin_us);
}

void live_close(struct live *l)
{
	interim_close(l->interim);
}
