/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_HTML_CASE_H
#define CTAGG_TESTS_HTML_CASE_H

#include <stddef.h>

/* What is wrong with HTML of a report, which has no script: an element that reports do not have or
 * that is not closed, an attribute that begins with `on', a control character, bytes that are not
 * UTF-8, a `<' or `>' that is none of a tag. NULL: nothing is. Static. */
const char *html_fault(const char *html, size_t len);

#endif
