/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_SPOOL_SPOOL_CASE_H
#define CTAGG_TESTS_SPOOL_SPOOL_CASE_H

#include "spool/dir.h"
#include "spool/name.h"

/* What the tests of spools share. A function that fails ends the test. */

/* Each case has a directory of its own, and works in it: the spool is `spool' there. */
void enter_spool(void);
void remove_spool(void);

/* Open the spool `spool', which is made. */
struct spool_dir made_spool(void);

/* The name of the window of a minute that begins at minute n from a certain day on; n is less than
 * nine days. */
const char *window_name(unsigned int n);

/* Make the file PATH with this text. */
void make_file(const char *path, const char *text);

/* Make spool/PART/NAME of window n, with a `window` record that says `records` records. */
void make_window(const char *part, unsigned int n, unsigned int records);

/* Whether spool/PART/NAME of window n is there. */
bool has_window(const char *part, unsigned int n);

bool exists(const char *path);

#endif
