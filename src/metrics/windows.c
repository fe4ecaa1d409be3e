/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "metrics/windows.h"

static void add(uint64_t *sum, uint64_t n)
{
	if (__builtin_add_overflow(*sum, n, sum))
		*sum = UINT64_MAX;
}

/* --- adding ------------------------------------------------------------------- */

static void add_sums(struct metrics_windows *m, const struct flow_sums *s)
{
	add(&m->tcp_unanswered, s->tcp_unanswered);
	add(&m->tcp_closed, s->tcp_closed);
	add(&m->tcp_reset, s->tcp_reset);
	add(&m->tcp_expired, s->tcp_expired);
	m->counted |= flow_sums_has_counters(s);
	add(&m->uncounted, s->uncounted);
	add(&m->orig_packets, s->orig_packets);
	add(&m->orig_bytes, s->orig_bytes);
	add(&m->reply_packets, s->reply_packets);
	add(&m->reply_bytes, s->reply_bytes);
	add(&m->drop_bytes, s->drop_bytes);
	add(&m->unsized_drops, s->unsized_drops);
}

/* A loss is in n of one window only, also when that window does not know all of its losses. */
static void add_loss(struct metrics_windows *m, const struct window_loss *loss)
{
	add(&m->lost_drops, loss->n);
	add(&m->unknown_losses, !loss->known);
}

static void add_times(struct metrics_windows *m, const struct window_record *w)
{
	add(&m->rotate_us, w->rotate_us);
	add(&m->drain_us, w->drain_us);
}

/* What a window does not know, a later one counts. */
#define ADD_COUNTER(name, about)                                                               \
	add(&m->kernel.name.n, k->name.n);                                                     \
	m->kernel.name.known |= k->name.known;
#define TAKE_GAUGE(name, about) m->kernel.name = k->name;

static void add_kernel(struct metrics_windows *m, const struct window_kernel *k)
{
	WINDOW_KERNEL_COUNTERS(ADD_COUNTER)
	WINDOW_KERNEL_GAUGES(TAKE_GAUGE)
}

#define FROM_total(w, name) (w)->total->name
#define FROM_record(w, name) (w)->name
#define FROM_loss(w, name) (w)->name.n
#define ADD(from, name, help) add(&m->name, FROM_##from(w, name));

void metrics_windows_add(struct metrics_windows *m, const struct window_record *w, uint64_t end_ns,
			 uint64_t folded_flows)
{
	METRICS_COUNTERS(ADD)
	add(&m->windows, 1);
	add(&m->partial_windows, w->status == WINDOW_PARTIAL);
	add(&m->flowtable_uncounted_windows, w->flowtable_uncounted);
	add_sums(m, w->total);
	add_loss(m, &w->lost_drops);
	add_times(m, w);
	add_kernel(m, &w->kernel);
	add(&m->folded_flows, folded_flows);
	m->write_errors = w->write_errors;
	m->table_rows = w->table_rows;
	m->table_capacity = w->table_capacity;
	m->end_ns = end_ns;
	m->fresh = true;
}

/* --- printing ----------------------------------------------------------------- */

#define COUNTER(x, name, help, n) exposition_one(x, "ctagg_" name "_total", EXPOSITION_COUNTER, help, n)
#define COUNTER_SECONDS(x, name, help, us)                                                     \
	exposition_one_seconds(x, "ctagg_" name "_seconds_total", EXPOSITION_COUNTER, help, us)

static void print_both(struct exposition *x, const char *name, const char *help, uint64_t orig,
		       uint64_t reply)
{
	exposition_family(x, name, EXPOSITION_COUNTER, help);
	exposition_number(x, name, "direction=\"orig\"", orig);
	exposition_number(x, name, "direction=\"reply\"", reply);
}

/* Until a connection has ended, 0 packets were counted, which is true. When all that have ended
 * did not say what they carried, nothing is known. */
static void print_traffic(struct exposition *x, const struct metrics_windows *m)
{
	if (m->counted || !m->uncounted) {
		print_both(x, "ctagg_packets_total",
			   "Packets of connections, source to destination (orig) and back (reply).",
			   m->orig_packets, m->reply_packets);
		print_both(x, "ctagg_bytes_total",
			   "IP bytes of connections, source to destination (orig) and back (reply).",
			   m->orig_bytes, m->reply_bytes);
	}
	COUNTER(x, "uncounted_ends", "Connections that ended and did not say what they carried.",
		m->uncounted);
}

