/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same messages to both tables, a million or more: whatever the filter folds
 * must add up to what decoding in user space gives, and whatever it does not fold
 * must arrive unchanged.
 *
 *   differential [MESSAGES [SEED]]
 *
 * Half of them are as a kernel sends them, and must all be folded; the others are
 * damaged. Tables are compared after so many messages; where they differ, the
 * message that does it is searched for and shown.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "flow/naive_select.h"
#include "table/grammar.h"
#include "table/random_lists.h"
#include "table/tap.h"
#include "table/under_test.h"

#define BATCH 10000
#define MAX_FLOWS 32768

/* Later than any time a message says: where an event has none, both tables give
 * it one from here on. */
#define LATE_NS (1ULL << 63)
#define NS_PER_S 1000000000ULL

struct counts {
	uint64_t messages, folded, passed, nothing;
};

static struct table_under_test memory, kernel;
static struct counts whole, damaged;
static struct datagram batch[BATCH];
static bool must_fold[BATCH];	/* as a kernel sends them */
static struct flow_select select_now;	/* all 0: every event is selected */
static bool labels_now;	/* keys have labels */
static struct netlabel_set *newest, *older;	/* NULL: there is none */
static uint64_t must_leave_out;	/* of the batch, by the oracle of selections */
static struct flow_row memory_rows_[MAX_FLOWS], kernel_rows_[MAX_FLOWS];

/* --- messages ---------------------------------------------------------------------- */

static void random_spec(struct message_spec *s, unsigned int choices, struct random *r)
{
	message_random(s, r);
	if (random_below(r, 16) == 0) {
		s->kind = MESSAGE_UPDATE;
		s->counted = false;
		s->start_ns = 0;
	}
	random_address(s->orig.src, s->family, choices, r);
	random_address(s->orig.dst, s->family, choices, r);
	if (random_below(r, 2))
		memcpy(s->reply.src, s->orig.dst, 16);
	else
		random_address(s->reply.src, s->family, choices, r);
	s->orig.dport = random_below(r, choices);
	s->orig.icmp_type = random_below(r, choices);
}

/* Whether the message is an event that the selection leaves out, by the oracle. */
static bool must_be_left_out(const struct message_spec *s)
{
	struct flow_event ev;

	if (s->kind == MESSAGE_UPDATE)
		return false;
	message_event(s, &ev);
	ev.dir = addresses_direction(memory.addresses, ev.orig.saddr, ev.reply.saddr);
	return !naive_select_holds(&select_now, &ev);
}

static void fill_batch(bool damage, struct random *r)
{
	static const unsigned int choices[] = { 5, 64, 4096 };
	unsigned int some = choices[random_below(r, 3)];

	must_leave_out = 0;
	for (int i = 0; i < BATCH; i++) {
		struct message_spec s;
		struct message m;

		random_spec(&s, some, r);
		message_build(&m, &s);
		if (damage)
			grammar_damage(&batch[i], &m, r);
		else
			grammar_copy(&batch[i], &m);
		/* A kernel says when an end was, if it says when the start was. */
		must_leave_out += must_be_left_out(&s);
		must_fold[i] = !damage && s.kind != MESSAGE_UPDATE && (!s.start_ns || s.stop_ns);
	}
}

static void show_bytes(const void *data, size_t len)
{
	const unsigned char *bytes = data;

	printf("# ");
	for (size_t i = 0; i < len; i++)
		printf("%02x", bytes[i]);
	printf("\n");
}

static void show(const struct datagram *d)
{
	show_bytes(d->bytes, d->len);
}

/* --- both tables --------------------------------------------------------------------- */

/* A time that a message says is the same in both; of others both know only about
 * when it was. */
static bool same_time(uint64_t a, uint64_t b)
{
	uint64_t apart = a > b ? a - b : b - a;

	return a == b || (a >= LATE_NS && b >= LATE_NS && apart < 60 * NS_PER_S);
}

/* A counter of the memory table stops at FLOW_SUMS_MAX; one of the kernel table wraps at 2^64, which
 * only messages as random as these bring about. */
