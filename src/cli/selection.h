/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_SELECTION_H
#define CTAGG_CLI_SELECTION_H

#include "cli/kinds.h"
#include "cli/ranges.h"
#include "cli/row.h"
#include "flow/select.h"

/* An option that says what is counted is given once. If a second one replaced the first one, or
 * added to it, half of the readers would take the records for another answer. Of other options
 * with one value the last one holds; -g and --enable add up. */
#define ONE_LIST "put all of it in one list, separated by commas"

/* The conditions on flows: the rows of options that write into a struct flow_select.
 *
 * type    of what the options are read into
 * prefix  of the members of struct flow_select in that type, with the point: `select.'; or nothing
 * group   of --help
 * verb    what becomes of flows that meet the condition: "count", "show"
 */
#define SELECTION_ROWS(type, prefix, heading, verb)                                            \
	{                                                                                      \
		.name = "proto", .group = heading, .argument = "LIST",                         \
		.help = verb " only these protocols; names, numbers, ranges",                  \
		.take = take_protocols, ROW_MEMBER_OF(type, prefix proto),                     \
		.word = options_protocol, .shape = SHAPE_SELECTION,                            \
		.once = ONE_LIST,                                                              \
	}, {                                                                                   \
		.name = "src", .group = heading, .argument = "LIST",                           \
		.help = verb " only these sources; addresses, networks, ranges",               \
		.take = take_networks, ROW_MEMBER_OF(type, prefix src),                        \
		.once = ONE_LIST,                                                              \
	}, {                                                                                   \
		.name = "dst", .group = heading, .argument = "LIST",                           \
		.help = verb " only these destinations; addresses, networks, ranges",          \
		.take = take_networks, ROW_MEMBER_OF(type, prefix dst),                        \
		.once = ONE_LIST,                                                              \
	}, {                                                                                   \
		.name = "sport", .group = heading, .argument = "LIST",                         \
		.help = verb " only these source ports; numbers, services, ranges",            \
		.take = take_ports, ROW_MEMBER_OF(type, prefix sport), .shape = SHAPE_PORTS,   \
		.once = ONE_LIST,                                                              \
	}, {                                                                                   \
		.name = "dport", .group = heading, .argument = "LIST",                         \
		.help = verb " only these destination ports; numbers, services, ranges",       \
		.take = take_ports, ROW_MEMBER_OF(type, prefix dport), .shape = SHAPE_PORTS,   \
		.once = ONE_LIST,                                                              \
	}, {                                                                                   \
		.name = "addr", .group = heading, .argument = "LIST",                          \
		.help = verb " only what has one of these at either end; addresses, networks, ranges", \
		.take = take_networks, ROW_MEMBER_OF(type, prefix addr),                       \
		.once = ONE_LIST,                                                              \
	}, {                                                                                   \
		.name = "port", .group = heading, .argument = "LIST",                          \
		.help = verb " only what has one of these ports at either end; numbers, services, ranges", \
		.take = take_ports, ROW_MEMBER_OF(type, prefix port), .shape = SHAPE_PORTS,    \
		.once = ONE_LIST,                                                              \
	}, {                                                                                   \
		.name = "direction", .group = heading, .argument = "LIST",                     \
		.help = verb " only these directions; %",                                      \
		.take = take_directions, ROW_MEMBER_OF(type, prefix direction),                \
		.choices = options_direction_names, .shape = SHAPE_SELECTION,                  \
		.once = ONE_LIST,                                                              \
	}, {                                                                                   \
		.name = "zone", .group = heading, .argument = "LIST",                          \
		.help = verb " only these zones of conntrack; numbers, ranges",                \
		.take = take_numbers, ROW_MEMBER_OF(type, prefix zone), .max = UINT16_MAX,     \
		.once = ONE_LIST,                                                              \
	}, {                                                                                   \
		.name = "mark", .group = heading, .argument = "LIST",                          \
		.help = verb " only these marks of conntrack; numbers, ranges, VALUE/MASK; decimal or hexadecimal (0x10/0xf0)", \
		.take = take_marks, ROW_MEMBER_OF(type, prefix mark),                          \
		.once = ONE_LIST,                                                              \
	}

/* Whether the conditions can be met together, as far as lists show. Returns 0; or -EINVAL, and
 * *message is all that there is to say. */
int options_selection(const struct flow_select *select, struct refusal *message);

#endif
