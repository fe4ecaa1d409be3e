/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_REPLACE_H
#define CTAGG_HOST_REPLACE_H

#include <stddef.h>

/* The mode of the new file.
 *
 * REPLACE_READABLE  0644 whatever the umask is: another user reads the file
 * REPLACE_PRIVATE   0640, less what the umask takes, as of all outputs of ctagg
 */
enum replace_mode { REPLACE_READABLE, REPLACE_PRIVATE };

/* Put a file with these len bytes in place of the file at path, which need not be there: a reader
 * of path sees all of the old file or all of the new one. It is written beside path under the name
 * PATH.PID.new, which who reads all files that end as path does will not see. Nothing is written to the disk at once: after a power cut the file is that of an
 * earlier time, or empty, until it is replaced again.
 *
 * Returns 0 or -errno, with path as it was: -EMEDIUMTYPE path is there and no regular file (a
 * directory, a device, a symbolic link), -ENOMEM, or what open(2), write(2) and rename(2) say. */
int replace_file(const char *path, const char *text, size_t len, enum replace_mode mode);

#endif
