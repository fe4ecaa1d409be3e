/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "confine/denied_help.h"
#include "confine/files.h"

bool confine_denied_help(char help[DENIED_SIZE], int err, const char *program, const char *path,
			 enum denied_use use)
{
	bool replaced = err == -EACCES && confine_is_replaced(path);

	if (replaced)
		snprintf(help, DENIED_SIZE,
			 "; another folder has taken the place of the one that %s may write to (Landlock): restart %s",
			 program, program);
	else
		denied_help(help, err, program, path, use);
	return replaced;
}
