/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_WAITING_H
#define CTAGG_DELIVER_WAITING_H

#include <stdbool.h>
#include <stdint.h>

/* What a deliverer waits for: SIGTERM and SIGINT, which are blocked from waiting_open() on, new
 * files, and a time.
 *
 * stop_fd   readable after one of the signals, for good: nobody reads it
 * files_fd  readable when a file has come; -1: new files are looked for every second
 */
struct waiting {
	int stop_fd, files_fd;
};

/* dir: the path of the directory in which files come. Returns 0 or -errno. */
int waiting_open(struct waiting *w, const char *dir);
void waiting_close(struct waiting *w);

/* Whether one of the signals has come. */
bool waiting_is_over(const struct waiting *w);

/* Wait until this time (clock_monotonic_ns()), or for one of the signals; with for_files also for a
 * new file. */
void waiting_until(const struct waiting *w, uint64_t until_ns, bool for_files);

#endif
