/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_GZIP_H
#define CTAGG_DELIVER_GZIP_H

#include <stddef.h>
#include <sys/types.h>

/* A file, compressed as it is read (gzip, RFC 1952): memory does not grow with the file. */
struct gzip;

/* Returns 0 and a stream that the caller owns; or -ENOMEM with *out untouched. */
int gzip_open(struct gzip **out);

/* Begin with the first byte of fd, which is lent and read by pread(2). */
void gzip_begin(struct gzip *g, int fd);

/* The next bytes of the compressed file, at most n (> 0). Returns how many; 0 at the end; or -errno
 * of pread(2). */
ssize_t gzip_read(struct gzip *g, char *buffer, size_t n);

void gzip_close(struct gzip *g);	/* NULL is fine */

#endif
