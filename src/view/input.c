/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/log.h"
#include "lines/line_input.h"
#include "view/input.h"

/* g       where lines go
 * failed  a file could not be read, which has been said
 */
struct reading {
	struct view_gather *g;
	bool failed;
};

static void say(struct reading *r, const char *name, int err)
{
	r->failed = true;
	log_error("%s: %s", name, strerror(-err));
}

/* Wait until something can be read. */
static int wait_for(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, -1) < 0 && errno != EINTR ? -errno : 0;
}

static int give_lines(struct view_gather *g, struct line_input *in)
{
	const char *line;
	size_t len;
	int more, err = 0;

	while (!err && (more = line_input_next(in, &line, &len))) {
		if (more == -ENODATA)
			return more;
		if (more == -EMSGSIZE)
			view_gather_malformed(g, "a line of more than 65,536 bytes");
		else
			err = view_gather_line(g, line, len);
	}
	return err;
}

/* Give all lines of fd. Returns 0, or -errno of read(2). An error of gathering is in *gathered. */
static int read_lines(struct view_gather *g, int fd, struct line_input *in, int *gathered)
{
	int err;

	for (;;) {
		*gathered = give_lines(g, in);
		if (*gathered) {
			*gathered = *gathered == -ENODATA ? 0 : *gathered;
			return 0;
		}
		err = line_input_fill(in);
		if (err == -EAGAIN)
			err = wait_for(fd);
		if (err)
			return err;
	}
}

/* Returns an error of gathering, which ends all. */
static int read_fd(struct reading *r, const char *name, int fd)
{
	struct line_input *in;
	int gathered, err = line_input_open(&in, fd);

	if (err) {
		if (fd != STDIN_FILENO)
			close(fd);
		return err;
	}
	view_gather_file(r->g);
	err = read_lines(r->g, fd, in, &gathered);
	if (err)
		say(r, name, err);
	line_input_close(in);
	return gathered;
}

static int not_hidden(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* A file in a folder. Folders within folders are passed over: a spool has none with data. */
static int read_entry(struct reading *r, int dir, const char *folder, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (fd < 0) {
		if (errno != ENOENT)	/* a consumer of a spool takes files away */
			say(r, path, -errno);
		return 0;
	}
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return 0;
	}
	return read_fd(r, path, fd);
}

/* Nothing was in the files of a folder: is it a spool, whose windows are one folder further down? */
static void hint_at_spool(const char *folder, int dir)
{
	struct stat st;

	if (!fstatat(dir, "new", &st, 0) && S_ISDIR(st.st_mode))
		log_notice("%s: no line is in the files of this folder; if it is a spool, name the folder of its windows: %s/new",
			   folder, folder);
}

static int read_folder(struct reading *r, const char *folder, int dir)
{
	uint64_t before = view_gather_counts(r->g)->lines;
	struct dirent **entries;
	int err = 0, n = scandir(folder, &entries, not_hidden, by_name);

	if (n < 0)
		say(r, folder, -errno);
	for (int i = 0; i < n; i++) {
		if (!err)
			err = read_entry(r, dir, folder, entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	if (!err && view_gather_counts(r->g)->lines == before)
		hint_at_spool(folder, dir);
	return err;
}

static int read_file(struct reading *r, const char *name)
{
	struct stat st;
	int fd, err;

	if (!strcmp(name, "-"))
		return read_fd(r, "standard input", STDIN_FILENO);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		say(r, name, -errno);
		return 0;
	}
	if (fstat(fd, &st) || !S_ISDIR(st.st_mode))
		return read_fd(r, name, fd);
	err = read_folder(r, name, fd);
	close(fd);
	return err;
}

int view_input_read(struct view_gather *g, char *const *files, size_t n)
{
	static char stdin_name[] = "-", *const only_stdin[] = { stdin_name };
	struct reading r = { .g = g };
	int err = 0;

	if (!n) {
		files = only_stdin;
		n = 1;
	}
	for (size_t i = 0; !err && i < n; i++)
		err = read_file(&r, files[i]);
	if (!err)
		err = view_gather_end(g);
	return err ? err : r.failed;
}
