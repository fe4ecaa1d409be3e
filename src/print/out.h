/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PRINT_OUT_H
#define CTAGG_PRINT_OUT_H

#include <stddef.h>

/* Text on its way to a descriptor. The first error stays: nothing is written after it. A descriptor
 * with O_NONBLOCK, which a program that started this one can have set, is waited for. */
struct out {
	int fd, err;
	size_t len;
	char text[1 << 16];
};

void out_put(struct out *o, const char *text, size_t len);
void out_text(struct out *o, const char *text);
void out_times(struct out *o, char c, size_t n);	/* the same character n times */

/* Write what there is. Returns 0, or -errno of the first error. */
int out_flush(struct out *o);

#endif
