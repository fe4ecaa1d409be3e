/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_HTTP_H
#define CTAGG_DELIVER_HTTP_H

#include "deliver/transport.h"

/* The transport of --url: each file is the body of a POST by HTTP or HTTPS; answer.h says what an
 * answer means. Whatever ends without a whole answer may be taken later: a name that is not
 * resolved, a refused connection, a certificate that is not the host's, an answer that breaks off,
 * or nothing sent and nothing answered for the time of --timeout. The connection is kept for the
 * next file. The file of headers is read for each attempt, so that a token can be replaced.
 *
 * A SIGPIPE that the program does not ignore would end it: TLS writes to connections that are
 * closed. */
transport_open_fn http_open;
transport_describe_fn http_describe;

#endif
