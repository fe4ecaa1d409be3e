/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel table is rotated as fast as it can be, while connections begin and end
 * on every CPU: what all windows add up to is exactly what happened.
 *
 *   rotation [SECONDS]
 *
 * Built three times: with the filter that ships; with one that stays in the table
 * for long (CTAGG_LINGER), for which the same must hold; and with that one and a
 * rotation that does not wait for it (NO_GRACE), for which it must not: or
 * the test would show nothing.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "source/conntrack.h"
#include "source/message.h"
#include "table/kernel.h"
#include "table/default_key.h"
#include "table/load.h"
#include "table/tap.h"

#ifndef CTAGG_SKELETON
#define CTAGG_SKELETON "src/table/bpf/agg.skel.h"
#endif
#include CTAGG_SKELETON

#define MAX_FLOWS 65536
#define BUFFER_BYTES (64 << 20)
#define ROTATE_EVERY_NS 5000000ULL
#define NS_PER_S 1000000000ULL

struct counter {
	struct kernel *kernel;
	struct conntrack *events;
	struct memory *window;
	struct flow_sums sums;
	uint64_t rotations, passed, rotate_ns;
	int err;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static void sleep_until(uint64_t ns)
{
	struct timespec ts = { ns / NS_PER_S, ns % NS_PER_S };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

/* --- counting ------------------------------------------------------------------------- */

static void open_counter(struct counter *c)
{
	int err = kernel_open(&c->kernel, MAX_FLOWS, 0, &flow_spec_default, NULL);

	if (err == -EPERM || err == -ENOSYS)
		tap_skip_all("no kernel table here: ", strerror(-err));
	if (!err)
		err = memory_open(&c->window, MAX_FLOWS);
	if (!err)
		err = conntrack_open(&c->events, BUFFER_BYTES, kernel_attach, c->kernel);
	if (err)
		tap_bail_out("the table", strerror(-err));
}

static void close_counter(struct counter *c)
{
	conntrack_close(c->events);
	kernel_close(c->kernel);
	memory_close(c->window);
	memset(c, 0, sizeof(*c));
}

/* What the filter has passed on. */
static int read_events(struct counter *c)
{
	struct flow_event ev[64];
	ssize_t n;

	while ((n = conntrack_read(c->events, ev, 64)) >= 0) {
		add_events(c->window, ev, n);
		c->passed += n;
	}
	return n == -EAGAIN ? 0 : (int)n;
}

static void end_window(struct counter *c)
{
	struct kernel_rotation r;

	c->err = kernel_rotate(c->kernel, c->window, NULL, &r);
	if (!c->err)
		c->err = read_events(c);
	flow_sums_add(&c->sums, memory_total(c->window));
	memory_clear(c->window);
	c->rotations++;
	c->rotate_ns += r.rotate_ns;
}

static void rotate_for(struct counter *c, double seconds)
{
	uint64_t next = now_ns(), end = next + seconds * NS_PER_S;

	while (!c->err && next < end) {
		end_window(c);
		next += ROTATE_EVERY_NS;
		if (next < now_ns())
			next = now_ns();
		sleep_until(next);
	}
}

/* --- load ------------------------------------------------------------------------------- */

/* The sums are those of what was done: events, and what each connection carried. */
static bool exact(const struct flow_sums *s, const struct load_done *d)
{
	uint64_t all = d->by_netlink + d->by_packets;

	return s->starts == all && s->ends == all && s->unreplied == d->by_packets &&
	       s->orig_packets == d->by_packets &&
	       s->orig_bytes == LOAD_PACKET_BYTES * d->by_packets && !s->reply_packets &&
	       !s->reply_bytes && !s->uncounted && s->timed_ends == all;
}

static void print_sums(const struct flow_sums *s, const struct load_done *d)
{
	printf("# began: %" PRIu64 " through ctnetlink, %" PRIu64 " by packets\n", d->by_netlink,
	       d->by_packets);
	printf("# counted: %" PRIu64 " starts, %" PRIu64 " ends, %" PRIu64 " unreplied, %" PRIu64
	       " packets, %" PRIu64 " bytes, %" PRIu64 " uncounted, %" PRIu64 " timed\n",
	       s->starts, s->ends, s->unreplied, s->orig_packets, s->orig_bytes,
	       s->uncounted, s->timed_ends);
}

static void under_load(double seconds)
{
	struct counter c = { 0 };
	struct load_done done;
	bool is_exact;
	int err;

	open_counter(&c);
	err = load_start();
	if (!err) {
		rotate_for(&c, seconds);
		err = load_stop(&done);
	}
	end_window(&c);
	if (err || c.err)
		tap_bail_out("the load", strerror(-(err ? err : c.err)));
	print_sums(&c.sums, &done);
	printf("# %" PRIu64 " rotations of %.1f ms, %" PRIu64 " events passed on\n", c.rotations,
	       c.rotate_ns / 1e6 / c.rotations, c.passed);
	is_exact = exact(&c.sums, &done);
#ifdef NO_GRACE
	tap_result(!is_exact, "without the grace period the sums are wrong");
#else
	tap_result(is_exact, "the sums are exact");
	tap_result(done.by_netlink > 1000 && done.by_packets > 1000, "by both ways");
	tap_result(conntrack_stats(c.events)->lost == 0 && c.passed < c.sums.starts / 100,
		   "nothing is lost, and nearly all is folded");
#endif
	close_counter(&c);
}

#ifndef NO_GRACE
/* --- all CPUs want to make the same row ---------------------------------------------------- */

#define RACES 20000

struct racer {
	pthread_t thread;
	struct kernel *kernel;
	int n, cpus, pair[2], err;
};

static unsigned int arrived;	/* racers at a start, of all races */

static void wait_for_all(int race, int cpus)
{
	__atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&arrived, __ATOMIC_SEQ_CST) < (unsigned int)((race + 1) * cpus))
		;
}

