/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "cli/log.h"
#include "deliver/deliver.h"
#include "deliver/listing.h"
#include "deliver/modes.h"
#include "deliver/status.h"
#include "deliver/thinning.h"
#include "privilege/privilege.h"

/* Whatever sends nothing needs no capability either. deliver_run() gives them up itself. */
static int run_without(int (*run)(const struct deliver_options *opts), int failed,
		       const struct deliver_options *opts)
{
	int err = privilege_drop_all();

	if (!err)
		return run(opts);
	log_error("capabilities cannot be given up: %s", strerror(-err));
	return failed;
}

int modes_run(const struct deliver_options *opts)
{
	if (opts->status)
		return run_without(status_run, STATUS_UNKNOWN, opts);
	if (opts->list)
		return run_without(listing_run, 1, opts);
	if (opts->retry_dead)
		return run_without(listing_retry_dead, 1, opts);
	if (opts->keep.n)
		return run_without(thinning_run, 1, opts);
	return deliver_run(opts);
}
