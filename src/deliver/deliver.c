/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "cli/log.h"
#include "deliver/deliver.h"
#include "privilege/privilege.h"

int deliver_run(const struct deliver_options *opts)
{
	int err = privilege_drop_all();

	if (err) {
		log_error("capabilities cannot be given up: %s", strerror(-err));
		return 1;
	}
	log_error("%s: nothing is delivered by this version", opts->spool);
	return 1;
}
