/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "cli/log.h"
#include "report/report.h"
#include "screen/screen.h"

/* What is being written beside this file, which goes when both are there. */

int report_write(const struct report_options *o)
{
	log_error("--report=%s: not yet built", o->path);
	return 1;
}

int screen_run(const struct screen_options *o)
{
	(void)o;
	log_error("the live view: not yet built");
	return 1;
}
