/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "host/boot.h"
#include "pipeline/setup.h"
#include "pipeline/tables.h"
#include "pipeline/tracing.h"
#include "window/clock.h"

/* How often reading the kernel table is tried again at the end of the last window. At the end of
 * any other window once is enough: rows that could not be read come with a later window. */
#define LAST_TRIES 10

/* What an error of kernel_open_tested() means, and what to do. */
static const char *why_not(int err)
{
	switch (err) {
	case -ENOSYS:
		return "this ctagg, or this kernel, has no BPF";
	case -EPERM:
		return "loading it needs CAP_BPF in the initial user namespace";
	case -ENOMEM:
		return "not enough memory for it; try a smaller --max-flows";
	case -ENOBUFS:
		return "net.core.optmem_max is too small for any filter on a socket; raise it to 20480";
	case -E2BIG:
		return "it has no room for so many ranges of zones or marks, or this kernel refuses it";
	case -EMFILE:
	case -ENFILE:
		return SETUP_MORE_FILES;
	case -EPROTO:
		return "its self-test gave a wrong result on this kernel";
	}
	return "this kernel refuses it; -v shows the last lines of its verifier";
}

static void say_log(void)
{
	const char *line;

	for (size_t i = 0; (line = kernel_log_line(i)); i++)
		log_verbose("%s", line);
}

static unsigned int kernel_flags(const struct options *opts)
{
	return (opts->interim ? KERNEL_INTERIM : 0) | (opts->early_close ? KERNEL_COUNT_ROWS : 0);
}

/* The program counts in a kernel table, or, with --table=hash, passes everything on. */
unsigned int tables_trace_flags(const struct options *opts)
{
	unsigned int flags = kernel_flags(opts) | KERNEL_TRACE;

	if (opts->table == OPTIONS_TABLE_HASH)
		flags |= KERNEL_PASS_ALL;
	if (opts->netns_all)
		flags |= KERNEL_NETNS_ALL;
	return flags;
}

static int open_traced(struct tables *t, const struct options *opts)
{
	struct flow_spec spec = tables_spec(opts);
	int err = kernel_open_tested(&t->kernel, opts->max_flows, tables_trace_flags(opts), &spec, &opts->select);

	if (err) {
		tracing_refused(err);
		return err;
	}
	return tracing_load(t->kernel, opts);
}

static int choose_kernel(struct tables *t, const struct options *opts)
{
	unsigned int flags = kernel_flags(opts);
	struct flow_spec spec = tables_spec(opts);
	int err;

	if (!opts->conntrack)
		return 0;	/* the filter sees conntrack events; drops are counted in memory */
	if (opts->source == OPTIONS_SOURCE_TRACE)
		return open_traced(t, opts);
	if (opts->table == OPTIONS_TABLE_HASH)
		return 0;
	err = kernel_open_tested(&t->kernel, opts->max_flows, flags, &spec, &opts->select);
	if (!err)
		return 0;
	if (opts->table == OPTIONS_TABLE_BPF) {
		log_error("no kernel table: %s: %s", strerror(-err), why_not(err));
		say_log();
		return err;
	}
	log_notice("no kernel table, counting in memory: %s: %s", strerror(-err), why_not(err));
	say_log();
	return 0;
}

/* A snapshot has no starts: its connections are all in the table. */
enum top_by tables_largest_by(const struct options *opts)
{
	if (!opts->top)
		return opts->snapshot ? TOP_LIVE : TOP_EVENTS;
	if (opts->snapshot && opts->top_by == TOP_STARTS)
		return TOP_LIVE;
	return opts->top_by;
}

struct flow_spec tables_spec(const struct options *opts)
{
	return flow_distinct_spec(&opts->spec, &opts->distinct);
}

/* The table counts values. They are kept as hashes, under a key that is secret to hosts outside,
 * and the same in every ctagg until the next boot: of the same values all of them make the same
 * estimate, whichever table counts. With --seed the estimate is the same for ever. */
static int count_values(struct memory *m, const struct options *opts)
{
	uint64_t key[2] = { seed_bits(&opts->seed, UINT64_MAX - 2),
			    seed_bits(&opts->seed, UINT64_MAX - 1) };
	int err = opts->seed.given ? 0 : boot_bits(key);
	struct flow_cut cut;

	if (err)
		return err;
	flow_cut_init(&cut, &opts->spec, &opts->distinct);
	return memory_distinct(m, &cut, key);
}

int tables_memory(struct memory **out, const struct options *opts)
{
	struct memory *m;
	int err = memory_open(&m, opts->max_flows);

	if (err)
		return err;
	memory_evict(m, tables_largest_by(opts));
	memory_key_bytes(m, flow_spec_bytes(&opts->spec));
	if (opts->distinct.field)
		err = count_values(m, opts);
	if (err) {
		memory_close(m);
		return err;
	}
	*out = m;
	return 0;
}

int tables_open(struct tables *t, const struct options *opts)
{
	int err;

	memset(t, 0, sizeof(*t));
	err = tables_memory(&t->open, opts);
	if (!err)
		err = tables_memory(&t->closed, opts);
	if (err) {
		log_error("cannot make the table: %s; try a smaller --max-flows", strerror(-err));
		return err;
	}
	return choose_kernel(t, opts);
}

