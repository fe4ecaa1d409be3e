/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_HTML_H
#define CTAGG_REPORT_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "report/counts.h"

/* Texts, numbers and times in HTML. The caller looks for the errors of `out'. */

/* A text of len bytes from outside, as content of an element or in an attribute between double
 * quotes: characters that mean something in HTML are escaped, control characters become `?'. At
 * most max bytes of it are written, whole characters, and an ellipsis where it is cut. */
void html_text(FILE *out, const char *text, size_t len, size_t max);

/* A text from outside as an element that keeps its direction of writing to itself. A long one is
 * cut, and its title has all of it. Nothing at all is shown as `(empty)'. */
void html_bdi(FILE *out, const char *text, size_t len);

/* A number as people read it, with the exact one in the element: <data value="1234567">. In full,
 * 1,234,567; or as bytes, 1.2 MB, with the exact number as a title. Of a value that is at least
 * so much, with a sign in front; a dash for one that is not known. */
void html_count(FILE *out, uint64_t n);
void html_bytes(FILE *out, uint64_t n);
void html_value(FILE *out, struct report_value v, bool bytes);

/* The same where there is little room: a number of more than seven digits is shown as 12.3 M. */
void html_short(FILE *out, struct report_value v, bool bytes);

/* 1.2 M, 12, 0.05: for scales and titles; suffix: "B/s". size is 32 at least. */
size_t html_rate(char *to, size_t size, double rate, const char *suffix);

/* A time, 2026-11-21 01:00:00, in an element with the exact one. */
void html_time(FILE *out, uint64_t ns);

/* A length of time: 1 d 2 h, 3 min 20 s, 0.25 s. */
void html_length(FILE *out, uint64_t ns);

/* A share of a whole: 12.3 %, rounded down; and with a bar. Nothing when there is no whole. */
void html_percent(FILE *out, uint64_t part, uint64_t whole);
void html_share(FILE *out, uint64_t part, uint64_t whole);

/* What a noun ends with behind this number. */
static inline const char *html_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

#endif