static void forget_wrapped(const struct flow_sums *in_memory, struct flow_sums *in_kernel)
{
#define FORGET(how, name)                                                                      \
	if (SUMS_##how <= SUMS_SUM && in_memory->name == FLOW_SUMS_MAX)                        \
		in_kernel->name = FLOW_SUMS_MAX;
	FLOW_SUMS(FORGET)
#undef FORGET
}

static bool same_row(const struct flow_row *a, const struct flow_row *b, bool times)
{
	struct flow_sums x = a->sum, y = b->sum;

	if (times && (!same_time(x.first_ns, y.first_ns) || !same_time(x.last_ns, y.last_ns)))
		return false;
	x.first_ns = x.last_ns = y.first_ns = y.last_ns = 0;
	forget_wrapped(&x, &y);
	return !memcmp(&a->key, &b->key, sizeof(a->key)) && !memcmp(&x, &y, sizeof(x));
}

/* With --distinct: how many values each row has, by key. */
struct row_values {
	struct flow_key key;
	struct flow_distinct_count values;
};
static struct row_values memory_values[MAX_FLOWS + 1], kernel_values[MAX_FLOWS + 1];

static int by_key(const void *a, const void *b)
{
	return memcmp(&((const struct row_values *)a)->key, &((const struct row_values *)b)->key,
		      sizeof(struct flow_key));
}

/* The total comes last. */
static void take_values(const struct memory *m, struct row_values *to)
{
	size_t n = memory_rows(m);

	for (size_t i = 0; i < n; i++)
		to[i] = (struct row_values){ memory_row(m, i)->key, memory_distinct_row(m, i) };
	qsort(to, n, sizeof(*to), by_key);
	to[n] = (struct row_values){ .values = memory_distinct_total(m) };
}

static bool same_values(void)
{
	size_t n = memory_rows(memory.window);

	if (!memory_counts_distinct(memory.window))
		return true;
	take_values(memory.window, memory_values);
	take_values(kernel.window, kernel_values);
	for (size_t i = 0; i <= n; i++)
		if (memory_values[i].values.known != kernel_values[i].values.known ||
		    memory_values[i].values.n != kernel_values[i].values.n)
			return false;
	return true;
}

/* Of the window that was ended last: events that are not selected, starts that a process has
 * caused, and ends after a clash. */
static uint64_t left_out_kernel, left_out_memory, injected_kernel, injected_memory, clash_kernel, clash_memory;

/* The same events, by the labels before the newest ones. */
static bool same_older_rows(bool times)
{
	static struct flow_row in_memory[MAX_FLOWS], in_kernel[MAX_FLOWS];
	size_t n = table_older_rows(&memory, in_memory, MAX_FLOWS);

	if (table_older_rows(&kernel, in_kernel, MAX_FLOWS) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!same_row(&in_memory[i], &in_kernel[i], times))
			return false;
	memory_clear(memory.older);
	memory_clear(kernel.older);
	return true;
}

/* End the window of both. Damaged messages can have times where the filter does
 * not look for them. */
static bool same_rows(bool times)
{
	size_t n = memory.rows(&memory, memory_rows_, MAX_FLOWS);
	size_t in_kernel = kernel.rows(&kernel, kernel_rows_, MAX_FLOWS);

	left_out_kernel = kernel.unselected;
	left_out_memory = memory.unselected;
	injected_kernel = kernel.injected;
	injected_memory = memory.injected;
	clash_kernel = kernel.clash;
	clash_memory = memory.clash;
	kernel.unselected = memory.unselected = 0;	/* the next window begins with none */
	kernel.injected = memory.injected = 0;
	kernel.clash = memory.clash = 0;
	if (in_kernel != n || left_out_kernel != left_out_memory ||
	    injected_kernel != injected_memory || clash_kernel != clash_memory)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!same_row(&memory_rows_[i], &kernel_rows_[i], times))
			return false;
	return same_values() && same_older_rows(times);
}

static const char *feed_both(const struct datagram *d, bool folds, struct counts *c)
{
	int in_memory = memory.feed(&memory, d->bytes, d->len);
	int in_kernel = kernel.feed(&kernel, d->bytes, d->len);

	if (in_kernel < 0)
		return strerror(-in_kernel);
	if (in_kernel == FED_TAKEN && in_memory == FED_NOTHING)
		return "folded, and no event";
	if (folds && in_kernel != FED_TAKEN)
		return "as a kernel sends it, and not folded";
	if (c) {
		c->messages++;
		c->folded += in_kernel == FED_TAKEN;
		c->passed += in_kernel != FED_TAKEN && in_memory != FED_NOTHING;
		c->nothing += in_kernel != FED_TAKEN && in_memory == FED_NOTHING;
	}
	return NULL;
}

