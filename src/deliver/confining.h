/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_CONFINING_H
#define CTAGG_DELIVER_CONFINING_H

#include "deliver/options.h"
#include "host/denied.h"

/* Confine ctagg-deliver (confine/confine.h) to what the options need from now on, and say so with -v:
 * when it sends, once everything is set up; otherwise before anything is opened. */
void deliver_confine(const struct deliver_options *opts);

/* As denied_help() of host/denied.h, of a file of this program's that is replaced as a whole; and what
 * to do when another folder has taken the place of the one in which the file may be changed. */
void deliver_denied_help(char help[DENIED_SIZE], int err, const char *path);

#endif
