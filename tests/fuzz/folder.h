/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_FUZZ_FOLDER_H
#define CTAGG_TESTS_FUZZ_FOLDER_H

#include <stddef.h>

/* Files of a target whose code opens files by their names. They are in a folder of this process, in
 * memory where there is /dev/shm, and go with the process. */

/* The path of a file in the folder; static, of one of the last four calls. */
const char *folder_path(const char *name);

/* Write a file of these bytes there. */
void folder_write(const char *name, const void *bytes, size_t len);

#endif
