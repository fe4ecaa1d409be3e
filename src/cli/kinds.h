/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_KINDS_H
#define CTAGG_CLI_KINDS_H

#include "cli/row.h"

/* Kinds of values that several options share; each writes the row's member. */

option_take_fn take_flag;	/* without a value: stores the row's; a bool, an enum, a number */
option_take_fn take_number;	/* from min to max; into a number */
option_take_fn take_size;	/* bytes, with a suffix, from min to max; into a number */
option_take_fn take_duration;	/* into nanoseconds, a uint64_t */
option_take_fn take_text;	/* not empty; into a const char *, which is lent */
option_take_fn take_user;	/* the name of a user; into a struct identity, which has the name lent */
option_take_fn take_output;	/* as take_text(); stores NULL for "-" */
option_take_fn take_choice;	/* one of choices, or without a value the row's; an enum */
option_take_fn take_choices;	/* a list of choices, added to a set of their values */
option_take_fn take_numbers;	/* a list of numbers up to max; into a struct flow_numbers */
option_take_fn take_ports;	/* a list of ports and services; into a struct flow_numbers */
option_take_fn take_marks;	/* a list of marks; into a struct flow_marks */
option_take_fn take_protocols;	/* a list of protocols; into a struct flow_numbers */
option_take_fn take_directions;	/* a list of directions; into a struct flow_numbers */
option_take_fn take_networks;	/* a list of networks; into a struct flow_networks */

#endif
