/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_GROUPS_H
#define CTAGG_PIPELINE_GROUPS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"
#include "source/nflog.h"

/* The NFLOG groups that -g asks for, those of `-g auto' included. */

/* Whether -g was given. */
static inline bool groups_asked(const struct options *opts)
{
	return opts->n_groups || opts->auto_groups;
}

/* List the groups: those that -g names, then those that `-g auto' finds in the rules as they are
 * now (drop_groups()). Groups beyond NFLOG_MAX_GROUPS are left out, and *more says so. Returns how
 * many there are, or -errno from drop_groups(). */
int groups_list(uint16_t groups[NFLOG_MAX_GROUPS], const struct options *opts, bool *more);

/* Bind the groups. A group that -g names must be free; of the groups that `-g auto' finds, those
 * that other programs hold are left out, and a message names them. Returns 0 and a handle the
 * caller owns, or -errno after an error message. */
int groups_open(struct nflog **out, const struct options *opts);

#endif
