/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_SYNTAX_H
#define CTAGG_CLI_SYNTAX_H

#include "cli/row.h"

/* Options with a syntax of their own. Each function writes the members of struct options that
 * its option is about. */

option_take_fn take_window;	/* a duration, or a list: the window and its levels */
option_take_fn take_groups;	/* NFLOG groups, added to those given before */
option_take_fn take_changes;	/* which changes are printed, `changed' perhaps from a share on */
option_take_fn take_top;	/* how many flows, and perhaps by which of the row's choices */

option_take_fn take_key;	/* the fields of a flow, as they are typed too */

option_take_fn take_distinct;	/* a field as in the key, of which values are counted */

option_take_fn take_tag;	/* KEY=VALUE, added to those given before */

option_take_fn take_labels;	/* a file, added to those given before */
option_take_fn take_own;	/* addresses */
option_take_fn take_seed;
option_take_fn take_kernel_drops;	/* names of reasons; without a value the default one */

/* The changes that --changes knows. */
extern const struct options_choice options_change_words[];

/* The counters that --top knows; the first one is the default. */
extern const struct options_choice options_top_counters[];

#endif
