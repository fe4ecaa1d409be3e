/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_METRICS_REPLACE_H
#define CTAGG_METRICS_REPLACE_H

#include <stddef.h>

/* Put a file with these len bytes in place of the file at path, which need not be there: a reader
 * of path sees all of the old file or all of the new one. The new file has mode 0644 whatever the
 * umask is, because another user, that of prometheus-node-exporter, reads it. It is written beside
 * path under the name PATH.PID.new, which node_exporter does not read because the name does not end
 * in .prom. Nothing is written to the disk at once: after a power cut the file is that of an
 * earlier time, or empty, until it is replaced again.
 *
 * Returns 0 or -errno, with path as it was: -EMEDIUMTYPE path is there and no regular file (a
 * directory, a device, a symbolic link), -ENOMEM, or what open(2), write(2) and rename(2) say. */
int metrics_replace(const char *path, const char *text, size_t len);

#endif
