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
	int status = setup_netns(opts), err;

	if (status)
		return status;
	uname(&host);
	err = check_all(&causes, opts);
	if (!err)
		err = check_print(stdout, &causes, host.nodename,
				  opts->check == OPTIONS_CHECK_JSON);
	status = causes.n ? FOUND_CAUSES : DONE;
	causes_free(&causes);
	if (err)
		return setup_fail(FAILED, "--check", err, "; not all that was found is printed");
	if (status == DONE)
		log_notice("nothing found that would keep data away");
	return status;
}
