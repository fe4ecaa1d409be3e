/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_FUZZ_SELECT_TEXT_H
#define CTAGG_TESTS_FUZZ_SELECT_TEXT_H

#include "flow/select.h"

/* A selection is what options can say: its lists are in bounds, ranges do not end before they begin, and
 * written as a line of conditions it is read as the same selection. Aborts where that is not so. */
void select_is_sound(const struct flow_select *select);

#endif
