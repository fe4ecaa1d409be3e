/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "table/filter_config.h"
#include "table/kernel.h"
#include "window/clock.h"

#ifndef CTAGG_SKELETON	/* tests have others, from the same source */
#define CTAGG_SKELETON "src/table/agg.skel.h"
#endif
#include CTAGG_SKELETON


/* Rows drained by one system call, to begin with. A bucket has to fit. */
#define FIRST_BATCH 1024

/* How often a drain may be interrupted before it is given up until the next rotation. */
#define MAX_INTERRUPTED 100

/* The value of any row; of a struct flow_sums it is the beginning. */
union value {
	unsigned char sums[FLOW_SUMS_KERNEL_BYTES];
	struct kernel_starts starts;
	struct kernel_counts counts;
};
_Static_assert(sizeof(union value) == FLOW_SUMS_KERNEL_BYTES, "values stand side by side");

struct own_address {
	__u8 addr[16];
};

struct kernel {
	struct agg *skel;
	uint32_t max_flows, batch;
	unsigned int flags;
	int rows_fd[2];
	int active;
	bool undrained;		/* the other table still holds rows */
	bool overdue;		/* the active one has rows of an earlier window than the open one */
	uint32_t key_bytes;
	uint8_t *keys;			/* batch of them */
	bool is_default;
	struct bpf_program *filter;	/* the one of two that is loaded */
	uint64_t ahead_ns;	/* CLOCK_MONOTONIC of this time namespace, of the kernel's own */
	union value *values;		/* of as many rows */
	uint64_t counted[COUNTERS];	/* as of the last rotation */
	uint64_t *per_cpu;
	int cpus;
	struct own_address *told;		/* since kernel_addresses_begin() */
	size_t told_used, told_room;
};

static int quiet(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;	/* the caller says what failed, in one line */
}

static int grow_batch(struct kernel *k, uint32_t batch)
{
	uint8_t *keys = realloc(k->keys, (size_t)batch * k->key_bytes);
	union value *values;

	if (!keys)
		return -ENOMEM;
	k->keys = keys;
	values = realloc(k->values, batch * sizeof(*values));
	if (!values)
		return -ENOMEM;
	k->values = values;
	k->batch = batch;
	return 0;
}

/* The template inside `window` keeps its one entry: since 5.10 the size of a
 * table may differ from it, and the filter's atomics need 5.12 anyway. */
static int set_sizes(struct agg *skel, uint32_t max_flows, uint32_t key_bytes)
{
	struct bpf_map *template, *rows[] = { skel->maps.rows_a, skel->maps.rows_b };
	int err = 0;

	for (int i = 0; i < 2 && !err; i++) {
		err = bpf_map__set_max_entries(rows[i], max_flows + OWN_ROWS);
		if (!err)
			err = bpf_map__set_key_size(rows[i], key_bytes);
	}
#ifndef CTAGG_NO_GRACE
	template = bpf_map__inner_map(skel->maps.window);
	if (!err && template)
		err = bpf_map__set_key_size(template, key_bytes);
#else
	(void)template;
#endif
	return err;
}

static struct flow_key own_key(enum own_row which)
{
	struct flow_key key;

	memset(&key, 0xff, sizeof(key));
	key.saddr[0] = which;
	return key;
}

/* What the verifier sees as constants. */
static int set_config(struct agg *skel, const struct flow_spec *spec,
		      const struct flow_select *select)
{
	int err = filter_config_make((struct filter_config *)&skel->rodata->config, spec, select);

	for (int i = 0; i < OWN_ROWS; i++)
		*(struct flow_key *)&skel->rodata->own_keys[i] = own_key(i);
	if (err || !select)
		return err;
	filter_config_ports((__u64 *)skel->rodata->sport_bits, &select->sport);
	filter_config_ports((__u64 *)skel->rodata->dport_bits, &select->dport);
	return 0;
}

static int add_networks(struct agg *skel, const struct flow_networks *list,
			enum filter_select which)
{
	__u32 value = 1;
	int err = 0;

