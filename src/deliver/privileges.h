/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_PRIVILEGES_H
#define CTAGG_DELIVER_PRIVILEGES_H

#include <stdbool.h>

#include "deliver/options.h"

/* The first step of ctagg-deliver, before anything is opened: it becomes the user of --user, and gives up
 * all capabilities. Errors are said, and with -v what is kept. Returns whether that worked. */
bool privileges_give_up(const struct deliver_options *opts);

/* The end of a message that the spool cannot be read, for --list, --retry-dead and --status: err is
 * -errno. */
const char *privileges_spool_help(int err);

#endif
