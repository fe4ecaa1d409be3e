/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CHECK_CHECK_H
#define CTAGG_CHECK_CHECK_H

#include <stdbool.h>
#include <stdio.h>

#include "check/causes.h"
#include "cli/options.h"

/* Look at everything that would keep away what the options ask for, in the network
 * namespace of the calling thread. The causes come worst first; causes_free() takes them
 * back, whatever is returned. Returns 0, or -ENOMEM with a list that is not whole. */
int check_all(struct causes *causes, const struct options *opts);

/* Whether something explains that no connection is reported: events are off, or
 * nothing uses connection tracking. For every silent window, however short: rules are
 * read once a second at most, and for a twentieth of the time. */
bool check_explains_silence(void);

/* Write a line of printable ASCII for each cause; as text, or as a JSON object in which
 * bytes that are not UTF-8 are U+FFFD. Returns 0, or -errno of what could not be written. */
int check_print(FILE *out, const struct causes *causes, const char *host, bool json);

#endif
