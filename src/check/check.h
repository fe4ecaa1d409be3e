/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CHECK_CHECK_H
#define CTAGG_CHECK_CHECK_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/options.h"

/* How much a cause keeps away, worst first. */
enum check_severity {
	CHECK_NOTHING_COMES,	/* "error" */
	CHECK_INCOMPLETE,	/* "warning" */
	CHECK_LESS_DETAIL,	/* "note" */
};

/* One thing that keeps data away: its name, for programs; what it is; and the
 * command that mends it. */
struct cause {
	enum check_severity severity;
	const char *name;	/* static */
	char text[256], command[256];
};

struct causes {
	struct cause list[64];
	size_t n;
};

/* Look at everything that would keep away what the options ask for, in the network
 * namespace of the calling thread. The causes come worst first. */
void check_all(struct causes *causes, const struct options *opts);

/* Whether something explains that no connection is reported: events are off, or
 * nothing uses connection tracking. A few system calls. */
bool check_explains_silence(void);

/* Write a line for each cause; as text, or each as a JSON object. */
void check_print(FILE *out, const struct causes *causes, const char *host, bool json);

#endif