/* As with traffic: 0 until a connection has ended, then unknown until an end has said in which
 * state TCP was. */
static void print_tcp(struct exposition *x, const struct metrics_windows *m)
{
	if (m->ends && !(m->tcp_unanswered | m->tcp_closed | m->tcp_reset | m->tcp_expired))
		return;
	COUNTER(x, "tcp_unanswered", "Connections that ended with an incomplete TCP handshake.",
		m->tcp_unanswered);
	COUNTER(x, "tcp_closed", "Connections that ended after TCP closed them by FIN.", m->tcp_closed);
	COUNTER(x, "tcp_reset", "Connections that ended after TCP reset or refused them.", m->tcp_reset);
	COUNTER(x, "tcp_expired", "Connections that ended while they were open in TCP.", m->tcp_expired);
}

static void print_drops(struct exposition *x, const struct metrics_windows *m)
{
	if (m->drop_bytes || !m->unsized_drops)
		COUNTER(x, "drop_bytes", "IP bytes of dropped packets.", m->drop_bytes);
	COUNTER(x, "unsized_drops", "Dropped packets of unknown length.", m->unsized_drops);
	COUNTER(x, "lost_drops", "Logged packets that are known to be lost.", m->lost_drops);
	COUNTER(x, "unknown_losses", "Windows that do not say how many logged packets were lost.",
		m->unknown_losses);
}

static void print_windows(struct exposition *x, const struct metrics_windows *m)
{
	COUNTER(x, "windows", "Windows that were closed.", m->windows);
	COUNTER(x, "partial_windows", "Windows whose status is partial.", m->partial_windows);
	COUNTER(x, "flowtable_uncounted_windows",
		"Windows in which a flow table without counter let packets pass.",
		m->flowtable_uncounted_windows);
	COUNTER(x, "folded_flows", "Flows that found no room in the table, window by window.",
		m->folded_flows);
	COUNTER(x, "write_errors", "Lines and buffers that an output did not take at once.",
		m->write_errors);
	if (m->windows) {
		exposition_one(x, "ctagg_table_rows", EXPOSITION_GAUGE,
			       "Rows that the last window used in the table.", m->table_rows);
		exposition_one(x, "ctagg_table_capacity", EXPOSITION_GAUGE, "Rows of the table.",
			       m->table_capacity);
		exposition_one_seconds(x, "ctagg_last_window_timestamp_seconds", EXPOSITION_GAUGE,
				       "When the last window ended.", m->end_ns / 1000);
	}
}

static void print_times(struct exposition *x, const struct metrics_windows *m)
{
	if (m->rotates) {
		COUNTER_SECONDS(x, "rotate", "Time spent swapping the kernel table for an empty one.",
				m->rotate_us);
		COUNTER_SECONDS(x, "drain", "Time spent reading the kernel table.", m->drain_us);
	}
	COUNTER_SECONDS(x, "write", "Time spent handing lines to outputs.", m->write_ns / 1000);
}

#define PRINT_COUNTER(name, about)                                                             \
	if (m->kernel.name.known)                                                              \
		COUNTER(x, "kernel_" #name, "Connection tracking: " about ".", m->kernel.name.n);
#define PRINT_GAUGE(name, about)                                                               \
	if (m->kernel.name.known)                                                              \
		exposition_one(x, "ctagg_kernel_" #name, EXPOSITION_GAUGE,                     \
			       "Connection tracking, when the last window ended: " about ".", m->kernel.name.n);

static void print_kernel(struct exposition *x, const struct metrics_windows *m)
{
	WINDOW_KERNEL_COUNTERS(PRINT_COUNTER)
	WINDOW_KERNEL_GAUGES(PRINT_GAUGE)
}

#define PRINT(from, name, help) COUNTER(x, #name, help, m->name);

void metrics_windows_print(struct metrics_windows *m, struct exposition *x)
{
	METRICS_COUNTERS(PRINT)
	print_tcp(x, m);
	print_traffic(x, m);
	print_drops(x, m);
	print_windows(x, m);
	print_times(x, m);
	print_kernel(x, m);
	m->fresh = false;
}