	for (size_t i = 0; i < list->n && !err; i++) {
		struct filter_network key = filter_config_network(&list->list[i], which);

		err = bpf_map_update_elem(bpf_map__fd(skel->maps.networks), &key, &value, BPF_ANY);
	}
	return err;
}

/* The plain one where that will do. */
static int choose_filter(struct kernel *k, const struct flow_select *select)
{
	bool plain = k->is_default && (!select || !flow_select_any(select)) &&
		     !(k->flags & KERNEL_INTERIM);

	k->filter = plain ? k->skel->progs.fold : k->skel->progs.fold_any;
	return bpf_program__set_autoload(plain ? k->skel->progs.fold_any : k->skel->progs.fold,
					 false);
}

static int load(struct kernel *k, const struct flow_spec *spec, const struct flow_select *select)
{
	int err;

	k->skel = agg__open();
	if (!k->skel)
		return -errno;
	err = set_sizes(k->skel, k->max_flows, k->key_bytes);
	if (!err)
		err = set_config(k->skel, spec, select);
	k->skel->rodata->config.interim = !!(k->flags & KERNEL_INTERIM);
	k->skel->rodata->config.count_rows = !!(k->flags & KERNEL_COUNT_ROWS);
	if (!err)
		err = choose_filter(k, select);
	if (!err)
		err = agg__load(k->skel);
	if (!err && select)
		err = add_networks(k->skel, &select->src, SELECT_SRC);
	if (!err && select)
		err = add_networks(k->skel, &select->dst, SELECT_DST);
	if (err)
		return err;
	k->rows_fd[0] = bpf_map__fd(k->skel->maps.rows_a);
	k->rows_fd[1] = bpf_map__fd(k->skel->maps.rows_b);
	return 0;
}

static int attach_program(int fd, const struct bpf_program *prog)
{
	int prog_fd = bpf_program__fd(prog);

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &prog_fd, sizeof(prog_fd)))
		return -errno;
	return 0;
}

/* A program of a few instructions: no memory for it means that net.core.optmem_max has
 * no room for any. */
static int attach_small(int fd, const struct bpf_program *prog)
{
	int err = attach_program(fd, prog);

	return err == -ENOMEM ? -ENOBUFS : err;
}

/* How often the clocks are compared: the closest comparison counts. */
#define COMPARISONS 16

/* Have the kernel read its clock between two readings of ours. Returns 0 or -errno. */
static int compare_once(struct kernel *k, const int pair[2], uint64_t *closest_ns)
{
	uint64_t before_ns = clock_monotonic_ns(), after_ns, read_ns;

	if (send(pair[1], "", 1, 0) < 0)
		return -errno;
	after_ns = clock_monotonic_ns();
	read_ns = __atomic_load_n(&k->skel->bss->clock_reading, __ATOMIC_RELAXED);
	if (after_ns - before_ns >= *closest_ns)
		return 0;
	*closest_ns = after_ns - before_ns;
	k->ahead_ns = read_ns >= before_ns && read_ns <= after_ns ? 0 :
		before_ns + *closest_ns / 2 - read_ns;
	return 0;
}

/* A time namespace has its own CLOCK_MONOTONIC; the filter's clock is the kernel's. */
static int compare_clocks(struct kernel *k)
{
	uint64_t closest_ns = UINT64_MAX;
	int pair[2], err;

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair))
		return -errno;
	err = attach_small(pair[0], k->skel->progs.read_clock);
	for (int i = 0; i < COMPARISONS && !err; i++)
		err = compare_once(k, pair, &closest_ns);
	close(pair[0]);
	close(pair[1]);
	return err;
}

int kernel_open(struct kernel **out, uint32_t max_flows, unsigned int flags)
{
	return kernel_open_for(out, max_flows, flags, &flow_spec_default, NULL);
}

