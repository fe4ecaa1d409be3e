/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <sys/utsname.h>

#include "check/check.h"
#include "cli/log.h"
#include "pipeline/checking.h"
#include "pipeline/setup.h"

int checking_run(const struct options *opts)
{
	struct causes causes;
	struct utsname host;
	int status = setup_netns(opts);

	if (status)
		return status;
	uname(&host);
	check_all(&causes, opts);
	check_print(stdout, &causes, host.nodename, opts->check == OPTIONS_CHECK_JSON);
	if (fflush(stdout))
		return setup_fail(FAILED, "standard output", -errno, "");
	if (!causes.n)
		log_notice("nothing found that would keep data away");
	return causes.n ? FOUND_CAUSES : DONE;
}
