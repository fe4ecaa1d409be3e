/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_CONFINING_H
#define CTAGG_PIPELINE_CONFINING_H

#include <stdbool.h>

#include "cli/options.h"
#include "confine/confine.h"
#include "host/denied.h"

/* Once everything is set up and capabilities are given up: confine ctagg (confine/confine.h) to what the
 * options need from then on, and say so with -v. */
void confining_apply(const struct options *opts, enum confine_mode mode);

/* The end of a message that a path cannot be used: as denied_help() writes it, unless another folder
 * has taken the place of the one that ctagg may write to. Returns whether one has. */
bool confining_help(char help[DENIED_SIZE], int err, const char *path, enum denied_use use);

#endif
