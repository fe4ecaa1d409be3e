/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "confine/confine.h"

/* Add to a text, which is cut when it becomes too long. */
static void add(char text[CONFINE_TEXT], const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(char text[CONFINE_TEXT], const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(text + len, CONFINE_TEXT - len, fmt, args);
	va_end(args);
}

/* Where files may be changed: the folders that were asked for. */
static void add_folders(char text[CONFINE_TEXT], const struct confine_files *files)
{
	const char *separator = " only in ";

	add(text, ", writes");
	for (size_t i = 0; i < files->n; i++) {
		const struct confine_path *p = &files->paths[i];
		const char *slash = strrchr(p->path, '/');
		int len = !p->parent ? (int)strlen(p->path) : slash == p->path ? 1 :
			  slash ? (int)(slash - p->path) : 0;

		if (!(p->access & (CONFINE_CHANGE | CONFINE_WRITE_FILES)))
			continue;
		add(text, "%s%.*s%s", separator, len, p->path, len ? "" : ".");
		separator = ", ";
	}
	if (*separator == ' ')
		add(text, " nowhere");
}

/* Why a kernel or a build does not have Landlock (-errno of confine_files()). */
static const char *why_no_landlock(int err)
{
	switch (err) {
	case -ENOPKG:
		return "not built in";
	case -ENOSYS:
		return "this kernel has none";
	case -EOPNOTSUPP:
		return "it was not switched on when the kernel started (lsm=)";
	case -ERANGE:
		return "version 1 refuses moving files between folders";
	}
	return strerror(-err);
}

static const char *why_no_filter(int err)
{
	return err == -ENOPKG ? "not built in" : err == -EINVAL ? "this kernel has none" : strerror(-err);
}

static void confine_to_files(const struct confinement *c, char text[CONFINE_TEXT])
{
	int version = c->files ? confine_files(c->files) : 0;

	if (!c->files)
		add(text, "no Landlock (%s)", c->because);
	else if (version < 0)
		add(text, "no Landlock (%s)", why_no_landlock(version));
	if (version <= 0)
		return;
	add(text, "Landlock ABI %d", version);
	add_folders(text, c->files);
}

/* Landlock goes first: its system calls are in no list. */
void confine(const struct confinement *c, char text[CONFINE_TEXT])
{
	int calls;

	text[0] = '\0';
	add(text, "confined: ");
	confine_to_files(c, text);
	calls = confine_calls(c->mode);
	if (calls < 0)
		add(text, "; no seccomp (%s)", why_no_filter(calls));
	else
		add(text, "; seccomp: %d system calls", calls);
}