int tables_labels(struct tables *t, const struct options *opts, struct intake *intake,
		  struct netlabel_set *labels)
{
	int err = label_tables_open(&t->labelled, opts, t->kernel, intake, labels);

	if (err && t->kernel && opts->table != OPTIONS_TABLE_BPF && opts->source != OPTIONS_SOURCE_TRACE) {
		log_notice("no kernel table, counting in memory: labels: %s", label_tables_why(err));
		label_tables_close(&t->labelled);
		kernel_close(t->kernel);
		t->kernel = NULL;
		err = label_tables_open(&t->labelled, opts, NULL, intake, labels);
	}
	if (err)
		log_error("%s: labels: %s", t->kernel ? "no kernel table" : "cannot make the table",
			  label_tables_why(err));
	return err;
}

const char *tables_name(const struct tables *t)
{
	return t->kernel && kernel_takes_any(t->kernel) ? "bpf" : "hash";
}

static int tell_address(void *arg, const __u8 addr[16], bool broadcast)
{
	return kernel_address(arg, addr, broadcast ? ADDRESS_BROADCAST : ADDRESS_OURS);
}

void tables_addresses(struct tables *t, const struct addresses *a)
{
	int err, end_err;

	if (!t->kernel)
		return;
	kernel_addresses_begin(t->kernel);
	err = addresses_each(a, tell_address, t->kernel);
	end_err = kernel_addresses_end(t->kernel);
	err = err ? err : end_err;
	if (err)
		repeat_say(t->kernel, err, LOG_KIND_ERROR, "cannot tell the kernel table the addresses of this host: %s; directions may be wrong",
			   strerror(-err));
	else
		repeat_over(t->kernel, "the kernel table knows the addresses of this host again");
}

void tables_clock(struct tables *t, uint64_t now_ns, bool event_times)
{
	if (t->kernel)
		kernel_clock(t->kernel, now_ns - clock_monotonic_ns(), event_times);
}

static void add_rotation(struct kernel_rotation *to, const struct kernel_rotation *more)
{
	to->rows += more->rows;
	to->events += more->events;
	to->rotate_ns += more->rotate_ns;
	to->drain_ns += more->drain_ns;
	to->unselected += more->unselected;
	to->injected += more->injected;
	to->clash += more->clash;
	for (int i = 0; i < KERNEL_STARTS; i++)
		to->late[i] += more->late[i];
	for (int reason = 0; reason < PASSED_REASONS; reason++)
		to->passed[reason] += more->passed[reason];
}

int tables_begin(struct tables *t, const struct kernel_starts *first)
{
	int err = t->kernel ? kernel_begin(t->kernel, first) : 0;

	if (err)
		log_error("cannot begin with the kernel table: %s; try --source=netlink --table=hash", strerror(-err));
	return err;
}

/* Say why the filter passed messages on, if it did. */
static void say_passed(const struct kernel_rotation *r)
{
	if (r->passed[PASSED_LAYOUT] || r->passed[PASSED_FULL] || r->passed[PASSED_ERROR] ||
	    r->passed[PASSED_END] || r->passed[PASSED_MANY] || r->passed[PASSED_NETNS])
		log_verbose("the kernel table passed on: of unknown layout %" PRIu64
			    ", no room %" PRIu64 ", error %" PRIu64 ", ends %" PRIu64 ", full rows %" PRIu64 ", new namespaces %" PRIu64,
			    r->passed[PASSED_LAYOUT], r->passed[PASSED_FULL],
			    r->passed[PASSED_ERROR], r->passed[PASSED_END], r->passed[PASSED_MANY], r->passed[PASSED_NETNS]);
}

static void say_unread(const struct tables *t, int err, bool last)
{
	if (!err)
		repeat_over(&t->unread, "the kernel table is read again");
	else if (last)
		log_error("cannot read the kernel table: %s; flows that it still holds are missing from the last window",
			  strerror(-err));
	else
		repeat_say(&t->unread, err, LOG_KIND_ERROR, "cannot read the kernel table: %s; what it holds comes with a later window",
			   strerror(-err));
}

void tables_rotate(struct tables *t, const struct kernel_window *w, bool last)
{
	struct kernel_rotation again;
	int err;

	if (!t->kernel)
		return;
	err = kernel_rotate(t->kernel, t->closed, w, &t->rotation);
	for (int i = 0; i < LAST_TRIES && last && err; i++) {
		err = kernel_rotate(t->kernel, t->closed, w, &again);
		add_rotation(&t->rotation, &again);
	}
	t->unread = err != 0;
	say_unread(t, err, last);
	say_passed(&t->rotation);
}

/* With a kernel table, `closed` has the drained rows already and gets those of `open`; without
 * one, the two tables change places. */
struct memory *tables_take(struct tables *t)
{
	struct memory *whole = t->open;

	if (t->kernel) {
		memory_merge_all(t->closed, t->open);
		return t->closed;
	}
	t->open = t->closed;
	t->closed = whole;
	return whole;
}

void tables_close(struct tables *t)
{
	label_tables_close(&t->labelled);
	kernel_close(t->kernel);
	memory_close(t->open);
	memory_close(t->closed);
}
