/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "cli/log.h"
#include "deliver/privileges.h"
#include "host/identity.h"
#include "privilege/privilege.h"

bool privileges_give_up(const struct deliver_options *opts)
{
	const struct identity *who = opts->user.name ? &opts->user : NULL;
	const char *why_not = who ? privilege_why_not(who) : NULL;
	char names[PRIVILEGE_NAMES];
	int err;

	if (why_not) {
		log_error("--user %s: %s", who->name, why_not);
		return false;
	}
	identity_expect(who);
	err = privilege_reduce(who, 0);
	if (err) {
		log_error("%s: %s", who ? "cannot become the user of --user" :
			  "capabilities cannot be given up", strerror(-err));
		return false;
	}
	privilege_names(names);
	log_verbose("privileges: user %s, capabilities %s", identity_user(), names);
	return true;
}

const char *privileges_spool_help(int err)
{
	if (err == -EACCES && !identity_uid())
		return "; ctagg-deliver gives up root's right to the files of others: add --user=ctagg-deliver, or another user of the spool's group";
	return "; --spool wants a spool of ctagg that this user may use";
}
