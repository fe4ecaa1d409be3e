/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HASH_TEXT_STREAM_H
#define CTAGG_HASH_TEXT_STREAM_H

#include <stddef.h>
#include <stdio.h>

/* Text that is printed into memory. open_memstream() does so too; but when it finds no memory for more, glibc (2.36) drops
 * what fprintf() was given and sets no error, neither for ferror() nor for fclose(): the text has a hole. */

/* Open a stream whose text is in *text, *len bytes, after text_stream_close(). Returns NULL without memory. */
FILE *text_stream_open(char **text, size_t *len);

/* Close the stream. Returns 0 and the whole text, which the caller frees; or -ENOMEM, with *text NULL. */
int text_stream_close(FILE *stream, char **text);

#endif
