/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "host/identity.h"
#include "state/selection.h"
#include "state/state.h"

#define MAGIC "ctagg state"
#define FORMAT 3

/* A file is a header, then the rows. Numbers are little-endian. Keys are stored as they are in
 * memory, so the file belongs to hosts of one byte order.
 *
 * selection  digest of the key and the selection
 * digest     SHA-256 of all bytes of the header before this digest, and of all rows
 */
struct header {
	char magic[12];
	uint32_t version;
	uint32_t row_bytes;
	uint32_t pad;
	uint64_t rows;
	uint8_t selection[SELECTION_DIGEST];
	uint8_t digest[SHA256_DIGEST_SIZE];
};

/* A key in the file: without labels, whose numbers have a meaning in one run only (--state is refused
 * where a key has them). */
struct stored_key {
	__u8 plain[FLOW_KEY_WIDE_BYTES];
	__u8 translation[sizeof(struct flow_key) - FLOW_KEY_LABEL_BYTES];
};

/* A row in the file. */
struct stored {
	struct stored_key key;
	uint64_t live, closing, unreplied, uncounted;
	uint64_t orig_packets, orig_bytes, reply_packets, reply_bytes;
};

struct state {
	int fd;			/* the locked file; -1: none */
	char path[PATH_MAX];
	uint8_t selection[SELECTION_DIGEST];
	struct flow_row *rows;
	size_t n;
};

static int by_key(const void *a, const void *b)
{
	return memcmp(&((const struct flow_row *)a)->key, &((const struct flow_row *)b)->key,
		      sizeof(struct flow_key));
}

void state_sort(struct flow_row *rows, size_t n)
{
	if (n)
		qsort(rows, n, sizeof(*rows), by_key);
}

static struct stored_key store_key(const struct flow_key *key)
{
	struct stored_key stored;

	memcpy(stored.plain, key, sizeof(stored.plain));
	memcpy(stored.translation, (const char *)key + FLOW_KEY_LABEL_BYTES, sizeof(stored.translation));
	return stored;
}

static struct flow_key load_key(const struct stored_key *stored)
{
	struct flow_key key;

	flow_key_init(&key);
	memcpy(&key, stored->plain, sizeof(stored->plain));
	memcpy((char *)&key + FLOW_KEY_LABEL_BYTES, stored->translation, sizeof(stored->translation));
	return key;
}

static struct stored store(const struct flow_row *row)
{
	const struct flow_sums *s = &row->sum;

	return (struct stored){
		.key = store_key(&row->key),
		.live = htole64(s->live),
		.closing = htole64(s->closing),
		.unreplied = htole64(s->unreplied),
		.uncounted = htole64(s->uncounted_live),
		.orig_packets = htole64(s->orig_packets),
		.orig_bytes = htole64(s->orig_bytes),
		.reply_packets = htole64(s->reply_packets),
		.reply_bytes = htole64(s->reply_bytes),
	};
}

static void load(struct flow_row *row, const struct stored *s)
{
	*row = (struct flow_row){
		.key = load_key(&s->key),
		.sum = {
			.live = le64toh(s->live),
			.closing = le64toh(s->closing),
			.unreplied = le64toh(s->unreplied),
			.uncounted_live = le64toh(s->uncounted),
			.orig_packets = le64toh(s->orig_packets),
			.orig_bytes = le64toh(s->orig_bytes),
			.reply_packets = le64toh(s->reply_packets),
			.reply_bytes = le64toh(s->reply_bytes),
		},
	};
}

/* A digest that is complete, in hexadecimal digits. */
static void print_digest(struct sha256_ctx *sha, char digest[STATE_DIGEST])
{
	uint8_t bytes[SHA256_DIGEST_SIZE];

	sha256_digest(sha, sizeof(bytes), bytes);
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(digest + 2 * i, 3, "%02x", bytes[i]);
}

void state_digest(const struct flow_row *rows, size_t n, char digest[STATE_DIGEST])
{
	struct sha256_ctx sha;

	sha256_init(&sha);
	for (size_t i = 0; i < n; i++) {
		struct stored s = store(&rows[i]);

		sha256_update(&sha, sizeof(s), (const uint8_t *)&s);
	}
	print_digest(&sha, digest);
}

