/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>

#include "labelfile/reader.h"

static int open_none(struct labelfile_reader **out, const struct labelfile_common *common,
		     struct refusal *why)
{
	(void)out;
	refuse(why, "%s: this %s was built without libmaxminddb", common->path, PACKAGE_NAME);
	return -ENOTSUP;
}

const struct labelfile_functions labelfile_mmdb = { .open = open_none };