static void *race(void *arg)
{
	struct message_spec s = message_spec(MESSAGE_NEW, IPPROTO_UDP, "10.0.0.7", "192.0.2.10");
	struct racer *r = arg;
	char byte;

	load_pin(r->n);
	for (int i = 0; i < RACES; i++) {
		__be32 host = htonl(0x0b000000 + i);
		struct message m;

		memcpy(s.orig.src, &host, 4);
		message_build(&m, &s);
		wait_for_all(i, r->cpus);
		if (send(r->pair[1], m.bytes, m.len, 0) < 0)
			r->err = -errno;
		if (recv(r->pair[0], &byte, 1, MSG_DONTWAIT) >= 0)
			r->err = -EPROTO;	/* passed on */
	}
	return NULL;
}

static int run_racers(struct counter *c, struct racer *racers, int cpus)
{
	int err = 0;

	arrived = 0;
	for (int i = 0; i < cpus; i++) {
		racers[i] = (struct racer){ .n = i, .cpus = cpus, .kernel = c->kernel };
		if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, racers[i].pair) ||
		    kernel_attach(racers[i].pair[0], c->kernel))
			return -errno;
	}
	for (int i = 0; i < cpus; i++)
		if (pthread_create(&racers[i].thread, NULL, race, &racers[i]))
			tap_bail_out("threads", strerror(errno));
	for (int i = 0; i < cpus; i++) {
		pthread_join(racers[i].thread, NULL);
		err = err ? err : racers[i].err;
		close(racers[i].pair[0]);
		close(racers[i].pair[1]);
	}
	return err;
}

static void racing_inserts(void)
{
	struct racer racers[64];
	struct counter c = { 0 };
	struct kernel_rotation r;
	int cpus = load_cpus(), err;
	size_t good = 0;

	open_counter(&c);
	err = run_racers(&c, racers, cpus);
	if (!err)
		err = kernel_rotate(c.kernel, c.window, NULL, &r);
	for (size_t i = 0; i < memory_rows(c.window); i++)
		good += memory_row(c.window, i)->sum.starts == (uint64_t)cpus;
	printf("# %d races of %d CPUs: %s, %" PRIu64 " rows, %zu exact\n", RACES, cpus,
	       strerror(-err), err ? 0 : r.rows, good);
	tap_result(!err && r.rows == RACES && good == RACES, "one key from all CPUs is one row");
	close_counter(&c);
}

