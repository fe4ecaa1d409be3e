/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_VALUES_H
#define CTAGG_SINK_VALUES_H

#include <string.h>
#include <sys/socket.h>

#include "flow/key_layout.h"
#include "flow/label.h"
#include "flow/proto.h"
#include "sink/text.h"

/* The JSON values of facts, the same in records and in event lines. Each function writes at p
 * and returns where the text ends; inline, as every line has them. */

/* Without quotes; at most 45 bytes. addr: see flow/address.h. */
static inline char *value_address(char *p, __u8 family, const __u8 addr[16])
{
	return family == AF_INET ? text_ipv4(p, addr + 12) : text_ipv6(p, addr);
}

/* The name or the number, in quotes; null where the protocol is unknown. */
static inline char *value_protocol(char *p, __u8 family, __u8 l4)
{
	const char *name = proto_name(l4);

	if (!proto_is_known(family, l4))
		return TEXT(p, "null");
	*p++ = '"';
	p = name ? text_literal(p, name, strlen(name)) : text_u64(p, l4);
	*p++ = '"';
	return p;
}

/* In quotes; dir is one of enum flow_dir. */
static inline char *value_direction(char *p, __u8 dir)
{
	switch (dir) {
	case FLOW_DIR_IN:
		return TEXT(p, "\"in\"");
	case FLOW_DIR_OUT:
		return TEXT(p, "\"out\"");
	case FLOW_DIR_LOCAL:
		return TEXT(p, "\"local\"");
	}
	return TEXT(p, "\"forward\"");
}

/* The name of a device, which is not "", in quotes; null where the name is unknown. */
static inline char *value_device(char *p, const char name[DEVICE_NAME_BYTES])
{
	if (*name == *DEVICE_UNKNOWN)
		return TEXT(p, "null");
	*p++ = '"';
	p = text_escaped(p, name, strnlen(name, DEVICE_NAME_BYTES));
	*p++ = '"';
	return p;
}

/* The longest name of a table or a chain, in bytes with escapes: nft(8) takes names of up to 255
 * bytes, none of which needs an escape. */
#define VALUE_MAX_NAME 256

/* "FAMILY/TABLE/CHAIN/HANDLE" of a label with exactly one rule. Table and chain are cut to max
 * bytes each, and *cut becomes true then; the handle never is cut. */
static inline char *value_rule(char *p, const struct label *label, size_t max, bool *cut)
{
	*p++ = '"';
	p = text_literal(p, label->family_name, strlen(label->family_name));
	*p++ = '/';
	p = text_escaped_max(p, label->table, strlen(label->table), max, cut);
	*p++ = '/';
	p = text_escaped_max(p, label->chain, strlen(label->chain), max, cut);
	*p++ = '/';
	p = text_u64(p, label->handle);
	*p++ = '"';
	return p;
}

#endif
