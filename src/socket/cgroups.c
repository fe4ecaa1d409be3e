/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "socket/cgroups.h"
#include "socket/cookies.h"

/* So many cgroups are known at most: those that nobody holds are forgotten when there is no room. */
#define MAX_CGROUPS 65536

/* wanted  the path has not been looked for */
struct cgroup {
	uint64_t id;
	uint32_t holders;
	bool wanted;
	char *path;
};

/* list     of n cgroups; places says where each is
 * wanted   how many paths have to be looked for
 * folders  of the walk: the paths of n_folders that it has not looked into
 */
struct cgroups {
	char *mount;
	struct cookies places;
	struct cgroup *list[MAX_CGROUPS];
	uint32_t n, wanted;
	char **folders;
	size_t n_folders, max_folders;
};

int cgroups_open(struct cgroups **out, const char *folder)
{
	struct cgroups *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->mount = folder ? strdup(folder) : NULL;
	if ((folder && !c->mount) || cookies_open(&c->places, MAX_CGROUPS)) {
		cgroups_close(c);
		return -ENOMEM;
	}
	*out = c;
	return 0;
}

/* --- which cgroups there are --------------------------------------------------- */

static void free_cgroup(struct cgroup *g)
{
	free(g->path);
	free(g);
}

/* Forget the cgroups that nobody holds. */
static void thin(struct cgroups *c)
{
	uint32_t n = c->n;

	c->n = 0;
	cookies_clear(&c->places);
	for (uint32_t i = 0; i < n; i++) {
		struct cgroup *g = c->list[i];

		if (!g->holders) {
			c->wanted -= g->wanted;
			free_cgroup(g);
			continue;
		}
		cookies_set(&c->places, g->id, c->n);
		c->list[c->n++] = g;
	}
}

struct cgroup *cgroups_find(struct cgroups *c, uint64_t id)
{
	uint32_t place = id ? cookies_find(&c->places, id) : COOKIES_NONE;
	struct cgroup *g;

	if (place != COOKIES_NONE)
		return c->list[place];
	if (id && c->n == MAX_CGROUPS)
		thin(c);
	g = id && c->n < MAX_CGROUPS ? calloc(1, sizeof(*g)) : NULL;
	if (!g)
		return NULL;
	g->id = id;
	g->wanted = c->mount;
	c->wanted += g->wanted;
	cookies_set(&c->places, id, c->n);
	c->list[c->n++] = g;
	return g;
}

void cgroup_hold(struct cgroup *g)
{
	if (g)
		g->holders++;
}

void cgroup_release(struct cgroup *g)
{
	if (g)
		g->holders--;
}

const char *cgroup_path(const struct cgroup *g)
{
	return g ? g->path : NULL;
}

/* --- the walk ------------------------------------------------------------------ */

/* The walk has come to a folder: if its path is wanted, it is found. */
static void note(struct cgroups *c, uint64_t id, const char *path)
{
	uint32_t place = cookies_find(&c->places, id);
	struct cgroup *g = place == COOKIES_NONE ? NULL : c->list[place];

	if (!g || !g->wanted)
		return;
	g->path = strdup(path);
	g->wanted = false;
	c->wanted--;
}

/* The path is the walk's from here on. Without memory the folder is left out, as if it had gone. */
static void add_folder(struct cgroups *c, char *path)
{
	size_t max = c->max_folders ? 2 * c->max_folders : 64;
	char **more = c->folders;

	if (path && c->n_folders == c->max_folders) {
		more = realloc(c->folders, max * sizeof(*more));
		if (more) {
			c->folders = more;
			c->max_folders = max;
		}
	}
	if (path && more)
		c->folders[c->n_folders++] = path;
	else
		free(path);
}

static char *joined(const char *a, const char *b, const char *d)
{
	char *text;

	return asprintf(&text, "%s%s%s", a, b, d) < 0 ? NULL : text;
}

/* path: from the mount point, with a / at the end. */
static void look_into(struct cgroups *c, const char *path)
{
	char *full = joined(c->mount, path, "");
	DIR *dir = full ? opendir(full) : NULL;
	const struct dirent *d;

	while (dir && (d = readdir(dir))) {
		char *below;

		if (d->d_type != DT_DIR || !strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		below = joined(path, d->d_name, "");
		if (below)
			note(c, d->d_ino, below);
		free(below);
		add_folder(c, joined(path, d->d_name, "/"));
	}
	if (dir)
		closedir(dir);
	free(full);
}

static void begin_walk(struct cgroups *c)
{
	struct stat st;

	if (stat(c->mount, &st))
		return;
	note(c, st.st_ino, "/");
	add_folder(c, strdup("/"));
}

/* The walk is over. What it has not found was removed meanwhile. */
static void end_walk(struct cgroups *c)
{
	while (c->n_folders)
		free(c->folders[--c->n_folders]);
	for (uint32_t i = 0; i < c->n && c->wanted; i++) {
		c->wanted -= c->list[i]->wanted;
		c->list[i]->wanted = false;
	}
}

bool cgroups_step(struct cgroups *c)
{
	char *path;

	if (c->wanted && !c->n_folders)
		begin_walk(c);
	if (c->wanted && c->n_folders) {
		path = c->folders[--c->n_folders];
		look_into(c, path);
		free(path);
	}
	if (c->wanted && c->n_folders)
		return false;
	end_walk(c);
	return true;
}

void cgroups_close(struct cgroups *c)
{
	if (!c)
		return;
	while (c->n_folders)
		free(c->folders[--c->n_folders]);
	while (c->n)
		free_cgroup(c->list[--c->n]);
	cookies_close(&c->places);
	free(c->folders);
	free(c->mount);
	free(c);
}
