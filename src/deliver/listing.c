/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/log.h"
#include "deliver/listing.h"
#include "deliver/names.h"
#include "deliver/privileges.h"
#include "spool/dir.h"
#include "spool/lock.h"
#include "spool/name.h"

#define WHY ".why"
#define WHY_SIZE (SPOOL_NAME_MAX + sizeof(WHY))

static int say_failed(const struct deliver_options *opts, int err)
{
	log_error("%s: %s%s", opts->spool, strerror(-err), privileges_spool_help(err));
	return 1;
}

static void why_name(char out[WHY_SIZE], const char *name)
{
	snprintf(out, WHY_SIZE, "%.*s" WHY, SPOOL_NAME_MAX - 1, name);
}

/* --- --list --------------------------------------------------------------------------- */

/* An answer comes from outside: no control character reaches the terminal. */
static void print_answer(const char *text)
{
	for (const char *p = text; *p && *p != '\n'; p++)
		putchar((unsigned char)*p < 0x20 || *p == 0x7f ? '?' : *p);
}

/* From NAME.why: "attempts N" and "answer TEXT". */
static void print_why(int dead, const char *name)
{
	char beside[WHY_SIZE], line[512];
	FILE *in;
	int fd;

	why_name(beside, name);
	fd = spool_open(dead, beside);
	in = fd < 0 ? NULL : fdopen(fd, "r");
	while (in && fgets(line, sizeof(line), in))
		if (!strncmp(line, "attempts ", 9) || !strncmp(line, "answer ", 7)) {
			putchar('\t');
			print_answer(strchr(line, ' ') + 1);
		}
	if (in)
		fclose(in);
	else if (fd >= 0)
		close(fd);
}

/* A file that has gone meanwhile is not there any more. */
static void print_file(const char *state, int dirfd, const char *name, bool why)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW))
		return;
	printf("%s\t%s\t%" PRIu64, state, name, (uint64_t)st.st_size);
	if (why)
		print_why(dirfd, name);
	putchar('\n');
}

static int print_names(const char *state, int dirfd, bool why)
{
	struct names names;
	int err = names_read(&names, dirfd, false);

	for (size_t i = 0; i < names.n; i++)
		print_file(state, dirfd, names.list[i], why);
	names_free(&names);
	return err;
}

int listing_run(const struct deliver_options *opts)
{
	struct spool_dir d;
	int err = spool_dir_open(&d, opts->spool, false);

	if (err)
		return say_failed(opts, err);
	err = print_names("new", d.new, false);
	if (!err)
		err = print_names("dead", d.dead, true);
	spool_dir_close(&d);
	if (err)
		return say_failed(opts, err);
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	log_error("standard output: %s", strerror(errno));
	return 1;
}

/* --- --retry-dead ------------------------------------------------------------------------ */

/* NAME.why goes last: no dead letter is without one. */
static int move_back(const struct spool_dir *d, const char *name)
{
	char beside[WHY_SIZE];

	if (renameat2(d->dead, name, d->new, name, RENAME_NOREPLACE))
		return -errno;
	why_name(beside, name);
	unlinkat(d->dead, beside, 0);
	return 0;
}

/* Returns the exit status. A letter that ctagg has removed meanwhile for want of room is gone. */
static int move_all(const struct spool_dir *d, const struct names *names)
{
	uint64_t moved = 0;
	int status = 0, err;

	for (size_t i = 0; i < names->n; i++) {
		err = move_back(d, names->list[i]);
		moved += !err;
		if (!err)
			log_verbose("%s: waits again", names->list[i]);
		if (!err || err == -ENOENT)
			continue;
		log_error("%s: %s; it stays in dead/", names->list[i], strerror(-err));
		status = 1;
	}
	log_good("%" PRIu64 " dead letter%s again, to be sent", moved,
		 moved == 1 ? " waits" : "s wait");
	return status;
}

int listing_retry_dead(const struct deliver_options *opts)
{
	struct names names = { 0 };
	struct spool_dir d;
	int err = spool_dir_open(&d, opts->spool, false), status;

	if (err)
		return say_failed(opts, err);
	err = names_read(&names, d.dead, false);
	status = err ? say_failed(opts, err) : move_all(&d, &names);
	names_free(&names);
	spool_dir_close(&d);
	return status;
}
