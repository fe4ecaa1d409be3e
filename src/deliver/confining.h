/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_CONFINING_H
#define CTAGG_DELIVER_CONFINING_H

#include "deliver/options.h"

/* Confine ctagg-deliver (confine/confine.h) to what the options need from now on, and say so with -v:
 * when it sends, once everything is set up; otherwise before anything is opened. */
void deliver_confine(const struct deliver_options *opts);

#endif
