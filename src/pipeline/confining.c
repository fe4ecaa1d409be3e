/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/log.h"
#include "enable/claim.h"
#include "host/cgroup_mount.h"
#include "labelfile/load.h"
#include "pipeline/confining.h"

/* /proc; those of --enable; a spool each; -o, --metrics, --state; cgroup2; each of --labels twice */
#define PATHS (1 + 3 + OPTIONS_MAX_SPOOLS + 3 + 1 + 2 * OPTIONS_MAX_LABELS)

struct paths {
	struct confine_path list[PATHS];
	size_t n;
};

static void add(struct paths *p, const char *path, unsigned int access, bool parent)
{
	p->list[p->n++] = (struct confine_path){ path, access, parent };
}

/* A file that is opened anew, or replaced, is found in its folder. A device is not: its folder would
 * be all devices. */
static void add_file(struct paths *p, const char *path)
{
	struct stat st;
	bool device = path && !stat(path, &st) && (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode));

	if (path)
		add(p, path, device ? CONFINE_WRITE_FILES : CONFINE_CHANGE, !device);
}

/* At the end sysctls are put back, and the files and the folder that noted them are removed. */
static void add_enable(struct paths *p)
{
	add(p, "/proc/sys/net", CONFINE_WRITE_FILES, false);
	add(p, CLAIM_DIRECTORY, CONFINE_CHANGE, false);
	add(p, CLAIM_DIRECTORY, CONFINE_REMOVE_FOLDERS, true);
}

/* Read again after it has been replaced, also where it is a symbolic link: the folder of the link, and
 * that of the file. The names live as long as the process. */
static void add_labels(struct paths *p, const char *value)
{
	char *path, *real;
	size_t len;

	labelfile_field(value, &len);
	path = strndup(value, len);
	real = path ? realpath(path, NULL) : NULL;
	if (path)
		add(p, path, CONFINE_READ_FILES, true);
	if (real)
		add(p, real, CONFINE_READ_FILES, true);
}

/* The folders of cgroups, whose names are records'. */
static void add_cgroups(struct paths *p)
{
	static char path[CGROUP_MOUNT_PATH];	/* as long as the process is confined */

	if (cgroup_mount(path))
		add(p, path, CONFINE_READ_FILES, false);
}

/* /proc: sysctls, which rules and groups there are, which program has locked a file. */
static void find_paths(struct paths *p, const struct options *opts)
{
	add(p, "/proc", CONFINE_READ_FILES, false);
	if (opts->enable)
		add_enable(p);
	if (opts->sockets)
		add_cgroups(p);
	for (size_t i = 0; i < opts->n_spools; i++)
		add(p, opts->spools[i], CONFINE_CHANGE, false);
	add_file(p, opts->output);
	add_file(p, opts->metrics);
	add_file(p, opts->state);
	for (size_t i = 0; i < opts->n_labels; i++)
		add_labels(p, opts->labels[i]);
}

void confining_apply(const struct options *opts, enum confine_mode mode)
{
	struct confinement c = { .mode = mode };
	struct confine_files files = { .connect = CONFINE_CONNECT_NONE };
	static struct paths paths;	/* as long as the process is confined */
	char text[CONFINE_TEXT];

	find_paths(&paths, opts);
	files.paths = paths.list;
	files.n = paths.n;
	if (mode == CONFINE_CHECK)
		c.because = "it would hide which program holds a group";
	else if (mode == CONFINE_LIVE_NETNS)
		c.because = "it would hide which namespaces processes are in";
	else
		c.files = &files;
	confine(&c, text);
	log_verbose("%s", text);
}
