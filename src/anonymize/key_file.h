/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_ANONYMIZE_KEY_FILE_H
#define CTAGG_ANONYMIZE_KEY_FILE_H

#include "anonymize/anonymize.h"

/* Read the key of anonymize_open(), with the same errors. A file that others than its owner can
 * read is refused. */
int key_file_read(const char *path, uint8_t key[ANONYMIZE_KEY], const char **why);

#endif
