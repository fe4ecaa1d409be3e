/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "cli/log.h"
#include "deliver/confining.h"
#include "deliver/deliver.h"
#include "deliver/listing.h"
#include "deliver/modes.h"
#include "deliver/privileges.h"
#include "deliver/status.h"
#include "deliver/thinning.h"
#include "deliver/transports.h"
#include "notify/notify.h"

/* The service manager that has started this program. */
static void find_manager(void)
{
	int err = notify_open();

	if (err)
		log_notice(NOTIFY_NOT_OPENED, strerror(-err));
}

int modes_run(const struct deliver_options *opts)
{
	find_manager();
	if (!privileges_give_up(opts))
		return opts->status ? STATUS_UNKNOWN : 1;
	if (transports_wanted(opts))
		return deliver_run(opts);
	deliver_confine(opts);
	if (opts->status)
		return status_run(opts);
	if (opts->list)
		return listing_run(opts);
	return opts->retry_dead ? listing_retry_dead(opts) : thinning_run(opts);
}
