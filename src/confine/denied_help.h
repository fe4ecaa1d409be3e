/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CONFINE_DENIED_HELP_H
#define CTAGG_CONFINE_DENIED_HELP_H

#include <stdbool.h>

#include "host/denied.h"

/* The end of a message that a confined program cannot use a path: as denied_help() writes it, unless
 * another folder has taken the place of the one that the program may write to. Returns whether one
 * has. */
bool confine_denied_help(char help[DENIED_SIZE], int err, const char *program, const char *path,
			 enum denied_use use);

#endif
