/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_CONFINING_H
#define CTAGG_PIPELINE_CONFINING_H

#include "cli/options.h"
#include "confine/confine.h"

/* Once everything is set up and capabilities are given up: confine ctagg (confine/confine.h) to what the
 * options need from then on, and say so with -v. */
void confining_apply(const struct options *opts, enum confine_mode mode);

#endif
