/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SPOOL_TORN_H
#define CTAGG_SPOOL_TORN_H

#include <stdint.h>

#include "spool/dir.h"

/* Move files that programs have left half written in tmp/ to dead/NAME.torn; what nobody has
 * locked is left, however its program ended. *torn: how many windows were moved. Other files of
 * tmp/ stay. Returns 0 or -errno. */
int spool_set_torn_aside(const struct spool_dir *d, uint64_t *torn);

/* What follows the name of a torn file. */
#define SPOOL_TORN ".torn"

#endif
