/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_REFUSING_CALLOC_H
#define CTAGG_TESTS_REFUSING_CALLOC_H

#include <stddef.h>

/* calloc() refuses whatever is larger than this; 0: it refuses nothing. */
extern size_t calloc_refused_bytes;

#endif
