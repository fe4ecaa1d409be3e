/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_HTTP_SETUP_H
#define CTAGG_DELIVER_HTTP_SETUP_H

#include <curl/curl.h>

#include "cli/refusal.h"
#include "deliver/options.h"

/* Check what --url and the options beside it say, say so when a file with secrets can be read by
 * others, and set on the handle what all requests have in common. Returns 0; or -errno with the
 * reason: -EINVAL for a URL that is none or a file of headers that is wrong, or why a file cannot be
 * read. */
int http_setup(CURL *easy, const struct deliver_options *opts, struct refusal *why);

#endif