static bool agree(int first, int n, bool times)
{
	for (int i = first; i < first + n; i++)
		feed_both(&batch[i], false, NULL);
	return same_rows(times);
}

/* Halve what makes a difference for as long as a half of it still does. */
static void show_difference(bool times)
{
	int first = 0, n = BATCH;

	while (n > 1) {
		if (!agree(first, n / 2, times)) {
			n /= 2;
		} else if (!agree(first + n / 2, n - n / 2, times)) {
			first += n / 2;
			n -= n / 2;
		} else {
			break;
		}
	}
	printf("# the tables differ after %d of these:\n", n);
	for (int i = first; i < first + n && i < first + 10; i++)
		show(&batch[i]);
	printf("# left out: memory %" PRIu64 ", kernel %" PRIu64 "; the first rows:\n", left_out_memory,
	       left_out_kernel);
	printf("# injected: memory %" PRIu64 ", kernel %" PRIu64 "\n", injected_memory,
	       injected_kernel);
	printf("# clashes: memory %" PRIu64 ", kernel %" PRIu64 "\n", clash_memory, clash_kernel);
	show_bytes(&memory_rows_[0], sizeof(memory_rows_[0]));
	show_bytes(&kernel_rows_[0], sizeof(kernel_rows_[0]));
}

static bool run_batch(bool damage, struct random *r)
{
	fill_batch(damage, r);
	for (int i = 0; i < BATCH; i++) {
		const char *wrong = feed_both(&batch[i], must_fold[i], damage ? &damaged : &whole);

		if (wrong) {
			printf("# %s:\n", wrong);
			show(&batch[i]);
			return false;
		}
	}
	if (!same_rows(!damage)) {
		show_difference(!damage);
		return false;
	}
	if (damage || left_out_memory == must_leave_out)
		return true;
	printf("# left out: %" PRIu64 ", by the oracle %" PRIu64 "\n", left_out_memory,
	       must_leave_out);
	return false;
}

/* --- setting up ------------------------------------------------------------------------- */

static void enter_namespace(void)
{
	if (unshare(CLONE_NEWNET))
		tap_skip_all("no network namespace: ", strerror(errno));
	if (system("ip link set lo up && ip link add v0 type veth peer name v1 && "
		   "ip addr add 10.1.0.1/24 brd 10.1.0.255 dev v0 && "
		   "ip addr add 2001:db8:1::1/64 dev v0 nodad && ip link set v0 up"))
		tap_skip_all("addresses cannot be set here", "");
}

/* Other labels from now on; the ones until now go on being counted by, half of the time. */
static int change_labels(struct random *r)
{
	struct netlabel_set *next = random_labels(r), *keep = random_below(r, 2) ? newest : NULL;
	int err = table_labels(&memory, next, keep);

	if (!err)
		err = table_labels(&kernel, next, keep);
	netlabel_set_drop(older);
	older = newest;
	newest = next;
	return err;
}

static __u32 random_fields(struct random *r)
{
	__u32 fields = 0;

	for (const struct flow_key_field *f = flow_key_fields; f->name; f++)
		if (random_below(r, 2))
			fields |= f->field | f->needs;
	return fields;
}

static void random_config(struct flow_spec *spec, struct flow_select *select, struct random *r)
{
	*spec = flow_spec_default;
	spec->fields = random_below(r, 4) ? random_fields(r) : FIELDS_DEFAULT;
	spec->mark = random_below(r, 2) ? random_next(r) : 0xffffffff;
	spec->src = (struct flow_prefix){ random_below(r, 33), random_below(r, 129) };
	spec->nat_dst = (struct flow_prefix){ random_below(r, 33), random_below(r, 129) };
	if (random_below(r, 2))
		spec->dst = (struct flow_prefix){ random_below(r, 33), random_below(r, 129) };
	random_numbers(&select->proto, 255, r);
	random_numbers(&select->sport, 65535, r);
	random_numbers(&select->dport, 4096, r);
	random_numbers(&select->port, 4096, r);
	random_numbers(&select->direction, 3, r);
	random_numbers(&select->zone, 65535, r);
	random_marks(&select->mark, r);
	random_networks(&select->src, r);
	random_networks(&select->dst, r);
	random_networks(&select->addr, r);
}

