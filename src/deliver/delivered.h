/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_DELIVERED_H
#define CTAGG_DELIVER_DELIVERED_H

#include <stdint.h>

#include "spool/dir.h"
#include "spool/name.h"

/* The file DIR/delivered, in which a deliverer says how it goes:
 *
 *	NAME TIME		the file that was delivered last, and when; `- -': none yet
 *	error TIME TEXT		only while the last attempt has failed
 *
 * name      "": none yet
 * time_ns   when it was delivered, since 1970
 * error     "": the last attempt has not failed
 * error_ns  when it failed
 */
struct delivered {
	char name[SPOOL_NAME_MAX];
	uint64_t time_ns;
	char error[256];
	uint64_t error_ns;
};

/* Write or read the file. Reading gives up what is not written as above, as if it were missing.
 * Return 0 or -errno: -ENOENT there is none. */
int delivered_write(const struct spool_dir *d, const struct delivered *in);
int delivered_read(const struct spool_dir *d, struct delivered *out);

#endif
