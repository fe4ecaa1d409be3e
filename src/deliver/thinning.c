/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "deliver/names.h"
#include "deliver/thinning.h"
#include "spool/lock.h"
#include "spool/name.h"
#include "window/clock.h"

/* One file of the archive.
 *
 * name  lent by struct names; what it says: start_ns, nominal_ns, and the host
 */
struct file {
	const char *name;
	uint64_t start_ns, nominal_ns;
	const char *host;	/* in name, of host_len bytes */
	size_t host_len;
};

/* files    sorted by series, and in a series by name
 * starts   of one series; keep: what thin_series() says of it
 * removed  how many files were removed, or would be; changes: how many stay for a `change` record
 */
struct thinning {
	const struct deliver_options *opts;
	int dirfd;
	uint64_t now_ns;
	struct names names;
	struct file *files;
	uint64_t *starts;
	bool *keep;
	uint64_t removed, changes;
	bool failed;
};

/* --- the files of a series ---------------------------------------------------------- */

static void parse(struct file *f, const char *name)
{
	struct spool_name n;
	const char *host;

	spool_name_parse(&n, name);
	host = strchr(strchr(name, '-') + 1, '-') + 1;
	*f = (struct file){ name, n.start_ns, n.nominal_ns, host, strlen(n.host) };
}

static int compare_series(const struct file *a, const struct file *b)
{
	if (a->nominal_ns != b->nominal_ns)
		return a->nominal_ns < b->nominal_ns ? -1 : 1;
	if (a->host_len != b->host_len)
		return a->host_len < b->host_len ? -1 : 1;
	return memcmp(a->host, b->host, a->host_len);
}

static int compare(const void *a, const void *b)
{
	const struct file *x = a, *y = b;
	int order = compare_series(x, y);

	return order ? order : strcmp(x->name, y->name);
}

static int read_files(struct thinning *t)
{
	int err = names_read(&t->names, t->dirfd, true);

	if (err)
		return err;
	t->files = calloc(t->names.n + 1, sizeof(*t->files));
	t->starts = calloc(t->names.n + 1, sizeof(*t->starts));
	t->keep = calloc(t->names.n + 1, sizeof(*t->keep));
	if (!t->files || !t->starts || !t->keep)
		return -ENOMEM;
	for (size_t i = 0; i < t->names.n; i++)
		parse(&t->files[i], t->names.list[i]);
	qsort(t->files, t->names.n, sizeof(*t->files), compare);
	return 0;
}

/* --- removing ------------------------------------------------------------------------ */

/* Whether a line of the file is a `change` record. Returns 0, 1 or -errno. */
static int has_change(FILE *in)
{
	static const char begin[] = "{\"type\":\"change\"";
	char *line = NULL;
	size_t size = 0;
	int found = 0;

	while (!found && getline(&line, &size, in) > 0)
		found = !strncmp(line, begin, sizeof(begin) - 1);
	if (!found && ferror(in))
		found = -EIO;
	free(line);
	return found;
}

static int remove_unless_change(struct thinning *t, const char *name, FILE *in)
{
	int changes = has_change(in);

	t->changes += changes > 0;
	if (changes)
		return changes < 0 ? changes : 0;
	if (!t->opts->dry_run && unlinkat(t->dirfd, name, 0))
		return -errno;
	if (t->opts->dry_run)
		puts(name);
	else
		log_verbose("%s: removed", name);
	t->removed++;
	return 0;
}

/* The file is locked until it has been removed. A file that somebody else has locked, as whoever
 * sends it does, stays until the next time. */
static int remove_file(struct thinning *t, const char *name)
{
	int fd = spool_take_alone(t->dirfd, name), err;
	FILE *in;

	if (fd < 0)
		return fd == -ENOENT || fd == -EBUSY ? 0 : fd;
	in = fdopen(fd, "r");
	if (!in) {
		close(fd);
		return -ENOMEM;
	}
	err = remove_unless_change(t, name, in);
	fclose(in);
	return err;
}

static void thin_some(struct thinning *t, const struct file *files, size_t n)
{
	int err;

	for (size_t i = 0; i < n; i++)
		t->starts[i] = files[i].start_ns;
	thin_series(&t->opts->keep, t->now_ns, t->starts, n, t->keep);
	for (size_t i = 0; i < n; i++) {
		err = t->keep[i] ? 0 : remove_file(t, files[i].name);
		if (err)
			log_error("%s/%s: %s; it stays", t->opts->archive, files[i].name, strerror(-err));
		t->failed |= err != 0;
	}
}

static void thin_all(struct thinning *t)
{
	size_t first = 0, end;

	for (; first < t->names.n; first = end) {
		for (end = first + 1; end < t->names.n; end++)
			if (compare_series(&t->files[first], &t->files[end]))
				break;
		thin_some(t, t->files + first, end - first);
	}
}

/* --- all of it ------------------------------------------------------------------------ */

static int say_failed(const struct thinning *t, int err)
{
	log_error("%s: %s; --archive wants the folder that delivered files were moved to",
		  t->opts->archive, strerror(-err));
	return 1;
}

static int finish(const struct thinning *t)
{
	log_good("%s: %zu files of windows; %" PRIu64 " %s, %" PRIu64 " that would go stay for their change records",
		   t->opts->archive, t->names.n, t->removed,
		   t->opts->dry_run ? "would be removed" : "removed", t->changes);
	if (fflush(stdout) || ferror(stdout)) {
		log_error("standard output: %s", strerror(errno));
		return 1;
	}
	return t->failed;
}

int thinning_run(const struct deliver_options *opts)
{
	struct thinning t = { .opts = opts, .now_ns = clock_wall_ns() };
	int err, status;

	t.dirfd = open(opts->archive, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = t.dirfd < 0 ? -errno : read_files(&t);
	if (!err)
		thin_all(&t);
	status = err ? say_failed(&t, err) : finish(&t);
	names_free(&t.names);
	free(t.files);
	free(t.starts);
	free(t.keep);
	if (t.dirfd >= 0)
		close(t.dirfd);
	return status;
}
