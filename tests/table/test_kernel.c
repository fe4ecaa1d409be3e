/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only the kernel table does: rotations that the kernel refuses a part of, and
 * ends that are late. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <bpf/bpf.h>

#include "source/message.h"
#include "table/kernel_parts.h"
#include "table/under_test.h"

#define EVENT_NS 1795236616890462040ULL
#define S 1000000000ULL

/* --- a kernel that refuses ------------------------------------------------------------- */

/* The program's calls come here first: so many drains, and updates of maps, go well
 * before one fails. Negative: none fails. A drain that fails can have taken rows all the
 * same, as one does that runs out of memory part of the way. */
static int good_drains = -1, good_updates = -1;
static bool takes_rows;

typedef int batch_fn(int fd, void *in, void *out, void *keys, void *values, __u32 *count,
		     const struct bpf_map_batch_opts *opts);
typedef int update_fn(int fd, const void *key, const void *value, __u64 flags);

static bool refused(int *good)
{
	if (*good < 0)
		return false;
	return (*good)-- == 0;
}

int bpf_map_lookup_and_delete_batch(int fd, void *in, void *out, void *keys, void *values,
				    __u32 *count, const struct bpf_map_batch_opts *opts)
{
	static batch_fn *next;

	if (!next)
		next = (batch_fn *)dlsym(RTLD_NEXT, "bpf_map_lookup_and_delete_batch");
	if (!refused(&good_drains))
		return next(fd, in, out, keys, values, count, opts);
	if (takes_rows) {
		*count /= 2;
		next(fd, in, out, keys, values, count, opts);
	}
	errno = ENOMEM;
	return -ENOMEM;
}

int bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags)
{
	static update_fn *next;

	if (!next)
		next = (update_fn *)dlsym(RTLD_NEXT, "bpf_map_update_elem");
	if (!refused(&good_updates))
		return next(fd, key, value, flags);
	errno = ENOMEM;
	return -ENOMEM;
}

/* --- helpers --------------------------------------------------------------------------- */

static struct table_under_test *opened(uint32_t max_flows, unsigned int flags)
{
	static struct table_under_test t;
	int err = kernel_table_open(&t, max_flows, flags);

	if (err == -EPERM || err == -ENOSYS)
		cr_skip_test("no kernel table here: %s", strerror(-err));
	cr_assert_eq(err, 0, "%s", strerror(-err));
	return &t;
}

static void feed_end(struct table_under_test *t, unsigned int flow, uint64_t stop_ns)
{
	struct message_spec s = message_spec(MESSAGE_DESTROY, IPPROTO_TCP, "10.0.0.7", "192.0.2.10");
	struct message m;

	memcpy(s.orig.src, &(__be32){ htonl(0x0b000000 + flow) }, 4);
	s.start_ns = stop_ns ? stop_ns - S : 0;
	s.stop_ns = stop_ns;
	message_build(&m, &s);
	cr_assert_eq(t->feed(t, m.bytes, m.len), FED_TAKEN);
}

static void feed_ends(struct table_under_test *t, unsigned int flows)
{
	for (unsigned int flow = 0; flow < flows; flow++)
		feed_end(t, flow, 0);
}

/* Rotate into the window as it is. */
static int rotate(struct table_under_test *t, const struct kernel_window *w)
{
	return kernel_rotate(t->kernel, t->window, w, &t->rotation);
}

static uint64_t ends(const struct table_under_test *t)
{
	return memory_total(t->window)->ends;
}

/* --- cases ----------------------------------------------------------------------------- */

