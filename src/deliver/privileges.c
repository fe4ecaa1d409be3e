/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "deliver/privileges.h"
#include "host/identity.h"
#include "privilege/privilege.h"

bool privileges_give_up(const struct deliver_options *opts)
{
	char user[IDENTITY_NAME], names[PRIVILEGE_NAMES];
	int err = privilege_drop(0);

	(void)opts;
	if (err) {
		log_error("capabilities cannot be given up: %s", strerror(-err));
		return false;
	}
	identity_name(user, geteuid());
	privilege_names(names);
	log_verbose("privileges: user %s, capabilities %s", user, names);
	return true;
}
