/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>

#include "refusing_calloc.h"

size_t calloc_refused_bytes;

/* The linker has every call of calloc() come here (--wrap). */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
	if (calloc_refused_bytes && n > calloc_refused_bytes / size) {
		errno = ENOMEM;
		return NULL;
	}
	return __real_calloc(n, size);
}
