/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of flat JSON objects: it takes what jansson takes, but for nesting, and sees the
 * same names and values. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "fuzz/targets.h"
#include "json/agree.h"

int fuzz_flat(const uint8_t *data, size_t size)
{
	bool taken;

	if (!json_agree((const char *)data, size, &taken))
		abort();
	return 0;
}
