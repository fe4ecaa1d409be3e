/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_BINDING_H
#define CTAGG_DELIVER_BINDING_H

#include "deliver/options.h"
#include "spool/dir.h"

/* Bind the spool to the destination of the options (DIR/destination), or see that it is bound to
 * that one; with --rebind it is bound anew. Returns 0, or an exit status after a message: 2 for
 * a spool that is bound to another destination. */
int binding_check(const struct spool_dir *d, const struct deliver_options *opts);

#endif
