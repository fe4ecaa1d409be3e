/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Built in place of files.c without linux/landlock.h, or with --disable-landlock. */
#include "config.h"

#include <errno.h>

#include "confine/files.h"

int confine_files(const struct confine_files *files)
{
	(void)files;
	return -ENOPKG;
}

bool confine_is_replaced(const char *file)
{
	(void)file;
	return false;
}
