/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "refusing_calloc.h"
#include "state/state.h"

static const struct flow_select all;
static char dir[64];

static void enter_directory(void)
{
	strcpy(dir, "/tmp/test_state.XXXXXX");
	cr_assert_not_null(mkdtemp(dir));
	cr_assert_eq(chdir(dir), 0);
}

static void leave_directory(void)
{
	unlink("state");
	unlink("state.new");
	unlink("state.damaged");
	unlink("moved");
	cr_expect_eq(rmdir(dir), 0, "something else is left");
}

TestSuite(state, .init = enter_directory, .fini = leave_directory);

static int open_all(struct state **s, int *damaged)
{
	return state_open(s, "state", &flow_spec_default, &all, damaged);
}

static void write_bytes(const void *bytes, size_t len)
{
	FILE *f = fopen("state", "w");

	cr_assert_not_null(f);
	cr_assert_eq(fwrite(bytes, 1, len, f), len);
	cr_assert_eq(fclose(f), 0);
}

static struct flow_row row(uint16_t port, uint64_t live)
{
	struct flow_row r = { .sum.live = live };

	r.key.dport = port;
	return r;
}

/* Open, save these rows, close. */
static void save(const struct flow_row *rows, size_t n)
{
	struct state *s;
	int damaged;

	cr_assert_eq(open_all(&s, &damaged), 0);
	cr_expect_eq(state_save(s, rows, n), 0);
	state_close(s);
}

static void expect_rows(const struct flow_row *rows, size_t n)
{
	const struct flow_row *held;
	struct state *s;
	int damaged;

	cr_assert_eq(open_all(&s, &damaged), 0);
	cr_expect_not(damaged);
	cr_expect_eq(state_rows(s, &held), n);
	for (size_t i = 0; i < n && i < state_rows(s, &held); i++) {
		cr_expect_eq(held[i].key.dport, rows[i].key.dport);
		cr_expect_eq(held[i].sum.live, rows[i].sum.live);
	}
	state_close(s);
}

Test(state, what_was_saved_is_there_again)
{
	struct flow_row rows[] = { row(1, 7), row(2, UINT64_MAX) };

	expect_rows(NULL, 0);
	save(rows, 2);
	expect_rows(rows, 2);
}

Test(state, another_key_or_selection_is_refused)
{
	struct flow_select ports = { .dport = { .n = 1, .list = { { 80, 80 } } } };
	struct flow_spec spec = flow_spec_default;
	struct flow_row rows[] = { row(1, 7) };
	struct state *s;
	int damaged;

	save(rows, 1);
	cr_expect_eq(state_open(&s, "state", &flow_spec_default, &ports, &damaged), -EINVAL);
	spec.src.v4 = 24;
	cr_expect_eq(state_open(&s, "state", &spec, &all, &damaged), -EINVAL);
	expect_rows(rows, 1);
}

static void expect_set_aside(const void *bytes, size_t len)
{
	struct state *s;
	int damaged;

	write_bytes(bytes, len);
	cr_assert_eq(open_all(&s, &damaged), 0);
	cr_expect(damaged);
	cr_expect_eq(access("state.damaged", F_OK), 0);
	state_close(s);
}

/* The head of a file of version 1, which had a text of 200 bytes in it. */
Test(state, a_file_of_another_version_is_set_aside)
{
	char old[264] = "ctagg state";

	old[12] = 1;
	old[16] = (char)152;
	expect_set_aside(old, sizeof(old));
}

/* A file of version 2, whose rows did not say how many connections TCP has closed, with nothing in
 * it but its head: magic, version, bytes of a row, 0, number of rows, and two digests. */
Test(state, a_file_of_the_version_before_is_set_aside)
{
	char old[96] = "ctagg state";
	struct flow_row r;

	old[12] = 2;
	old[16] = sizeof(r.key) + 7 * sizeof(uint64_t);
	expect_set_aside(old, sizeof(old));
}

/* --- several at a time ------------------------------------------------------- */

/* What does not fit into memory is not damaged. The file is sparse. */
Test(state, a_file_that_finds_no_memory_stays)
{
	uint64_t n = htole64(1 << 20);
	uint32_t row_bytes;
	struct state *s;
	int damaged, fd;

	save(NULL, 0);
	fd = open("state", O_RDWR);
	cr_assert_geq(fd, 0);
	cr_assert_eq(pread(fd, &row_bytes, 4, 16), 4);
	cr_assert_eq(pwrite(fd, &n, 8, 24), 8);
	cr_assert_eq(ftruncate(fd, lseek(fd, 0, SEEK_END) + (off_t)le64toh(n) * le32toh(row_bytes)), 0);
	close(fd);
	calloc_refused_bytes = 1 << 20;
	cr_expect_eq(open_all(&s, &damaged), -ENOMEM);
	calloc_refused_bytes = 0;
	cr_expect_not(damaged);
	cr_expect_eq(access("state.damaged", F_OK), -1);
}

Test(state, only_one_has_it)
{
	struct state *first, *second;
	int damaged;

	cr_assert_eq(open_all(&first, &damaged), 0);
	cr_expect_eq(open_all(&second, &damaged), -EWOULDBLOCK);
	cr_expect_eq(state_save(first, NULL, 0), 0);
	state_close(first);
	cr_assert_eq(open_all(&second, &damaged), 0);
	state_close(second);
}

Test(state, only_one_has_it_after_damage)
{
	struct flow_row rows[] = { row(1, 7) };
	struct state *first, *second = NULL;
	int damaged, of_second, err;

	write_bytes("damaged", 7);
	cr_assert_eq(open_all(&first, &damaged), 0);
	cr_expect(damaged);
	err = open_all(&second, &of_second);
	cr_expect_eq(err, -EWOULDBLOCK, "the second one has it, too");
	if (!err)
		state_close(second);
	cr_expect_eq(state_save(first, rows, 1), 0);
	state_close(first);
	expect_rows(rows, 1);
}

/* Somebody moves the file away, and another run begins a new one: what the first
 * writes now must not get into that. */
Test(state, a_file_that_was_moved_away_is_not_written)
{
	struct flow_row rows[] = { row(1, 7) }, other[] = { row(2, 9) };
	struct state *first, *second;
	int damaged;

	cr_assert_eq(open_all(&first, &damaged), 0);
	cr_assert_eq(rename("state", "moved"), 0);
	cr_expect_eq(state_save(first, rows, 1), -ESTALE);
	cr_assert_eq(open_all(&second, &damaged), 0);
	cr_expect_eq(state_save(first, rows, 1), -ESTALE);
	cr_expect_eq(state_save(second, other, 1), 0);
	cr_expect_eq(state_save(first, rows, 1), -ESTALE);
	state_close(first);
	state_close(second);
	expect_rows(other, 1);
}

/* A file that a killed run has left is no obstacle, whatever is in it. */
Test(state, what_a_killed_run_has_left_is_replaced)
{
	struct flow_row rows[] = { row(1, 7) };

	write_bytes("half of it", 10);
	cr_assert_eq(rename("state", "state.new"), 0);
	save(rows, 1);
	expect_rows(rows, 1);
	cr_expect_neq(access("state.new", F_OK), 0);
}
