/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CONFINE_FILES_H
#define CTAGG_CONFINE_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* What is allowed. Landlock goes by folder: what is allowed in a folder is allowed in all that is
 * below. Modes and owners of files hold as before. */
enum confine_access {
	CONFINE_READ_FILES = 1,		/* read files, list folders */
	CONFINE_WRITE_FILES = 2,	/* write to files that are there */
	CONFINE_CHANGE = 4,		/* read and write files, and make, rename and remove them */
	CONFINE_REMOVE_FOLDERS = 8,	/* remove empty folders */
};

/* path    of a folder or a file; what is not there, or cannot be found, is passed over
 * access  a set of enum confine_access
 * parent  the path is that of a file, which may be replaced: the folder is meant in which it is
 */
struct confine_path {
	const char *path;
	unsigned int access;
	bool parent;
};

/* TCP connections: all, those to name servers (port 53), or none. */
enum confine_connect {
	CONFINE_CONNECT_NONE,
	CONFINE_CONNECT_DNS,
	CONFINE_CONNECT_ALL,
};

/* All that is not here is refused: other files (EACCES), and besides, as far as this kernel's Landlock
 * knows of it, waiting for TCP connections, connections that `connect' does not name, and signals and
 * abstract sockets of processes outside. Descriptors that are open stay usable. Paths are lent
 * for good: confine_is_replaced() reads them. */
struct confine_files {
	const struct confine_path *paths;
	size_t n;
	enum confine_connect connect;
};

/* Allow this thread, and threads and processes that it starts later, these files only. Returns
 * which version (ABI) of Landlock the kernel has, 2 or more; or -errno with nothing
 * changed: -ENOPKG not in this build, -ENOSYS not in this kernel, -EOPNOTSUPP switched off when the
 * kernel started (lsm=), -ERANGE version 1, which cannot allow renaming from one folder to another. */
int confine_files(const struct confine_files *files);

/* Whether confine_files() has allowed changing the folder that this file is in, under the path's name,
 * and another folder has that name now: files in it are refused, whatever their mode, and only a
 * new start of the program helps. */
bool confine_is_replaced(const char *file);

#endif
