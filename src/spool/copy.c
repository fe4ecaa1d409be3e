/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <unistd.h>

#include "spool/copy.h"
#include "spool/free.h"

int spool_copy(struct spool_bound *const *spools, size_t n, int dirfd, int to, int from,
	       struct spool_dropped *dropped)
{
	char text[32768];
	off_t offset = 0;
	ssize_t len;
	int err = 0;

	while (!err && (len = pread(from, text, sizeof(text), offset))) {
		if (len < 0 && errno == EINTR)
			continue;
		err = len < 0 ? -errno :
		      spool_free_write(spools, n, dirfd, to, text, len, offset, dropped);
		offset += len;
	}
	return err;
}
