/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/netns_places.h"

/* A file that is a namespace. pid: of the process; 0: it is a name under /run/netns. */
struct sight {
	uint64_t inode;
	uint32_t pid;
	char *name;
};

struct sights {
	struct sight *list;
	size_t n, room;
	dev_t nsfs;	/* where files are that are namespaces */
	uint64_t last;	/* most processes are in the same namespace as the one before */
};

/* Takes name over. */
static int note(struct sights *s, uint64_t inode, uint32_t pid, char *name)
{
	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		struct sight *list = realloc(s->list, room * sizeof(*list));

		if (!list) {
			free(name);
			return -ENOMEM;
		}
		s->list = list;
		s->room = room;
	}
	s->list[s->n++] = (struct sight){ inode, pid, name };
	return 0;
}

/* Names of ip-netns(8). A name whose namespace was not mounted is an empty file. */
static int find_names(struct sights *s)
{
	DIR *names = opendir(NETNS_NAMES);
	struct dirent *entry;
	struct stat st;
	int err = 0;

	if (!names)
		return errno == ENOMEM || errno == EMFILE || errno == ENFILE ? -errno : 0;
	while (!err && (entry = readdir(names))) {
		char *name;

		if (fstatat(dirfd(names), entry->d_name, &st, 0) || st.st_dev != s->nsfs)
			continue;
		name = strdup(entry->d_name);
		err = name ? note(s, st.st_ino, 0, name) : -ENOMEM;
	}
	closedir(names);
	return err;
}

/* /proc has processes in the order of their numbers, so the first one of a run is the lowest. */
static int find_process(struct sights *s, int proc, const char *pid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "%.20s/ns/net", pid);
	if (fstatat(proc, path, &st, 0) || st.st_ino == s->last)
		return 0;
	s->last = st.st_ino;
	return note(s, st.st_ino, strtoul(pid, NULL, 10), NULL);
}

static int find_processes(struct sights *s)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int err = 0;

	if (!proc)
		return -errno;
	while (!err && (entry = readdir(proc)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			err = find_process(s, dirfd(proc), entry->d_name);
	closedir(proc);
	return err;
}

/* The best name of each namespace first. */
static int by_inode(const void *a, const void *b)
{
	const struct sight *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (!x->name || !y->name)
		return x->name ? -1 : y->name ? 1 : x->pid < y->pid ? -1 : x->pid > y->pid;
	return strcmp(x->name, y->name);
}

static void write_place(struct netns_place *to, const struct sight *from)
{
	char process[PROCESS_NAME_SIZE];

	to->inode = from->inode;
	if (from->name) {
		snprintf(to->name, sizeof(to->name), "%s", from->name);
		snprintf(to->path, sizeof(to->path), NETNS_NAMES "/%s", to->name);
		return;
	}
	process_name(process, from->pid);
	snprintf(to->name, sizeof(to->name), "%" PRIu32 "/%s", from->pid, process);
	snprintf(to->path, sizeof(to->path), "/proc/%" PRIu32 "/ns/net", from->pid);
}

static int write_places(struct netns_places **out, const struct sights *s)
{
	struct netns_places *p = calloc(1, sizeof(*p));

	if (p && s->n)
		p->list = calloc(s->n, sizeof(*p->list));
	if (!p || (s->n && !p->list)) {
		free(p);
		return -ENOMEM;
	}
	for (size_t i = 0; i < s->n; i++)
		if (!i || s->list[i - 1].inode != s->list[i].inode)
			write_place(&p->list[p->n++], &s->list[i]);
	*out = p;
	return 0;
}

int netns_places_find(struct netns_places **out)
{
	struct sights s = { 0 };
	struct stat own;
	int err;

	if (stat("/proc/thread-self/ns/net", &own))
		return -errno;
	s.nsfs = own.st_dev;
	err = note(&s, own.st_ino, gettid(), NULL);	/* /proc lists no threads */
	if (!err)
		err = find_names(&s);
	if (!err)
		err = find_processes(&s);
	if (!err && s.n)
		qsort(s.list, s.n, sizeof(*s.list), by_inode);
	if (!err)
		err = write_places(out, &s);
	for (size_t i = 0; i < s.n; i++)
		free(s.list[i].name);
	free(s.list);
	return err;
}

void netns_places_free(struct netns_places *places)
{
	if (!places)
		return;
	free(places->list);
	free(places);
}
