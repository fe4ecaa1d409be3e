/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_IPFIX_NAT_H
#define CTAGG_DELIVER_IPFIX_NAT_H

#include "deliver/ipfix_record.h"

/* The NAT log (RFC 8158, 5.6): who had which address and port of the translator, from when to when. A line of
 * ctagg --events that says that a translated connection began or ended becomes a record: its time, the
 * protocol, natEvent, and the address and port of the translated side before and behind the translation.
 *
 * The other side is left out: logs of translators are not to say with whom subscribers talk (RFC 6888,
 * REQ-12). natOriginatingAddressRealm says which side is translated: 1 the source, which is within; 2 the
 * destination, which is within. flowId is the conntrack_id of the line, so that an end finds its start.
 *
 * Returns IPFIX_LINE_RECORD; IPFIX_LINE_NONE for other events; or -EBADMSG. *out, whose `has' is all false,
 * is filled in. */
int ipfix_nat_read(struct ipfix_record *out, const char *line, size_t n);

#endif
