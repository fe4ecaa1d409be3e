/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_FLOW_NAIVE_SELECT_H
#define CTAGG_TESTS_FLOW_NAIVE_SELECT_H

#include "flow/select.h"

/* The oracle of flow_select_holds() and of the filter: it looks at every item of every list, at
 * one bit after the other, and makes no difference between conditions on one end and on both. */
bool naive_select_holds(const struct flow_select *s, const struct flow_event *ev);

#endif
