/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_ENABLING_H
#define CTAGG_PIPELINE_ENABLING_H

#include "cli/options.h"
#include "enable/enable.h"

/* --enable: switch on the sysctls and hooks that the options ask for, in the network namespace
 * of the calling thread. Says what fails. Returns DONE and a handle the caller owns (*out is
 * left alone when the options ask for nothing), or FAILED with nothing changed. */
int enabling_begin(struct enable **out, const struct options *opts);

/* Put back what enabling_begin() has switched on. Says what fails. Returns DONE or FAILED. */
int enabling_end(struct enable *e);	/* NULL is fine */

#endif