/* Wherever a rotation fails: each end is counted once, in this window or a later one. */
static void nothing_is_lost_or_twice(int drains, int updates, bool takes)
{
	struct table_under_test *t = opened(6000, 0);
	struct flow_sums sum = { 0 };
	int failed = 0;

	takes_rows = takes;
	for (int window = 0; window < 12; window++) {
		feed_ends(t, 5000);
		if (window % 3 == 0) {
			good_drains = drains;
			good_updates = updates;
		}
		failed += rotate(t, NULL) == -ENOMEM;
		cr_expect_eq(t->rotation.events, ends(t), "what is said is what was merged");
		flow_sums_add(&sum, memory_total(t->window));
		memory_clear(t->window);
		/* two in a row, then it is well again */
		if (window % 3 == 1)
			good_drains = good_updates = -1;
	}
	cr_expect_geq(failed, 4, "a test without a failure shows nothing: %d", failed);
	cr_expect_eq(rotate(t, NULL), 0);
	flow_sums_add(&sum, memory_total(t->window));
	cr_expect_eq(sum.ends, 12 * 5000);
	cr_expect_eq(memory_rows(t->window) + t->rotation.late[0], 0, "the last one was whole");
	table_close(t);
}

Test(kernel_rotation, no_drain_at_all) { nothing_is_lost_or_twice(0, -1, false); }
Test(kernel_rotation, a_drain_that_stops_half_way) { nothing_is_lost_or_twice(2, -1, false); }
Test(kernel_rotation, a_drain_that_took_rows_and_failed) { nothing_is_lost_or_twice(1, -1, true); }
Test(kernel_rotation, no_row_of_its_own) { nothing_is_lost_or_twice(-1, 0, false); }
Test(kernel_rotation, one_row_of_its_own) { nothing_is_lost_or_twice(-1, 1, false); }
Test(kernel_rotation, no_swap) { nothing_is_lost_or_twice(-1, 2, false); }

/* What comes with a later window has times in that. */
Test(kernel_rotation, what_is_delayed_has_times_of_its_window)
{
	struct table_under_test *t = opened(100, 0);
	struct kernel_window w = { EVENT_NS, EVENT_NS + 10 * S, { { EVENT_NS + 10 * S } } };
	struct kernel_starts first = { { EVENT_NS } };
	const struct flow_sums *sum;

	cr_assert_eq(kernel_begin(t->kernel, &first), 0);
	feed_end(t, 1, EVENT_NS + S);
	good_drains = 0;
	cr_assert_eq(rotate(t, &w), -ENOMEM);
	cr_assert_eq(memory_rows(t->window), 0);
	w = (struct kernel_window){ w.end_ns, w.end_ns + 10 * S, { { w.end_ns + 10 * S } } };
	cr_assert_eq(rotate(t, &w), 0);
	cr_assert_eq(memory_rows(t->window), 1);
	sum = &memory_row(t->window, 0)->sum;
	cr_expect_eq(sum->first_ns, w.start_ns);
	cr_expect_eq(sum->last_ns, w.start_ns);
	table_close(t);
}

/* Of the window, and of each longer one; also for a row that there is already. */
Test(kernel_rotation, ends_are_late_for_each_window_that_began_after_them)
{
	struct table_under_test *t = opened(100, 0);
	struct kernel_starts first = { { EVENT_NS, EVENT_NS - 10 * S, EVENT_NS - 100 * S } };
	struct kernel_window w = { EVENT_NS, EVENT_NS + 10 * S, { { EVENT_NS + 10 * S, EVENT_NS } } };

	cr_assert_eq(kernel_begin(t->kernel, &first), 0);
	feed_end(t, 1, EVENT_NS - 1);
	feed_end(t, 1, EVENT_NS);
	feed_end(t, 1, EVENT_NS - 11 * S);
	feed_end(t, 1, EVENT_NS - 101 * S);
	feed_end(t, 2, EVENT_NS - 10 * S);
	feed_end(t, 3, 0);
	cr_assert_eq(rotate(t, &w), 0);
	cr_expect_eq(t->rotation.late[0], 4);
	cr_expect_eq(t->rotation.late[1], 2);
	cr_expect_eq(t->rotation.late[2], 1);
	cr_expect_eq(t->rotation.late[3], 0);
	cr_expect_eq(t->rotation.rows, 3, "rows of its own are no flows");
	cr_expect_eq(memory_rows(t->window), 3);
	/* the next one has starts of its own, and begins to count anew */
	memory_clear(t->window);
	feed_end(t, 1, EVENT_NS + 10 * S - 1);
	feed_end(t, 1, EVENT_NS - 1);
	cr_assert_eq(rotate(t, NULL), 0);
	cr_expect_eq(t->rotation.late[0], 2);
	cr_expect_eq(t->rotation.late[1], 1);
	cr_expect_eq(t->rotation.late[2], 0);
	table_close(t);
}

