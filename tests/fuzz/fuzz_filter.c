/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filter in the kernel against the memory table: an input is a datagram of ctnetlink, or nearly one, and goes
 * to both. What the filter takes must be an event, and what it passes on must arrive as it was; and sums are
 * the same. To empty the filter's table takes a grace period of the kernel, so sums are compared after BATCH
 * inputs, or for an empty one; where they differ, each input is tried alone, to find the one that does it. */
#include "config.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "fuzz/targets.h"
#include "table/under_test.h"

#define BATCH 2000
#define MAX_FLOWS 4096
#define MAX_BYTES 2048

static struct table_under_test memory, kernel;
static struct datagram {
	size_t len;
	unsigned char bytes[MAX_BYTES] __attribute__((aligned(8)));
} batch[BATCH];
static size_t n_batch;

/* --- both tables ----------------------------------------------------------------- */

static bool open_tables(void)
{
	int err;

	if (unshare(CLONE_NEWNET)) {
		fprintf(stderr, "filter: no network namespace: %s\n", strerror(errno));
		return false;
	}
	err = kernel_table_open(&kernel, MAX_FLOWS, 0);
	if (err) {
		fprintf(stderr, "filter: no kernel table: %s\n", strerror(-err));
		return false;
	}
	must(!memory_table_open(&memory, MAX_FLOWS));
	return true;
}

/* A counter of the memory table stops at FLOW_SUMS_MAX, one of the kernel table wraps at 2^64. */
static void forget_wrapped(const struct flow_sums *in_memory, struct flow_sums *in_kernel)
{
#define FORGET(how, name)                                                                      \
	if (SUMS_##how <= SUMS_SUM && in_memory->name == FLOW_SUMS_MAX)                        \
		in_kernel->name = FLOW_SUMS_MAX;
	FLOW_SUMS(FORGET)
#undef FORGET
}

/* But for times, which these messages can have where the filter does not look for them. In messages as a kernel
 * sends them times are the same, too: see table/differential.c. */
static bool same_row(const struct flow_row *a, const struct flow_row *b)
{
	struct flow_sums x = a->sum, y = b->sum;

	x.first_ns = x.last_ns = y.first_ns = y.last_ns = 0;
	forget_wrapped(&x, &y);
	return !memcmp(&a->key, &b->key, sizeof(a->key)) && !memcmp(&x, &y, sizeof(x));
}

static bool same_rows(void)
{
	static struct flow_row in_memory[MAX_FLOWS], in_kernel[MAX_FLOWS];
	size_t n = memory.rows(&memory, in_memory, MAX_FLOWS);
	bool same = kernel.rows(&kernel, in_kernel, MAX_FLOWS) == n && !kernel.err;

	same &= kernel.injected == memory.injected && kernel.clash == memory.clash;
	kernel.injected = memory.injected = kernel.clash = memory.clash = 0;
	for (size_t i = 0; i < n && same; i++)
		same = same_row(&in_memory[i], &in_kernel[i]);
	return same;
}

static void feed(const struct datagram *d)
{
	int in_memory = memory.feed(&memory, d->bytes, d->len);
	int in_kernel = kernel.feed(&kernel, d->bytes, d->len);

	must(in_kernel >= 0);
	must(in_kernel == FED_TAKEN ? in_memory != FED_NOTHING : in_kernel == in_memory);
}

static void __attribute__((noreturn)) show_difference(void)
{
	for (size_t i = 0; i < n_batch; i++) {
		feed(&batch[i]);
		if (same_rows())
			continue;
		fprintf(stderr, "filter: sums differ after:");
		for (size_t j = 0; j < batch[i].len; j++)
			fprintf(stderr, " %02x", batch[i].bytes[j]);
		fprintf(stderr, "\n");
		abort();
	}
	fprintf(stderr, "filter: sums differ after %zu messages, and after none of them alone\n", n_batch);
	abort();
}

static void compare(void)
{
	if (!same_rows())
		show_difference();
	n_batch = 0;
}

int fuzz_filter(const uint8_t *data, size_t size)
{
	static int is_open = -1;
	struct datagram *d = &batch[n_batch];

	if (is_open < 0)
		is_open = open_tables();
	if (!is_open)
		return FUZZ_CANNOT;
	if (!size) {
		compare();
		return 0;
	}
	d->len = size < MAX_BYTES ? size : MAX_BYTES;
	memcpy(d->bytes, data, d->len);
	feed(d);
	/* Once more with the right length in the header, to get past the first check. */
	if (++n_batch < BATCH && d->len >= 4) {
		uint32_t len = d->len;

		batch[n_batch] = *d;
		memcpy(batch[n_batch].bytes, &len, sizeof(len));
		feed(&batch[n_batch++]);
	}
	if (n_batch >= BATCH)
		compare();
	return 0;
}
