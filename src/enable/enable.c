/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enable/enable.h"
#include "enable/hooks.h"
#include "source/sysctl.h"

#define DIRECTORY "/run/ctagg"
#define SWITCHES 3

static const struct {
	enum enable_what what;
	const char *sysctl;
	int value;
} switches[SWITCHES] = {
	{ ENABLE_ACCT, "nf_conntrack_acct", 1 },
	{ ENABLE_TIMESTAMP, "nf_conntrack_timestamp", 1 },
	{ ENABLE_EVENTS, "nf_conntrack_events", 1 },
};

struct enable {
	bool ours[SWITCHES];	/* to be put back */
	int before[SWITCHES];
	struct mnl_socket *hooks;
};

/* What one process has switched on, in a file that is named for the namespace and
 * the process: its start time, which tells it from a later one with the same id,
 * and a line for each sysctl with its value before. */
struct note {
	char path[300];
	int pid;
	bool alive;
	bool has[SWITCHES];
	int before[SWITCHES];
};

const char *enable_sysctl(enum enable_what what)
{
	for (size_t i = 0; i < SWITCHES; i++)
		if (switches[i].what == what)
			return switches[i].sysctl;
	return NULL;
}

/* --- notes ------------------------------------------------------------------ */

static uint64_t namespace_id(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) ? 0 : st.st_ino;
}

/* When a process was started, in ticks since boot; 0 when there is none. */
static uint64_t start_time(int pid)
{
	char path[64], text[1024], *p;
	uint64_t ticks = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	p = strrchr(text, ')');	/* the name may have any character in it */
	if (!p)
		return 0;
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (p)
		sscanf(p, " %" SCNu64, &ticks);
	return ticks;
}

static void note_path(char *path, size_t size, int pid)
{
	snprintf(path, size, DIRECTORY "/%" PRIu64 ".%d", namespace_id(), pid);
}

static bool read_note(struct note *note)
{
	FILE *f = fopen(note->path, "re");
	uint64_t started;
	char name[64];
	int before;
	bool good;

	if (!f)
		return false;
	good = fscanf(f, "%" SCNu64, &started) == 1;
	note->alive = good && start_time(note->pid) == started;
	while (good && fscanf(f, "%63s %d", name, &before) == 2) {
		for (size_t i = 0; i < SWITCHES; i++) {
			if (strcmp(name, switches[i].sysctl))
				continue;
			note->has[i] = true;
			note->before[i] = before;
		}
	}
	fclose(f);
	return good;
}

/* Show fn the notes of other processes about this namespace. */
static void each_note(void (*fn)(void *arg, const struct note *note), void *arg)
{
	uint64_t ours = namespace_id(), id;
	DIR *dir = opendir(DIRECTORY);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		struct note note = { 0 };

		if (sscanf(entry->d_name, "%" SCNu64 ".%d", &id, &note.pid) != 2 || id != ours ||
		    note.pid == getpid())
			continue;
		snprintf(note.path, sizeof(note.path), DIRECTORY "/%.255s", entry->d_name);
		if (read_note(&note))
			fn(arg, &note);
	}
	if (dir)
		closedir(dir);
}

static bool write_note(const struct enable *e)
{
	char path[300];
	FILE *f;
	int fd;

	if (mkdir(DIRECTORY, 0755) && errno != EEXIST)
		return false;
	note_path(path, sizeof(path), getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f)
		return false;
	fprintf(f, "%" PRIu64 "\n", start_time(getpid()));
	for (size_t i = 0; i < SWITCHES; i++)
		if (e->ours[i])
			fprintf(f, "%s %d\n", switches[i].sysctl, e->before[i]);
	return !fclose(f);
}

static void remove_note(void)
{
	char path[300];

	note_path(path, sizeof(path), getpid());
	unlink(path);
	rmdir(DIRECTORY);	/* the last one does */
}

/* --- switching -------------------------------------------------------------- */

/* Another has switched this on before us, or has died over it: the value before that
 * is what is to be put back in the end. */
static void adopt(void *arg, const struct note *note)
{
	struct enable *e = arg;

	for (size_t i = 0; i < SWITCHES; i++) {
		if (!e->ours[i] || !note->has[i])
			continue;
		e->before[i] = note->before[i];
	}
	if (!note->alive)
		unlink(note->path);
}

/* Decide what is ours to put back; returns -errno for a sysctl that is not there. */
static int look(struct enable *e, unsigned int set, enum enable_what *failed)
{
	for (size_t i = 0; i < SWITCHES; i++) {
		if (!(set & switches[i].what))
			continue;
		e->before[i] = sysctl_netfilter(switches[i].sysctl);
		if (e->before[i] < 0) {
			*failed = switches[i].what;
			return e->before[i];
		}
		e->ours[i] = true;
	}
	return 0;
}

static int switch_on(const struct enable *e, enum enable_what *failed)
{
	for (size_t i = 0; i < SWITCHES; i++) {
		int err = 0;

		if (e->ours[i] && sysctl_netfilter(switches[i].sysctl) != switches[i].value)
			err = sysctl_netfilter_set(switches[i].sysctl, switches[i].value);
		if (err) {
			*failed = switches[i].what;
			return err;
		}
	}
	return 0;
}

int enable_begin(struct enable **out, unsigned int set, enum enable_what *failed, bool *remembered)
{
	struct enable *e = calloc(1, sizeof(*e));
	int err;

	if (!e)
		return -ENOMEM;
	err = look(e, set, failed);
	if (!err) {
		each_note(adopt, e);
		/* What was on, and nobody of us did it, stays as it is. */
		for (size_t i = 0; i < SWITCHES; i++)
			e->ours[i] &= e->before[i] != switches[i].value;
		*remembered = write_note(e);
		err = switch_on(e, failed);
	}
	if (!err && set & ENABLE_HOOKS) {
		*failed = ENABLE_HOOKS;
		err = hooks_add(&e->hooks);
	}
	if (err) {
		enable_end(e);
		return err;
	}
	*out = e;
	return 0;
}

/* What others still want is theirs to put back. */
static void hand_over(void *arg, const struct note *note)
{
	struct enable *e = arg;

	for (size_t i = 0; i < SWITCHES; i++)
		if (note->alive && note->has[i])
			e->ours[i] = false;
}

void enable_end(struct enable *e)
{
	if (!e)
		return;
	each_note(hand_over, e);
	for (size_t i = 0; i < SWITCHES; i++)
		if (e->ours[i] && sysctl_netfilter(switches[i].sysctl) == switches[i].value)
			sysctl_netfilter_set(switches[i].sysctl, e->before[i]);
	remove_note();
	if (e->hooks)
		mnl_socket_close(e->hooks);
	free(e);
}

/* --- what is left ----------------------------------------------------------- */

struct left {
	enable_left_fn *fn;
	void *arg;
};

static void show_left(void *arg, const struct note *note)
{
	struct left *l = arg;

	for (size_t i = 0; i < SWITCHES && !note->alive; i++)
		if (note->has[i] && sysctl_netfilter(switches[i].sysctl) == switches[i].value)
			l->fn(l->arg, switches[i].sysctl, note->before[i], note->path);
}

void enable_left(enable_left_fn *fn, void *arg)
{
	struct left l = { fn, arg };

	each_note(show_left, &l);
}
