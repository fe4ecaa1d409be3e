/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_CLI_OPTIONS_CASE_H
#define CTAGG_TESTS_CLI_OPTIONS_CASE_H

#include "cli/options.h"

/* Command lines for tests: words without the program's name, at most 15 of them; NULL follows
 * the last one. */
enum options_result parse(struct options *opts, const char *const words[]);
#define PARSE(opts, ...) parse((opts), (const char *const[]){ __VA_ARGS__ __VA_OPT__(,) NULL })

/* The command line is refused in one line. Returns this line, without "ctagg: " and the newline,
 * in a static array. */
const char *refused(const char *const words[]);

/* The command line is refused, in one line that has the option and the value in it. */
void expect_wrong(const char *const words[], const char *option, const char *value);

#endif