/* Half of the time a field whose values are counted, if the key leaves one. */
static struct flow_distinct random_distinct(const struct flow_spec *spec, struct random *r)
{
	struct flow_distinct d = {
		NULL, { random_below(r, 33), random_below(r, 129) }, random_next(r)
	};
	size_t n = 0;

	while (flow_key_fields[n].name)
		n++;
	d.field = &flow_key_fields[random_below(r, n)];
	if (random_below(r, 2) || !flow_distinct_is_finer(spec, &d))
		d.field = NULL;
	return d;
}

static int cut_keys(const struct flow_spec *spec, const struct flow_distinct *d)
{
	int err = d->field ? table_distinct(&kernel, spec, d) : 0;

	return err || !d->field ? err : table_distinct(&memory, spec, d);
}

/* Both tables anew, with the default key first. */
static void open_tables(bool any, struct random *r)
{
	struct flow_spec spec = flow_spec_default, finer;
	struct flow_distinct d = { NULL, { 0, 0 }, 0 };
	int err;

	table_close(&memory);
	table_close(&kernel);
	memset(&select_now, 0, sizeof(select_now));
	if (any)
		random_config(&spec, &select_now, r);
	if (any)
		d = random_distinct(&spec, r);
	finer = flow_distinct_spec(&spec, &d);
	err = kernel_table_open_for(&kernel, MAX_FLOWS, 0, &finer, any ? &select_now : NULL);

	if (err == -EPERM || err == -ENOSYS)
		tap_skip_all("no kernel table here: ", strerror(-err));
	if (!err)
		err = memory_table_open_for(&memory, MAX_FLOWS, &finer, any ? &select_now : NULL);
	if (!err)
		err = cut_keys(&spec, &d);
	if (err)
		tap_bail_out("the tables", strerror(-err));
	labels_now = finer.fields & FIELDS_LABEL;
	if (labels_now)
		err = change_labels(r);
	if (err)
		tap_bail_out("labels", strerror(-err));
	table_clock(&kernel, LATE_NS, true);
	table_clock(&memory, LATE_NS, true);
}

static void print_counts(const char *what, const struct counts *c)
{
	printf("# %s: %" PRIu64 " messages, %" PRIu64 " folded, %" PRIu64 " passed on and counted, %"
	       PRIu64 " no event\n", what, c->messages, c->folded, c->passed, c->nothing);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

int main(int argc, char *argv[])
{
	uint64_t messages = argc > 1 ? strtoull(argv[1], NULL, 0) : 1200000, n = 0;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	struct random r = random_from(seed);
	double begin = now();
	bool good = true;

	enter_namespace();
	memory.pair[0] = memory.pair[1] = kernel.pair[0] = kernel.pair[1] = -1;
	open_tables(false, &r);
	tap_plan(2);
	printf("# seed %" PRIu64 "\n", seed);
	for (; good && n < messages; n += BATCH) {
		/* The second half of the time, another key and selection each time. */
		if (n >= messages / 2 && n / BATCH % 2 == 0)
			open_tables(true, &r);
		else if (labels_now && change_labels(&r))
			tap_bail_out("labels", "cannot be changed");
		good = run_batch(n / BATCH % 2, &r);
	}
	print_counts("as a kernel sends them", &whole);
	print_counts("damaged", &damaged);
	printf("# %.0f messages a second\n", n / (now() - begin));
	tap_result(good, "both tables count the same");
	tap_result(damaged.folded > damaged.messages / 5 && damaged.passed > damaged.messages / 20 &&
		   damaged.nothing > damaged.messages / 20,
		   "damaged messages are of every sort");
	table_close(&memory);
	table_close(&kernel);
	netlabel_set_drop(newest);
	netlabel_set_drop(older);
	return tap_status();
}