void state_digest_keys(const struct flow_row *rows, size_t n, char digest[STATE_DIGEST])
{
	struct sha256_ctx sha;

	sha256_init(&sha);
	for (size_t i = 0; i < n; i++) {
		struct stored_key key = store_key(&rows[i].key);

		sha256_update(&sha, sizeof(key), (const uint8_t *)&key);
	}
	print_digest(&sha, digest);
}

static void begin_digest(struct sha256_ctx *sha, const struct header *h)
{
	sha256_init(sha);
	sha256_update(sha, offsetof(struct header, digest), (const uint8_t *)h);
}

static struct header make_header(const uint8_t selection[SELECTION_DIGEST], uint64_t rows)
{
	struct header h;

	memset(&h, 0, sizeof(h));
	memcpy(h.magic, MAGIC, sizeof(h.magic));
	h.version = htole32(FORMAT);
	h.row_bytes = htole32(sizeof(struct stored));
	h.rows = htole64(rows);
	memcpy(h.selection, selection, sizeof(h.selection));
	return h;
}

/* --- reading ---------------------------------------------------------------- */

/* Read the rows. Returns 1 when they are the rows that were saved, 0 when the digest says
 * otherwise or rows are missing, or -ENOMEM. */
static int read_rows(struct state *s, FILE *f, const struct header *h)
{
	uint64_t n = le64toh(h->rows);
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;
	struct stored stored;

	s->rows = calloc(n + 1, sizeof(*s->rows));
	if (!s->rows)
		return -ENOMEM;
	begin_digest(&sha, h);
	for (s->n = 0; s->n < n; s->n++) {
		if (fread(&stored, sizeof(stored), 1, f) != 1)
			return false;
		sha256_update(&sha, sizeof(stored), (const uint8_t *)&stored);
		load(&s->rows[s->n], &stored);
	}
	sha256_digest(&sha, sizeof(digest), digest);
	return fgetc(f) == EOF && !memcmp(digest, h->digest, sizeof(digest));
}

/* Read the whole file, of `size' bytes; returns as read_rows(). The number of rows is compared
 * with the size before memory is allocated for the rows: in a damaged file the number can be
 * anything. */
static int read_file(struct state *s, FILE *f, uint64_t size, struct header *h)
{
	struct header ours = make_header(s->selection, 0);

	if (fread(h, sizeof(*h), 1, f) != 1 || memcmp(h->magic, ours.magic, sizeof(h->magic)) ||
	    h->version != ours.version || h->row_bytes != ours.row_bytes ||
	    le64toh(h->rows) != (size - sizeof(*h)) / sizeof(struct stored))
		return false;
	return read_rows(s, f, h);
}

static void forget_rows(struct state *s)
{
	free(s->rows);
	s->rows = NULL;
	s->n = 0;
}

/* Read the file. Returns 0; 1 when the file is damaged; or -errno. An empty file has just been
 * made, by open_locked() or by a run that was killed before it saved. */
