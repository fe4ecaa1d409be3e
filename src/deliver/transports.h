/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_TRANSPORTS_H
#define CTAGG_DELIVER_TRANSPORTS_H

#include "deliver/transport.h"

/* Whether the options name a destination. */
bool transports_wanted(const struct deliver_options *opts);

/* Open and describe the transport of the one destination that the options name. */
transport_open_fn transports_open;
transport_describe_fn transports_describe;

#endif
