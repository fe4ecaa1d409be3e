/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "labelfile/load.h"
#include "labelfile/reader.h"

#define MMDB_ENDS ".mmdb"

/* next    the number of the next file
 * rows    how many rows of the open file are in the set
 * reader  of the open file; NULL: none is open
 * began   what the open file was when it was opened
 */
struct labelfile_load {
	const char *const *files;
	size_t n, next, rows;
	struct netlabel_set *set;
	struct labelfile_common common;
	struct labelfile_reader *reader;
	struct stat began;
	char path[PATH_MAX];
};

/* --- adding ----------------------------------------------------------------- */

/* The reason why a set, which takes so many of these, does not take a row. Returns -errno. */
static int refuse_row(int err, const char *what, unsigned int most, struct refusal *why)
{
	switch (err) {
	case -EEXIST:
		return refuse(why, "the file has given this %s another label before", what);
	case -E2BIG:
		return refuse(why, "marks with more than %d different masks", NETLABEL_MAX_MASKS);
	case -ENOSPC:
		return refuse(why, "more than %u %ss, or in all readings of the files more than %u labels or %u MiB of these",
			      most, what, TEXTS_MAX, TEXTS_MAX_BYTES >> 20);
	}
	refuse(why, "%s", strerror(-err));
	return err;
}

int labelfile_add_network(const struct labelfile_common *to, const struct flow_network *network,
			  const char *label, size_t len, struct refusal *why)
{
	uint32_t number;
	int err = texts_number(to->set->names, label, len, &number);

	if (!err)
		err = netlabel_trie_add(&to->set->networks, network, to->number, number);
	if (err)
		return refuse_row(err, "network", NETLABEL_MAX_NETWORKS, why);
	++*to->rows;
	return 0;
}

int labelfile_add_mark(const struct labelfile_common *to, const struct flow_marks_item *mark,
		       const char *label, size_t len, struct refusal *why)
{
	uint32_t number;
	int err = texts_number(to->set->names, label, len, &number);

	if (!err)
		err = netlabel_marks_add(&to->set->marks, mark->mask, mark->first, to->number, number);
	if (err)
		return refuse_row(err, "mark", NETLABEL_MAX_MARKS, why);
	++*to->rows;
	return 0;
}

/* --- files ------------------------------------------------------------------ */

const char *labelfile_field(const char *value, size_t *len)
{
	const char *field = strstr(value, MMDB_ENDS ":");

	*len = field ? (size_t)(field - value) + strlen(MMDB_ENDS) : strlen(value);
	return field ? field + strlen(MMDB_ENDS ":") : NULL;
}

/* O_NONBLOCK: a pipe, which is refused, is not waited for. */
static int open_regular(const char *path, struct stat *st, struct refusal *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err;

	if (fd < 0) {
		err = -errno;
		refuse(why, "%s: %s", path, strerror(-err));
		return err;
	}
	if (!fstat(fd, st) && S_ISREG(st->st_mode))
		return fd;
	close(fd);
	return refuse(why, "%s: not a regular file, which could be read again", path);
}

static bool ends_in(const char *text, size_t len, const char *end)
{
	return len >= strlen(end) && !memcmp(text + len - strlen(end), end, strlen(end));
}

/* Returns 1 or -errno. */
static int open_next(struct labelfile_load *l, struct refusal *why)
{
	const char *value = l->files[l->next];
	size_t len;
	int err;

	l->common.field = labelfile_field(value, &len);
	if (len >= sizeof(l->path))
		return refuse(why, QUOTED "...: the name is too long", value);
	if (!l->common.field && ends_in(value, len, MMDB_ENDS))
		return refuse(why, "%s: which field of it has the label? Name it behind the file, as in %s:country.iso_code",
			      value, value);
	memcpy(l->path, value, len);
	l->path[len] = '\0';
	l->common.fd = open_regular(l->path, &l->began, why);
	if (l->common.fd < 0)
		return l->common.fd;
	l->common.path = l->path;
	l->common.set = l->set;
	l->common.number = l->next;
	l->common.fn = l->common.field ? &labelfile_mmdb : &labelfile_csv;
	l->common.rows = &l->rows;
	l->rows = 0;
	err = l->common.fn->open(&l->reader, &l->common, why);
	if (err)
		close(l->common.fd);
	return err ?: 1;
}

static void close_reader(struct labelfile_load *l)
{
	if (!l->reader)
		return;
	l->common.fn->close(l->reader);
	close(l->common.fd);
	l->reader = NULL;
}

int labelfile_load_open(struct labelfile_load **out, const char *const *files, size_t n,
			struct texts *names)
{
	struct labelfile_load *l = calloc(1, sizeof(*l));

	if (l)
		l->set = netlabel_set_open(names);
	if (!l || !l->set) {
		free(l);
		return -ENOMEM;
	}
	l->files = files;
	l->n = n;
	*out = l;
	return 0;
}

/* Whether somebody writes to the file while it is read: then what has been read is neither the old file nor
 * the new one. A file that is replaced (mv) stays as it is for whoever has opened it. */
static bool has_changed(const struct labelfile_load *l)
{
	struct stat now;

	return fstat(l->common.fd, &now) || now.st_size != l->began.st_size ||
	       now.st_mtim.tv_sec != l->began.st_mtim.tv_sec ||
	       now.st_mtim.tv_nsec != l->began.st_mtim.tv_nsec;
}

/* A file in which nothing stands is more likely one that somebody failed to write. */
static int end_file(struct labelfile_load *l, struct refusal *why)
{
	close_reader(l);
	l->next++;
	return l->rows ? 1 : refuse(why, "%s: neither a network nor a mark is in the file", l->path);
}

int labelfile_load_step(struct labelfile_load *l, struct netlabel_set **set, struct refusal *why)
{
	int err;

	if (!l->reader && l->next == l->n) {
		*set = l->set;
		l->set = NULL;
		return 0;
	}
	if (!l->reader)
		return open_next(l, why);
	err = l->common.fn->step(l->reader, why);
	if (has_changed(l))
		return refuse(why, "%s: the file was written to while it was read; write another one, and rename that (mv)",
			      l->path);
	return err ? err : end_file(l, why);
}

void labelfile_load_close(struct labelfile_load *l)
{
	if (!l)
		return;
	close_reader(l);
	netlabel_set_drop(l->set);
	free(l);
}

int labelfile_read(const char *const *files, size_t n, struct texts *names,
		   struct netlabel_set **set, struct refusal *why)
{
	struct labelfile_load *l;
	int err = labelfile_load_open(&l, files, n, names);

	if (err) {
		refuse(why, "%s", strerror(-err));
		return err;
	}
	do
		err = labelfile_load_step(l, set, why);
	while (err > 0);
	labelfile_load_close(l);
	return err;
}
