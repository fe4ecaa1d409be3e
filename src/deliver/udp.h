/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_UDP_H
#define CTAGG_DELIVER_UDP_H

#include "deliver/transport.h"

/* The transport of --udp: each line is one datagram, without its newline; with --syslog a message of
 * RFC 5424 (as RFC 5426 sends them). A file is taken when the kernel took all of it: nobody
 * acknowledges a datagram.
 *
 * A line with which the datagram would have more than DATAGRAM_MAX bytes (datagram.h) is not sent; the
 * answer's `skipped' counts such lines. The answer is TRANSPORT_LATER when the host has no address
 * or no route, when the kernel refuses a datagram (a firewall), or when the host has said that
 * nobody listens, which is known after the first datagram at the earliest: then all of the file is
 * sent again. */
transport_open_fn udp_open;
transport_describe_fn udp_describe;

#endif
