/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "cli/log.h"
#include "screen/screen.h"

/* What is being written beside this file, which goes when that is there. */

int screen_run(const struct screen_options *o)
{
	(void)o;
	log_error("the live view: not yet built");
	return 1;
}
