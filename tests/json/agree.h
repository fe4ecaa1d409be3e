/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_JSON_AGREE_H
#define CTAGG_TESTS_JSON_AGREE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the reader of flat objects and jansson, which is the oracle, agree on these bytes: both
 * refuse them; or both take them and see the same names and values; or jansson takes them and
 * the reader refuses them for one of the reasons that json/flat.h lists. *taken: the reader takes
 * them, without flat_allow(). The unit tests and the fuzzer ask the same. */
bool json_agree(const char *bytes, size_t len, bool *taken);

#endif
