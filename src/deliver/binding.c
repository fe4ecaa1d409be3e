/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "cli/log.h"
#include "deliver/binding.h"
#include "deliver/transports.h"
#include "spool/replace.h"

static int bind_to(const struct spool_dir *d, char text[TRANSPORT_DESTINATION_SIZE + 1])
{
	size_t len = strlen(text);
	int err;

	memcpy(text + len, "\n", 2);
	err = spool_replace(d, "destination", text, true);
	if (err)
		log_error("%s/destination: %s; it has to be written", d->path, strerror(-err));
	return err ? 1 : 0;
}

int binding_check(const struct spool_dir *d, const struct deliver_options *opts)
{
	char wanted[TRANSPORT_DESTINATION_SIZE + 1], bound[TRANSPORT_DESTINATION_SIZE + 1];
	ssize_t len = spool_read(d, "destination", bound, sizeof(bound), NULL);

	transports_describe(opts, wanted);
	if (len == -ENOENT || (opts->rebind && len < 0))
		return bind_to(d, wanted);
	if (len < 0) {
		log_error("%s/destination: %s", d->path, strerror((int)-len));
		return 1;
	}
	bound[strcspn(bound, "\n")] = '\0';
	if (!strcmp(bound, wanted))
		return 0;
	if (opts->rebind)
		return bind_to(d, wanted);
	log_error("%s is bound to: %.300s, and this would be: %.300s; give --rebind to deliver it there",
		  d->path, bound, wanted);
	return 2;
}