int kernel_open_for(struct kernel **out, uint32_t max_flows, unsigned int flags,
		    const struct flow_spec *spec, const struct flow_select *select)
{
	struct kernel *k = calloc(1, sizeof(*k));
	int err;

	if (!k)
		return -ENOMEM;
	libbpf_set_print(quiet);
	k->max_flows = max_flows;
	k->flags = flags;
	k->key_bytes = filter_config_key_bytes(spec);
	k->is_default = flow_spec_is_default(spec);
	k->cpus = libbpf_num_possible_cpus();
	err = k->cpus < 0 ? k->cpus : grow_batch(k, flags & KERNEL_SMALL_BATCH ? 1 : FIRST_BATCH);
	if (!err) {
		k->per_cpu = calloc(k->cpus, sizeof(*k->per_cpu));
		err = k->per_cpu ? load(k, spec, select) : -ENOMEM;
	}
	if (!err)
		err = compare_clocks(k);
	if (!err)
		err = kernel_begin(k, NULL);
	if (err) {
		kernel_close(k);
		return err;
	}
	*out = k;
	return 0;
}

/* The filter itself, or, where net.core.optmem_max does not allow for its size,
 * a stub that jumps to it. */
int kernel_attach(int fd, void *arg)
{
	struct kernel *k = arg;
	int filter_fd = bpf_program__fd(k->filter), err;
	__u32 slot = 0;

	err = attach_program(fd, k->filter);
	if (err != -ENOMEM)
		return err;
	err = bpf_map_update_elem(bpf_map__fd(k->skel->maps.program), &slot, &filter_fd, BPF_ANY);
	return err ? err : attach_small(fd, k->skel->progs.stub);
}

bool kernel_is_default(const struct kernel *k)
{
	return k->is_default;
}

bool kernel_counts_ends(const struct kernel *k)
{
	return !(k->flags & KERNEL_INTERIM);
}

int kernel_works(void *arg)
{
	struct kernel *k = arg;
	__u32 reason = 0;

	return bpf_map_lookup_elem(bpf_map__fd(k->skel->maps.passed), &reason, k->per_cpu);
}

/* --- what the filter is told ---------------------------------------------- */

void kernel_clock(struct kernel *k, uint64_t wall_minus_monotonic_ns, int event_times)
{
	wall_minus_monotonic_ns += k->ahead_ns;
	__atomic_store_n(&k->skel->bss->clock.wall_minus_monotonic_ns, wall_minus_monotonic_ns,
			 __ATOMIC_RELAXED);
	__atomic_store_n(&k->skel->bss->clock.event_times, (__u64)!!event_times, __ATOMIC_RELAXED);
}

static __u32 bit_of(const __u8 addr[16])
{
	__u32 words[4];

	memcpy(words, addr, sizeof(words));
	return address_bit(words);
}

static void store_word(struct kernel *k, size_t word, __u64 bits)
{
	__atomic_store_n(&k->skel->bss->address_bits[word], bits, __ATOMIC_RELEASE);
}

void kernel_addresses_begin(struct kernel *k)
{
	k->told_used = 0;
}

static int remember(struct kernel *k, const __u8 addr[16])
{
	if (k->told_used == k->told_room) {
		size_t room = k->told_room ? 2 * k->told_room : 64;
		struct own_address *told = realloc(k->told, room * sizeof(*told));

		if (!told)
			return -ENOMEM;
		k->told = told;
		k->told_room = room;
	}
	memcpy(k->told[k->told_used++].addr, addr, 16);
	return 0;
}

/* The map first, then the bit that makes the filter look there. */
int kernel_address(struct kernel *k, const __u8 addr[16], enum kernel_address kind)
{
	__u32 value = kind, bit = bit_of(addr);
	int err = remember(k, addr);

	if (!err)
		err = bpf_map_update_elem(bpf_map__fd(k->skel->maps.addresses), addr, &value,
					  BPF_ANY);
	if (!err)
		store_word(k, bit / 64, k->skel->bss->address_bits[bit / 64] | 1ULL << bit % 64);
	return err;
}

/* Clear the bits that no address needs any more. */
static void tidy_bits(struct kernel *k)
{
	__u64 words[ADDRESS_WORDS] = { 0 };

	for (size_t i = 0; i < k->told_used; i++) {
		__u32 bit = bit_of(k->told[i].addr);

		words[bit / 64] |= 1ULL << bit % 64;
	}
	for (size_t i = 0; i < ADDRESS_WORDS; i++)
		store_word(k, i, words[i]);
}

