/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a state file holds, and which files are none. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "state/selection.h"
#include "state/state.h"

#define ROWS 3

static const struct flow_select all;
static char dir[64];

static void enter_directory(void)
{
	strcpy(dir, "/tmp/test_content.XXXXXX");
	cr_assert_not_null(mkdtemp(dir));
	cr_assert_eq(chdir(dir), 0);
}

static void leave_directory(void)
{
	unlink("state");
	unlink("state.damaged");
	cr_expect_eq(rmdir(dir), 0, "something else is left");
}

TestSuite(content, .init = enter_directory, .fini = leave_directory);

/* Rows in the order of their keys, with another value in each counter. */
static void make_rows(struct flow_row rows[ROWS])
{
	memset(rows, 0, ROWS * sizeof(*rows));
	for (size_t i = 0; i < ROWS; i++) {
		struct flow_sums *s = &rows[i].sum;
		uint64_t from = (uint64_t)(i + 1) << 40;

		rows[i].key.saddr[15] = i;
		s->live = from + 1;
		s->unreplied = from + 2;
		s->uncounted_live = from + 3;
		s->orig_packets = from + 4;
		s->orig_bytes = from + 5;
		s->reply_packets = from + 6;
		s->reply_bytes = from + 7;
		s->closing = from + 8;
	}
}

static struct state *open_state(int *damaged)
{
	struct state *s;

	cr_assert_eq(state_open(&s, "state", &flow_spec_default, &all, damaged), 0);
	return s;
}

/* Make a file with the rows; returns its bytes, which the caller frees. */
static char *save_rows(size_t *len)
{
	struct flow_row rows[ROWS];
	struct state *s;
	struct stat st;
	int damaged;
	char *bytes;
	FILE *f;

	make_rows(rows);
	s = open_state(&damaged);
	cr_assert_eq(state_save(s, rows, ROWS), 0);
	state_close(s);
	cr_assert_eq(stat("state", &st), 0);
	*len = st.st_size;
	bytes = malloc(*len + 1);
	f = fopen("state", "r");
	cr_assert_not_null(f);
	cr_assert_eq(fread(bytes, 1, *len, f), *len);
	fclose(f);
	return bytes;
}

static void expect_damaged(const char *bytes, size_t len, const char *what, size_t at)
{
	const struct flow_row *rows;
	struct state *s;
	int damaged;
	FILE *f = fopen("state", "w");

	cr_assert_not_null(f);
	cr_assert_eq(fwrite(bytes, 1, len, f), len);
	cr_assert_eq(fclose(f), 0);
	s = open_state(&damaged);
	cr_expect(damaged, "%s at %zu", what, at);
	cr_expect_eq(state_rows(s, &rows), 0, "%s at %zu", what, at);
	cr_expect_eq(access("state.damaged", F_OK), 0, "%s at %zu", what, at);
	state_close(s);
}

Test(content, every_counter_is_kept)
{
	const struct flow_row *held;
	struct flow_row rows[ROWS];
	struct state *s;
	size_t len;
	int damaged;

	free(save_rows(&len));
	make_rows(rows);
	s = open_state(&damaged);
	cr_expect_not(damaged);
	cr_assert_eq(state_rows(s, &held), ROWS);
	for (size_t i = 0; i < ROWS; i++) {
		cr_expect_arr_eq(&held[i].key, &rows[i].key, sizeof(rows[i].key));
		cr_expect_eq(held[i].sum.live, rows[i].sum.live);
		cr_expect_eq(held[i].sum.closing, rows[i].sum.closing);
		cr_expect_eq(held[i].sum.unreplied, rows[i].sum.unreplied);
		cr_expect_eq(held[i].sum.uncounted_live, rows[i].sum.uncounted_live);
		cr_expect_eq(held[i].sum.orig_packets, rows[i].sum.orig_packets);
		cr_expect_eq(held[i].sum.orig_bytes, rows[i].sum.orig_bytes);
		cr_expect_eq(held[i].sum.reply_packets, rows[i].sum.reply_packets);
		cr_expect_eq(held[i].sum.reply_bytes, rows[i].sum.reply_bytes);
	}
	state_close(s);
}

