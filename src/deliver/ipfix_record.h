/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_IPFIX_RECORD_H
#define CTAGG_DELIVER_IPFIX_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deliver/ipfix_elements.h"

/* What a line of ctagg says, as values of information elements.
 *
 * number   of elements of up to 8 bytes. An IPv4 address is one, too: 192.0.2.1 is 0xc0000201
 * address  of IPv6, network order
 * text     of strings: UTF-8 in the record's `texts', len bytes
 */
union ipfix_value {
	uint64_t number;
	uint8_t address[16];
	struct {
		uint16_t at, len;
	} text;
};

#define IPFIX_TEXTS 4096	/* a line has no more bytes */

/* has      which elements have a value. What is unknown or absent in the line has none, and is
 *          never 0
 * options  the record is about the exporter and a window of it (RFC 7011, 3.4.2.2)
 */
struct ipfix_record {
	bool has[IPFIX_N];
	union ipfix_value of[IPFIX_N];
	bool options;
	size_t n_texts;
	char texts[IPFIX_TEXTS];
};

enum ipfix_line {
	IPFIX_LINE_NONE,	/* a line that says nothing of traffic that other lines do not say */
	IPFIX_LINE_RECORD,
};

/* Make a record of a line of n bytes, without its newline.
 *
 *   flow, other   a biflow: source to destination is the forward direction (RFC 5103), from the
 *                 beginning of the window to its end. `other' has no key. Of a snapshot, counters
 *                 are totals
 *   window        an options record: bounds and sums of the window, so that a collector can tell
 *                 whether all of it arrived
 *   event         a record of the NAT log, or none (ipfix_nat.h)
 *   all others    IPFIX_LINE_NONE
 *
 * Returns an enum ipfix_line; or -EBADMSG when the line is no JSON object as ctagg writes them, and
 * *out is undefined. */
int ipfix_record_read(struct ipfix_record *out, const char *line, size_t n);

#endif
