/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_SYSLOG_H
#define CTAGG_DELIVER_SYSLOG_H

#include <stddef.h>

/* Room for any header that syslog_header() writes. */
#define SYSLOG_HEADER_MAX 512

/* Write what stands before a record in a message of RFC 5424, the space at its end included:
 *
 *   <30>1 TIME HOST ctagg RUN TYPE -
 *
 * TIME, HOST, RUN and TYPE are the record's window_end, host, run and type; `-' stands for one
 * that the record does not have. 30 is facility daemon, severity informational. Bytes that a
 * header cannot hold become `_', and what is longer than RFC 5424 (6) allows is cut. The line has n
 * bytes. Returns the length; there is no '\0'. */
size_t syslog_header(char out[SYSLOG_HEADER_MAX], const char *line, size_t n);

#endif
