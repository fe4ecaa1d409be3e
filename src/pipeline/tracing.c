/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/log.h"
#include "pipeline/privileges.h"
#include "pipeline/tables.h"
#include "pipeline/tracing.h"
#include "source/listener.h"
#include "source/tracker_stats.h"
#include "table/kernel_trace.h"

struct tracing {
	struct kernel *kernel;
	struct listener *listener;
	struct conntrack_stats *stats;
	struct every_netns *every;
};

static void say_log(void)
{
	for (size_t i = 0; kernel_log_line(i); i++)
		log_verbose("%s", kernel_log_line(i));
}

void tracing_refused(int err)
{
	log_error("--source=trace: %s: %s", strerror(-err), kernel_trace_why(err));
	say_log();
}

/* The kernel loads nf_conntrack_netlink when somebody asks ctnetlink for something. What has been asked
 * for does not matter. */
static void load_module(void)
{
	struct window_kernel ignored = { 0 };
	struct tracker_stats *stats;

	if (tracker_stats_open(&stats))
		return;
	tracker_stats_read(stats, &ignored);
	tracker_stats_close(stats);
}

int tracing_load(struct kernel *kernel, const struct options *opts)
{
	int err;

	load_module();
	err = kernel_trace_load(kernel, opts->buffer_bytes);
	if (err)
		tracing_refused(err);
	return err;
}

const char *tracing_why_not(const struct options *opts)
{
	struct kernel *kernel;
	int err = kernel_open_tested(&kernel, opts->max_flows, tables_trace_flags(opts), &opts->spec, &opts->select);

	if (!err) {
		load_module();
		err = kernel_trace_load(kernel, opts->buffer_bytes);
		kernel_close(kernel);
	}
	if (!err)
		return NULL;
	say_log();
	return kernel_trace_why(err);
}

/* --- the feed --------------------------------------------------------------------- */

static int descriptor(const void *arg)
{
	const struct tracing *t = arg;

	return kernel_trace_fd(t->kernel);
}

static size_t buffer(const void *arg)
{
	const struct tracing *t = arg;

	return kernel_trace_bytes(t->kernel);
}

static ssize_t receive(void *arg, struct flow_event *ev, size_t max)
{
	struct tracing *t = arg;
	ssize_t n = kernel_trace_read(t->kernel, ev, max);

	if (n > 0 && t->every)
		every_netns_events(t->every, ev, n);
	return n;
}

static void count_lost(void *arg)
{
	struct kernel_trace_losses losses = { 0 };
	struct tracing *t = arg;

	kernel_trace_losses(t->kernel, &losses);
	t->stats->lost = losses.lost;
	t->stats->unsure = losses.unsure;
}

static uint64_t waiting_max(const void *arg)
{
	const struct tracing *t = arg;

	return kernel_trace_waiting_max(t->kernel);
}

static void close_feed(void *arg)
{
	struct kernel_trace_losses losses = { 0 };
	struct tracing *t = arg;

	kernel_trace_losses(t->kernel, &losses);
	log_verbose("tracing: %" PRIu64 " times the second program has counted in place of the first one, and %" PRIu64 " times neither",
		    losses.nested, losses.unsure);
	kernel_trace_detach(t->kernel);
	listener_close(t->listener);
	free(t);
}

static const struct conntrack_feed feed = {
	.fd = descriptor,
	.buffer = buffer,
	.receive = receive,
	.count_lost = count_lost,
	.waiting_max = waiting_max,
	.close = close_feed,
};

/* --- beginning -------------------------------------------------------------------- */

static int begin(struct tracing *t)
{
	int err = kernel_trace_attach(t->kernel);

	if (err) {
		tracing_refused(err);
		return err;
	}
	err = listener_open(&t->listener);
	if (err)
		log_error("--source=trace: cannot have the kernel make events: %s%s", strerror(-err),
			  err == -EPERM ? privileges_net_admin() : "");
	return err;
}

int tracing_subscribe(struct conntrack **out, struct kernel *kernel, struct every_netns *every,
		      const uint64_t *secret)
{
	struct tracing *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	t->kernel = kernel;
	t->every = every;
	kernel_trace_identify(kernel, secret);
	err = begin(t);
	if (!err)
		err = conntrack_open_feed(out, &feed, t, &t->stats);
	if (err)
		close_feed(t);
	return err;
}
