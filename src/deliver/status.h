/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_STATUS_H
#define CTAGG_DELIVER_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "deliver/delivered.h"
#include "deliver/options.h"

/* --status: how it stands with a spool, as an operator and as Nagios want to know it. */

/* As the exit status of a check of Nagios. */
enum status_state {
	STATUS_OK,
	STATUS_WARNING,
	STATUS_CRITICAL,
	STATUS_UNKNOWN,		/* the spool cannot be read */
};

/* What the files of a spool say.
 *
 * now_ns        when they were read
 * pending       windows that wait in new/
 * oldest        the name of the oldest of these, "" when none waits
 * oldest_age_ns how long ago the window of this name ended, by the name: its start and its nominal
 *               length
 * dead          dead letters; torn files are none
 * delivered     what the deliverer says
 * last          name of the window that ctagg wrote last, "": it has written none yet, or DIR/last
 *               cannot be understood
 * last_ns       when it was written
 * window_ms     length of the shortest windows; 0: snapshots, of which none need follow
 */
struct status {
	uint64_t now_ns;
	uint64_t pending, dead, oldest_age_ns;
	char oldest[SPOOL_NAME_MAX];
	struct delivered delivered;
	char last[SPOOL_NAME_MAX];
	uint64_t last_ns, window_ms;
};

/* Read the spool as it is at the time now_ns. Returns 0 or -errno. */
int status_read(struct status *s, const struct spool_dir *d, uint64_t now_ns);

/* How old DIR/last is. */
uint64_t status_last_age_ns(const struct status *s);

/* Whether ctagg is dead: DIR/last is older than twice the length of its windows. */
bool status_ctagg_is_dead(const struct status *s);

/* The worst of all that is to be said: each limit counts from its value on. */
enum status_state status_state(const struct status *s, const struct status_limits *warning,
			       const struct status_limits *critical);

/* Print the spool's status on standard output. Returns enum status_state. */
int status_run(const struct deliver_options *opts);

#endif
