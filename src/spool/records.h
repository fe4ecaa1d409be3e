/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SPOOL_RECORDS_H
#define CTAGG_SPOOL_RECORDS_H

#include <stdint.h>

/* How many lines the file of a window has: its last line, the `window` record, says how many are
 * before it. In a file without such a last line the newlines are counted. Returns 0 or -errno. */
int spool_records(int fd, uint64_t *records);

#endif