/* --- what has been retired stays as it is ---------------------------------------------------- */

struct snapshot {
	size_t n;
	struct flow_key keys[1024];
	struct flow_sums_kernel values[1024];
};

static int take_snapshot(int fd, struct snapshot *s)
{
	const struct flow_key *last = NULL;

	memset(s, 0, sizeof(*s));
	for (; s->n < 1024 && !bpf_map_get_next_key(fd, last, &s->keys[s->n]); s->n++) {
		last = &s->keys[s->n];
		if (bpf_map_lookup_elem(fd, last, &s->values[s->n]))
			return -errno;
	}
	return 0;
}

struct retired {
	struct agg *skel;
	int fds[2], active;
	uint64_t starts, ends, changed;
};

static int attach_skeleton(int fd, void *arg)
{
	const struct retired *t = arg;
	int prog = bpf_program__fd(t->skel->progs.take);

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &prog, sizeof(prog)) ? -errno : 0;
}

static void swap_and_look_twice(struct retired *t)
{
	static struct snapshot at_once, later;
	__u32 slot = 0;

	t->active = !t->active;
	if (bpf_map_update_elem(bpf_map__fd(t->skel->maps.window), &slot, &t->fds[t->active], 0) ||
	    take_snapshot(t->fds[!t->active], &at_once))
		tap_bail_out("a rotation", strerror(errno));
	sleep_until(now_ns() + 20000000);
	if (take_snapshot(t->fds[!t->active], &later) || memcmp(&at_once, &later, sizeof(later)))
		t->changed++;
	for (size_t i = 0; i < at_once.n; i++) {
		struct flow_sums sum;

		flow_sums_from_kernel(&sum, &at_once.values[i]);
		t->starts += sum.starts;
		t->ends += sum.ends;
		bpf_map_delete_elem(t->fds[!t->active], &at_once.keys[i]);
	}
}

static void retired_maps_do_not_change(void)
{
	struct retired t = { .skel = agg__open() };
	struct conntrack *events = NULL;
	struct load_done done;
	int rounds = 100, err;

	if (!t.skel || bpf_map__set_max_entries(t.skel->maps.rows_a, 1024) ||
	    bpf_map__set_max_entries(t.skel->maps.rows_b, 1024) || agg__load(t.skel))
		tap_bail_out("the filter", strerror(errno));
	t.fds[0] = bpf_map__fd(t.skel->maps.rows_a);
	t.fds[1] = bpf_map__fd(t.skel->maps.rows_b);
	err = conntrack_open(&events, BUFFER_BYTES, attach_skeleton, &t);
	if (!err)
		err = load_start();
	if (err)
		tap_bail_out("the load", strerror(-err));
	for (int i = 0; i < rounds; i++)
		swap_and_look_twice(&t);
	err = load_stop(&done);
	swap_and_look_twice(&t);
	printf("# %d rotations, %" PRIu64 " changed afterwards; %" PRIu64 " connections, %" PRIu64
	       " starts, %" PRIu64 " ends\n", rounds, t.changed, done.by_netlink, t.starts, t.ends);
	tap_result(!err && !t.changed && done.by_netlink > 1000 && t.starts == done.by_netlink &&
		   t.ends == done.by_netlink, "a retired map does not change");
	conntrack_close(events);
	agg__destroy(t.skel);
}
#endif

int main(int argc, char *argv[])
{
	double seconds = argc > 1 ? atof(argv[1]) : DEFAULT_SECONDS;
	const char *why = load_prepare(true);
	struct counter probe = { 0 };

	if (why)
		tap_skip_all(why, "");
	open_counter(&probe);
	close_counter(&probe);
#ifdef NO_GRACE
	tap_plan(1);
	under_load(seconds);
#else
	tap_plan(5);
	under_load(seconds);
	racing_inserts();
	why = load_prepare(false);
	if (why)
		tap_bail_out("a second namespace", why);
	retired_maps_do_not_change();
#endif
	return tap_status();
}
