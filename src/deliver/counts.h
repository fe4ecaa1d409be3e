/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_COUNTS_H
#define CTAGG_DELIVER_COUNTS_H

#include <stdint.h>

/* What a deliverer has done since it began.
 *
 * delivered, bytes  files that were taken, and what was in them
 * attempts          how often a file was sent, those that were taken included
 * failures          attempts after which a file is tried again
 * dead              files that were given up
 * skipped           lines of delivered files that were not sent: too long, or no records
 */
struct deliver_counts {
	uint64_t delivered, bytes, attempts, failures, dead, skipped;
};

#endif