Test(content, a_byte_that_was_changed_is_damage, .timeout = 60)
{
	size_t len;
	char *bytes = save_rows(&len);

	for (size_t i = 0; i < len; i++) {
		bytes[i] ^= 0x10;
		expect_damaged(bytes, len, "change", i);
		bytes[i] ^= 0x10;
	}
	free(bytes);
}

/* An empty file is none of these: it is as one that was just made. */
Test(content, a_byte_too_many_or_too_few_is_damage, .timeout = 60)
{
	size_t len;
	char *bytes = save_rows(&len);

	for (size_t i = 1; i < len; i++)
		expect_damaged(bytes, i, "end", i);
	bytes[len] = 0;
	expect_damaged(bytes, len + 1, "end", len + 1);
	free(bytes);
}

Test(content, what_is_no_regular_file_is_refused)
{
	struct state *s;
	char path[PATH_MAX + 1];
	int damaged;

	cr_assert_eq(symlink("elsewhere", "state"), 0);
	cr_expect_eq(state_open(&s, "state", &flow_spec_default, &all, &damaged), -ELOOP);
	unlink("state");
	cr_assert_eq(mkfifo("state", 0600), 0);
	cr_expect_eq(state_open(&s, "state", &flow_spec_default, &all, &damaged), -EMEDIUMTYPE);
	cr_expect_not(damaged);
	memset(path, 'x', sizeof(path));
	path[PATH_MAX] = '\0';
	cr_expect_eq(state_open(&s, path, &flow_spec_default, &all, &damaged), -ENAMETOOLONG);
}

static void digest_of(const struct flow_row *rows, char digest[STATE_DIGEST])
{
	struct flow_row sorted[ROWS];

	memcpy(sorted, rows, sizeof(sorted));
	state_sort(sorted, ROWS);
	state_digest(sorted, ROWS, digest);
}

Test(content, the_digest_is_of_the_rows_in_whatever_order)
{
	char digest[STATE_DIGEST], other[STATE_DIGEST];
	struct flow_row rows[ROWS], last;

	make_rows(rows);
	digest_of(rows, digest);
	cr_expect_eq(strspn(digest, "0123456789abcdef"), STATE_DIGEST - 1);
	last = rows[ROWS - 1];
	rows[ROWS - 1] = rows[0];
	rows[0] = last;
	digest_of(rows, other);
	cr_expect_str_eq(other, digest);
	rows[1].sum.reply_bytes++;
	digest_of(rows, other);
	cr_expect(strcmp(other, digest));
}

Test(content, the_digest_of_keys_is_of_keys_alone)
{
	char digest[STATE_DIGEST], other[STATE_DIGEST];
	struct flow_row rows[ROWS];

	make_rows(rows);
	state_digest_keys(rows, ROWS, digest);
	cr_expect_eq(strspn(digest, "0123456789abcdef"), STATE_DIGEST - 1);
	for (size_t i = 0; i < ROWS; i++)
		memset(&rows[i].sum, 1, sizeof(rows[i].sum));
	state_digest_keys(rows, ROWS, other);
	cr_expect_str_eq(other, digest);
	state_digest_keys(rows, ROWS - 1, other);
	cr_expect(strcmp(other, digest));
	rows[1].key.dport = 1;
	state_digest_keys(rows, ROWS, other);
	cr_expect(strcmp(other, digest));
}

Test(content, the_selection_is_of_key_and_selection)
{
	struct flow_select ports = { .dport = { .n = 1, .list = { { 80, 80 } } } };
	uint8_t digest[SELECTION_DIGEST], other[SELECTION_DIGEST];
	struct flow_spec spec = flow_spec_default;

	selection_digest(&spec, &all, digest);
	selection_digest(&spec, &all, other);
	cr_expect_arr_eq(other, digest, sizeof(digest));
	selection_digest(&spec, &ports, other);
	cr_expect(memcmp(other, digest, sizeof(digest)));
	spec.src.v4 = 24;
	selection_digest(&spec, &all, other);
	cr_expect(memcmp(other, digest, sizeof(digest)));
}
