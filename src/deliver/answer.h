/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_ANSWER_H
#define CTAGG_DELIVER_ANSWER_H

#include <stddef.h>

#include "deliver/transport.h"

/* Fill in all of *out: the result, and the text, which is cut when it is too long, with `?' in
 * place of bytes that are not printable ASCII. The other members become false and 0. */
void answer_set(struct transport_answer *out, enum transport_result result, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Fill in all of *out from an answer by HTTP (RFC 9110): 2xx takes the lines; 408 (Request
 * Timeout), 425 (Too Early), 429 (Too Many Requests) and 5xx may take them later; any other status
 * never will, a redirection (3xx) among them, which is not followed.
 *
 * retry_after_s  from Retry-After; 0: there was none. Only counts where the lines may be taken
 *                later
 * body, n        the beginning of the answer's body, which tells people more; n is 0 for none */
void answer_set_http(struct transport_answer *out, long status, unsigned int retry_after_s,
		     const char *body, size_t n);

#endif