Test(kernel_rotation, rows_are_those_of_the_open_window)
{
	struct table_under_test *t = opened(100, KERNEL_COUNT_ROWS);

	cr_expect_eq(kernel_rows(t->kernel), 0);
	feed_ends(t, 60);
	feed_ends(t, 60);
	cr_expect_eq(kernel_rows(t->kernel), 60);
	cr_assert_eq(rotate(t, NULL), 0);
	cr_expect_eq(kernel_rows(t->kernel), 0);
	feed_ends(t, 100);
	cr_expect_eq(kernel_rows(t->kernel), 100, "each of its own rows has room besides");
	table_close(t);
}

/* The only row of the open window, its key and value as the filter has them. */
static void only_row(struct table_under_test *t, unsigned char *key, struct flow_sums_kernel *value)
{
	int fd = t->kernel->rows_fd[t->kernel->active];

	for (void *last = NULL; !bpf_map_get_next_key(fd, last, key); last = key)
		if (key[offsetof(struct flow_key, family)] != OWN_FAMILY)
			break;
	cr_assert_neq(key[offsetof(struct flow_key, family)], OWN_FAMILY);
	cr_assert_eq(bpf_map_lookup_elem(fd, key, value), 0);
}

/* Two counters share a word. When either of them is so large that it might run over, events of
 * the flow that change the word are passed on; the others are not: starts have a word of their
 * own. */
static void a_full_word_takes_none(size_t at, unsigned int shift, enum message_kind full,
				   enum message_kind other)
{
	struct table_under_test *t = opened(10, 0);
	struct message_spec s = message_spec(full, IPPROTO_TCP, "11.0.0.1", "192.0.2.10");
	unsigned char key[sizeof(struct flow_key)];
	struct flow_sums_kernel value;
	struct message m;
	uint64_t word;

	feed_end(t, 1, 0);
	only_row(t, key, &value);
	memcpy(&word, (char *)&value + at, sizeof(word));
	word = (word & ~(0xffffffffULL << shift)) | 0x7fffffffULL << shift;
	memcpy((char *)&value + at, &word, sizeof(word));
	cr_assert_eq(bpf_map_update_elem(t->kernel->rows_fd[t->kernel->active], key, &value, BPF_ANY), 0);
	message_build(&m, &s);
	cr_expect_eq(t->feed(t, m.bytes, m.len), FED_TAKEN, "the last one that has room");
	word += 1ULL << shift;
	memcpy((char *)&value + at, &word, sizeof(word));
	cr_assert_eq(bpf_map_update_elem(t->kernel->rows_fd[t->kernel->active], key, &value, BPF_ANY), 0);
	cr_expect_eq(t->feed(t, m.bytes, m.len), FED_ADDED, "word at %zu, bit %u", at, shift);
	s.kind = other;
	message_build(&m, &s);
	cr_expect_eq(t->feed(t, m.bytes, m.len), FED_TAKEN);
	cr_assert_eq(rotate(t, NULL), 0);
	cr_expect_eq(t->rotation.passed[PASSED_MANY], 1);
	table_close(t);
}

Test(kernel_rotation, a_row_whose_word_is_full_takes_no_event_that_changes_the_word)
{
	static const size_t words[] = {
		offsetof(struct flow_sums_kernel, tcp_closed_stateless),
		offsetof(struct flow_sums_kernel, tcp_unanswered_reset),
		offsetof(struct flow_sums_kernel, tcp_expired_unreplied),
		offsetof(struct flow_sums_kernel, uncounted_timed_ends),
	};

	for (unsigned int shift = 0; shift <= 32; shift += 32) {
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			a_full_word_takes_none(words[i], shift, MESSAGE_DESTROY, MESSAGE_NEW);
		a_full_word_takes_none(offsetof(struct flow_sums_kernel, starts_injected), shift,
				       MESSAGE_NEW, MESSAGE_DESTROY);
	}
}
