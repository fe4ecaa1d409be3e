/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "deliver/deliver.h"
#include "deliver/listing.h"
#include "deliver/modes.h"
#include "deliver/privileges.h"
#include "deliver/status.h"
#include "deliver/thinning.h"

int modes_run(const struct deliver_options *opts)
{
	if (!privileges_give_up(opts))
		return opts->status ? STATUS_UNKNOWN : 1;
	if (opts->status)
		return status_run(opts);
	if (opts->list)
		return listing_run(opts);
	if (opts->retry_dead)
		return listing_retry_dead(opts);
	if (opts->keep.n)
		return thinning_run(opts);
	return deliver_run(opts);
}
