/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_BESIDE_H
#define CTAGG_CLI_BESIDE_H

#include "cli/program.h"

/* Whether each option that is given has the one that it needs, and none does nothing beside
 * another one. Of several contradictions only the first is said: first an option that is missing,
 * then options that do nothing together. Returns OPTIONS_RUN; or OPTIONS_WRONG, after a message. */
enum options_result options_beside(const struct option_program *p,
				   const bool given[OPTIONS_MAX_ROWS]);

#endif
