/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_LISTING_H
#define CTAGG_DELIVER_LISTING_H

#include "deliver/options.h"

/* --list: print the files of the spool, oldest first, and then the dead letters: a line each, with
 * tabs between `new' or `dead', the name, how many bytes the file has and, of a dead letter, the
 * number of attempts and the last answer. Nothing is changed. */
int listing_run(const struct deliver_options *opts);

/* --retry-dead: move the dead letters back to new/, and send nothing. A name that new/ has stays
 * where it is. Both return the exit status; errors have been said. */
int listing_retry_dead(const struct deliver_options *opts);

#endif
