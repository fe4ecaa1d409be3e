/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state file. An even first byte: what follows is the file, and is set aside unless it is one. An odd first
 * byte: what follows are a change to be made to a file, and rows. The rows are written and read back the same;
 * then the change is made, and no changed byte and no other length passes for a state. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/folder.h"
#include "fuzz/targets.h"
#include "state/state.h"

#define MAX_ROWS 16
#define COUNTERS 8

static const struct flow_select all;

/* A file that is damaged is set aside, and then there are no rows. */
static struct state *open_state(bool must_be_damaged, bool may_be_damaged)
{
	const struct flow_row *rows;
	struct state *s = NULL;
	int damaged;

	must(!state_open(&s, folder_path("state"), &flow_spec_default, &all, &damaged));
	must(damaged ? must_be_damaged || may_be_damaged : !must_be_damaged);
	must(!damaged || !state_rows(s, &rows));
	must(!access(folder_path("state.damaged"), F_OK) == (damaged != 0));
	unlink(folder_path("state.damaged"));
	return s;
}

/* What is written reads back: the same keys, counters and digests. */
static void save_and_read(struct state *s, const struct flow_row *rows, size_t n)
{
	char digest[STATE_DIGEST], digest_again[STATE_DIGEST];
	const struct flow_row *again;

	must(!state_save(s, rows, n));
	state_close(s);
	s = open_state(false, false);
	must(state_rows(s, &again) == n);
	for (size_t i = 0; i < n; i++)
		must(!memcmp(&again[i], &rows[i], sizeof(rows[i])));
	state_digest(rows, n, digest);
	state_digest(again, n, digest_again);
	must(strlen(digest) == STATE_DIGEST - 1 && !strcmp(digest, digest_again));
	state_digest_keys(rows, n, digest);
	state_digest_keys(again, n, digest_again);
	must(!strcmp(digest, digest_again));
	state_close(s);
}

static void take(void *to, size_t len, const uint8_t **p, const uint8_t *end)
{
	size_t n = (size_t)(end - *p) < len ? (size_t)(end - *p) : len;

	memset(to, 0, len);
	memcpy(to, *p, n);
	*p += n;
}

/* A key of any bytes but for labels, which the file does not keep. */
static void make_row(struct flow_row *row, const uint8_t **p, const uint8_t *end)
{
	uint64_t counters[COUNTERS];
	struct flow_sums *s = &row->sum;

	memset(row, 0, sizeof(*row));
	flow_key_init(&row->key);
	take(&row->key, FLOW_KEY_WIDE_BYTES, p, end);
	take((char *)&row->key + FLOW_KEY_LABEL_BYTES, sizeof(row->key) - FLOW_KEY_LABEL_BYTES, p, end);
	take(counters, sizeof(counters), p, end);
	s->live = counters[0];
	s->closing = counters[1];
	s->unreplied = counters[2];
	s->uncounted_live = counters[3];
	s->orig_packets = counters[4];
	s->orig_bytes = counters[5];
	s->reply_packets = counters[6];
	s->reply_bytes = counters[7];
}

/* What is in the file; static. */
#define MAX_MORE 300	/* bytes that can be added */
static char *file_bytes(size_t *len)
{
	static char bytes[16384];
	FILE *f = fopen(folder_path("state"), "r");

	must(f);
	*len = fread(bytes, 1, sizeof(bytes) - MAX_MORE, f);
	must(*len && *len < sizeof(bytes) - MAX_MORE);
	fclose(f);
	return bytes;
}

/* Change the file: its length, or a byte. */
static void change_file(const uint8_t change[4])
{
	size_t whole, at, len;
	char *bytes = file_bytes(&whole);

	at = (change[0] | change[1] << 8) % whole;
	len = whole;
	if (change[2] == 0)
		len = at;
	else if (change[2] == 1)
		len = whole + 1 + change[3];
	else
		bytes[at] ^= change[3];
	memset(bytes + whole, 0, len > whole ? len - whole : 0);
	folder_write("state", bytes, len);
	/* of no length: a file that has just been made */
	state_close(open_state(len && (len != whole || change[3]), false));
}

static void rows_and_change(const uint8_t *p, const uint8_t *end)
{
	struct flow_row rows[MAX_ROWS];
	uint8_t change[4];
	size_t n;

	take(change, sizeof(change), &p, end);
	for (n = 0; n < MAX_ROWS && p < end; n++)
		make_row(&rows[n], &p, end);
	state_sort(rows, n);
	unlink(folder_path("state"));
	save_and_read(open_state(false, false), rows, n);
	change_file(change);
	save_and_read(open_state(false, false), rows, n);
	change_file((const uint8_t[]){ change[0], 1 + change[1] % 8, 2, 1 });	/* as a rule, a row */
}

int fuzz_state(const uint8_t *data, size_t size)
{
	struct flow_row copy[MAX_ROWS];
	const struct flow_row *rows;
	struct state *s = NULL;
	int damaged;
	size_t n;

	if (size && data[0] % 2) {
		rows_and_change(data + 1, data + size);
		return 0;
	}
	folder_write("state", size ? data + 1 : data, size ? size - 1 : 0);
	/* -EINVAL: of another selection */
	if (state_open(&s, folder_path("state"), &flow_spec_default, &all, &damaged))
		return 0;
	must(!damaged == (access(folder_path("state.damaged"), F_OK) != 0));
	unlink(folder_path("state.damaged"));
	n = state_rows(s, &rows);
	n = n < MAX_ROWS ? n : MAX_ROWS;
	if (n)
		memcpy(copy, rows, n * sizeof(*rows));
	save_and_read(s, copy, n);
	return 0;
}