static int by_address(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct own_address));
}

int kernel_addresses_end(struct kernel *k)
{
	int fd = bpf_map__fd(k->skel->maps.addresses), err;
	struct own_address at, next;

	if (k->told_used)
		qsort(k->told, k->told_used, sizeof(*k->told), by_address);
	for (err = bpf_map_get_next_key(fd, NULL, &next); !err;) {
		at = next;
		err = bpf_map_get_next_key(fd, &at, &next);
		if (!k->told_used ||
		    !bsearch(&at, k->told, k->told_used, sizeof(*k->told), by_address))
			bpf_map_delete_elem(fd, &at);
	}
	tidy_bits(k);
	return err == -ENOENT ? 0 : err;
}

/* --- rotation -------------------------------------------------------------- */

/* Make the rows of a table that are no flow's. */
static int make_own_rows(struct kernel *k, int table, const struct kernel_starts *starts)
{
	int err = 0;

	for (enum own_row which = 0; which < OWN_ROWS && !err; which++) {
		struct flow_key key = own_key(which);
		union value value;

		memset(&value, 0, sizeof(value));
		if (which == OWN_STARTS && starts)
			value.starts = *starts;
		err = bpf_map_update_elem(k->rows_fd[table], &key, &value, BPF_ANY);
	}
	return err;
}

static void begin_at(struct kernel *k, const struct kernel_starts *starts)
{
	if (starts)
		__atomic_store_n(&k->skel->bss->clock.not_before_ns, starts->ns[0],
				 __ATOMIC_SEQ_CST);
}

int kernel_begin(struct kernel *k, const struct kernel_starts *first)
{
	int err = make_own_rows(k, k->active, first);

	if (err)
		return err;
	begin_at(k, first);
	return 0;
}

/* Where rows go. */
struct drain {
	struct memory *into;
	const struct kernel_window *window;
	bool delayed;		/* they are of an earlier window than that */
	struct kernel_rotation *r;
};

static uint64_t within(const struct drain *d, uint64_t ns, bool any_end)
{
	if (!d->window)
		return ns;
	if (ns > d->window->end_ns)
		return d->window->end_ns;
	/* An end can be late, and its row says when it was. */
	if (ns < d->window->start_ns && (!any_end || d->delayed))
		return d->window->start_ns;
	return ns;
}

static void take_counts(const struct kernel_counts *counts, struct kernel_rotation *r)
{
	for (int i = 0; i < KERNEL_STARTS; i++)
		r->late[i] += counts->late[i];
}

static void merge(struct kernel *k, const void *key, const union value *value,
		  const struct drain *d)
{
	struct flow_row row = { 0 };

	memcpy(&row.key, key, k->key_bytes);
	if (row.key.family == OWN_FAMILY) {
		if (row.key.saddr[0] == OWN_COUNTS)
			take_counts(&value->counts, d->r);
		return;
	}
	memcpy(&row.sum, value->sums, sizeof(value->sums));
	row.sum.first_ns = within(d, row.sum.first_ns, row.sum.timed_ends);
	row.sum.last_ns = within(d, row.sum.last_ns, row.sum.timed_ends);
	memory_merge(d->into, &row);
	d->r->rows++;
	d->r->events += flow_sums_events(&row.sum);
}

/* A kernel that is out of memory part of the way has taken the first *n rows out of
 * the table all the same. It sets *n to 0 before anything else; a call that never got
 * so far leaves it as it was, and that is more than such an error can leave. */
static __u32 rows_taken(int err, __u32 asked, __u32 n)
{
	return err && err != -ENOENT && n == asked ? 0 : n;
}

/* The retired table a batch at a time. -ENOSPC is a bucket larger than what we
 * have room for: nothing was taken. */
