/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_IPFIX_H
#define CTAGG_DELIVER_IPFIX_H

#include "deliver/transport.h"

/* The transport of --ipfix and --ipfix-file: each line becomes a record (ipfix_record.h). A file is
 * taken when ipfix_way.h says that its messages have arrived. Lines of which no record can be made
 * because they are no JSON objects are left out and counted as skipped. */
transport_open_fn ipfix_open;
transport_describe_fn ipfix_describe;

#endif
