/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libFuzzer calls: the target FUZZ_ONE, which the Makefile names. */
#include "config.h"

#include "fuzz/targets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int result = FUZZ_ONE(data, size);

	if (result == FUZZ_CANNOT)
		_Exit(FUZZ_CANNOT);
	return result;
}
