/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_HTTP_TEXT_H
#define CTAGG_DELIVER_HTTP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cli/refusal.h"

/* Texts of a request by HTTP, without a connection. */

/* The URL with the name in place of each {name}, as percent-encoding (RFC 3986, 2.1) writes it.
 * Returns a string that the caller frees; NULL without memory. */
char *http_url_of(const char *url, const char *name);

/* Headers that a file holds, one `Name: value' a line; the lines are in the order of the file.
 *
 * lines  n strings; without spaces at the end
 * mode   of the file: who can read it
 */
#define HTTP_HEADERS_MAX 64
#define HTTP_HEADERS_ROOM 65536

struct http_headers {
	char *text;	/* what the lines point into */
	const char *lines[HTTP_HEADERS_MAX];
	size_t n;
	mode_t mode;
};

/* Read a file of headers; empty lines in it are skipped. Returns 0 and headers for http_headers_free();
 * or -errno with the reason, which names a line by its number and never shows what is in it: -EINVAL
 * for what is no regular file (a pipe is empty for the next request), what is no header, a header
 * that ctagg-deliver writes itself, or too many bytes or lines; -ENOMEM; or what open(2) and read(2)
 * say. */
int http_headers_read(struct http_headers *out, const char *path, struct refusal *why);
void http_headers_free(struct http_headers *h);

/* Whether a header of this name, in any case, is among them. */
bool http_headers_have(const struct http_headers *h, const char *name);

#endif