static int drain_batches(struct kernel *k, int fd, const struct drain *d)
{
	__u64 cursor;	/* the kernel uses 4 bytes of it */
	int err, interrupted = 0;
	bool begun = false;
	__u32 n;

	do {
		n = k->batch;
		err = bpf_map_lookup_and_delete_batch(fd, begun ? &cursor : NULL, &cursor, k->keys,
						      k->values, &n, NULL);
		if (err == -ENOSPC && k->batch <= k->max_flows) {
			err = grow_batch(k, 2 * k->batch);
			continue;
		}
		if ((err == -EINTR || err == -EAGAIN) && ++interrupted < MAX_INTERRUPTED) {
			err = 0;
			continue;
		}
		n = rows_taken(err, k->batch, n);
		for (__u32 i = 0; i < n; i++)
			merge(k, k->keys + (size_t)i * k->key_bytes, &k->values[i], d);
		begun = true;
	} while (!err);
	return err == -ENOENT ? 0 : err;
}

/* Empty the retired table. What an error leaves in it is remembered. */
static int drain(struct kernel *k, const struct drain *d)
{
	int err = drain_batches(k, k->rows_fd[!k->active], d);

	k->undrained = err != 0;
	return err;
}

static int use_table(struct kernel *k, int which)
{
#ifndef CTAGG_NO_GRACE
	__u32 slot = 0;

	/* One update: the batch command did not always wait (kernel-side
	 * maybe_wait_bpf_programs()). */
	return bpf_map_update_elem(bpf_map__fd(k->skel->maps.window), &slot, &k->rows_fd[which],
				   BPF_ANY);
#else
	__atomic_store_n(&k->skel->bss->second, which, __ATOMIC_SEQ_CST);
	return 0;
#endif
}

/* One of the counters, over all CPUs, since the last rotation. */
static uint64_t counter(struct kernel *k, __u32 which)
{
	uint64_t sum = 0;

	if (bpf_map_lookup_elem(bpf_map__fd(k->skel->maps.passed), &which, k->per_cpu))
		return 0;
	for (int cpu = 0; cpu < k->cpus; cpu++)
		sum += k->per_cpu[cpu];
	return sum - k->counted[which];
}

uint64_t kernel_rows(struct kernel *k)
{
	struct flow_key key = own_key(OWN_COUNTS);
	union value value;

	if (bpf_map_lookup_elem(k->rows_fd[k->active], &key, &value))
		return 0;
	return value.counts.rows;
}

static uint64_t take_counter(struct kernel *k, __u32 which)
{
	uint64_t n = counter(k, which);

	k->counted[which] += n;
	return n;
}

static void count_passed(struct kernel *k, struct kernel_rotation *r)
{
	for (__u32 reason = 0; reason < PASSED_REASONS; reason++)
		r->passed[reason] = take_counter(k, reason);
	r->unselected = take_counter(k, COUNTED_UNSELECTED);
}

static int swap(struct kernel *k, const struct kernel_starts *next)
{
	int err = make_own_rows(k, !k->active, next);

	if (err)
		return err;
	begin_at(k, next);
	err = use_table(k, !k->active);
	if (!err)
		k->active = !k->active;
	return err;
}

int kernel_rotate(struct kernel *k, struct memory *into, const struct kernel_window *w,
		  struct kernel_rotation *r)
{
	struct drain d = { into, w, .delayed = true, r };
	uint64_t begin_ns = clock_monotonic_ns(), swapped_ns;
	int err = 0;

	memset(r, 0, sizeof(*r));
	if (k->undrained)	/* or it would become the active table as it is */
		err = drain(k, &d);
	if (!err)
		err = swap(k, w ? &w->next : NULL);
	d.delayed = k->overdue;
	k->overdue = err != 0;
	if (!err) {
		swapped_ns = clock_monotonic_ns();
		err = drain(k, &d);
		r->rotate_ns = swapped_ns - begin_ns;
		r->drain_ns = clock_monotonic_ns() - swapped_ns;
	}
	count_passed(k, r);
	return err;
}

void kernel_close(struct kernel *k)
{
	if (!k)
		return;
	agg__destroy(k->skel);
	free(k->keys);
	free(k->values);
	free(k->per_cpu);
	free(k->told);
	free(k);
}