static int read_state(struct state *s)
{
	struct header h;
	struct stat st;
	int fd, good;
	FILE *f;

	if (fstat(s->fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EMEDIUMTYPE;
	if (!st.st_size)
		return 0;
	fd = fcntl(s->fd, F_DUPFD_CLOEXEC, 0);
	f = fd < 0 ? NULL : fdopen(fd, "r");
	if (!f)
		return -errno;
	good = read_file(s, f, st.st_size, &h);
	if (!good && ferror(f))
		good = -EIO;
	fclose(f);
	if (good < 0)
		return good;
	if (good)
		return memcmp(h.selection, s->selection, sizeof(h.selection)) ? -EINVAL : 0;
	forget_rows(s);
	return 1;
}

/* Whether the path names the file that is locked. Only then may this program write PATH.new:
 * the lock on the named file is what keeps others from it. */
static bool is_named(const struct state *s)
{
	struct stat ours, named;

	return !fstat(s->fd, &ours) && !lstat(s->path, &named) &&
	       named.st_ino == ours.st_ino && named.st_dev == ours.st_dev;
}

/* Open and lock the file that the path names. Between opening and locking, the program that had
 * the lock before may have put another file in its place; then try again. */
static int open_locked(struct state *s)
{
	for (;;) {
		s->fd = identity_open(s->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);
		if (s->fd < 0)
			return s->fd;
		if (flock(s->fd, LOCK_EX | LOCK_NB))
			return -errno;
		if (is_named(s))
			return 0;
		close(s->fd);
	}
}

/* Rename the damaged file. Then the path names no file, so make and lock a new file there:
 * otherwise a second run would make one, and both runs would write PATH.new. If the second run
 * is faster, that run has the lock, and this run gets -EWOULDBLOCK. */
static int set_aside(struct state *s, int *damaged)
{
	char aside[PATH_MAX + 16];
	int renamed_fd = s->fd, err;

	snprintf(aside, sizeof(aside), "%s.damaged", s->path);
	if (rename(s->path, aside))
		return -errno;
	*damaged = true;
	err = open_locked(s);
	close(renamed_fd);
	return err;
}

int state_open(struct state **out, const char *path, const struct flow_spec *spec,
	       const struct flow_select *select, int *damaged)
{
	struct state *s = calloc(1, sizeof(*s));
	int err;

	*damaged = false;
	if (!s)
		return -ENOMEM;
	s->fd = -1;
	selection_digest(spec, select, s->selection);
	err = strlen(path) < sizeof(s->path) - 16 ? 0 : -ENAMETOOLONG;
	if (!err) {
		strcpy(s->path, path);
		err = open_locked(s);
	}
	if (!err)
		err = read_state(s);
	if (err > 0)
		err = set_aside(s, damaged);
	if (err) {
		state_close(s);
		return err;
	}
	*out = s;
	return 0;
}

size_t state_rows(const struct state *s, const struct flow_row **rows)
{
	*rows = s->rows;
	return s->n;
}

/* --- writing ---------------------------------------------------------------- */

static bool write_rows(FILE *f, const struct state *s, const struct flow_row *rows, size_t n)
{
	struct header h = make_header(s->selection, n);
	struct sha256_ctx sha;

	begin_digest(&sha, &h);
	if (fseek(f, sizeof(h), SEEK_SET))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct stored row = store(&rows[i]);

		sha256_update(&sha, sizeof(row), (const uint8_t *)&row);
		if (fwrite(&row, sizeof(row), 1, f) != 1)
			return false;
	}
	sha256_digest(&sha, sizeof(h.digest), h.digest);
	return !fseek(f, 0, SEEK_SET) && fwrite(&h, sizeof(h), 1, f) == 1 && !fflush(f) &&
	       !fsync(fileno(f));
}

/* Write the directory to disk, so that the rename is not undone by a power cut. */
static void sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	int fd;

	snprintf(dir, sizeof(dir), "%.*s.", slash ? (int)(slash - path) + 1 : 0, path);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

/* The file beside the state that becomes the state. One can be left of a run that was killed: nobody
 * else has the lock. Returns a descriptor or -errno. */
static int make_new(const struct state *s, char path[PATH_MAX + 16])
{
	int fd;

	snprintf(path, PATH_MAX + 16, "%s.new", s->path);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	/* cppcheck-suppress resourceLeak; the descriptor is the caller's */
	return fd < 0 ? -errno : fd;
}

int state_try(const struct state *s)
{
	char path[PATH_MAX + 16];
	int fd = make_new(s, path);

	if (fd < 0)
		return fd;
	close(fd);
	return unlink(path) ? -errno : 0;
}

int state_save(const struct state *s, const struct flow_row *rows, size_t n)
{
	char path[PATH_MAX + 16];
	int fd, err = 0;
	FILE *f;

	if (!is_named(s))
		return -ESTALE;
	fd = make_new(s, path);
	if (fd < 0)
		return fd;
	f = fdopen(fd, "w");
	if (!f)
		return -errno;
	if (!write_rows(f, s, rows, n))
		err = errno ? -errno : -EIO;
	if (fclose(f) && !err)
		err = -errno;
	if (!err && rename(path, s->path))
		err = -errno;
	if (err)
		unlink(path);
	else
		sync_directory(s->path);
	return err;
}

void state_close(struct state *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s->rows);
	free(s);
}
