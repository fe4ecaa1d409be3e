/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every fuzz target takes its seeds, without a fuzzer. So a target that no longer fits the code is seen at
 * once, with every compiler. */
#include "config.h"

#include <string.h>

#include "fuzz/targets.h"
#include "table/tap.h"

struct replayed {
	int (*target)(const uint8_t *data, size_t size);
	bool good;
};

/* Memory of its own, so that a read past the end is seen. */
static void replay_seed(const void *bytes, size_t len, void *arg)
{
	struct replayed *r = arg;
	uint8_t *copy = malloc(len ? len : 1);

	must(copy);
	memcpy(copy, bytes, len);
	r->good &= r->target(copy, len) == 0;
	free(copy);
}

int main(void)
{
#define FUZZ_ROW(name) { #name, fuzz_##name },
	static const struct {
		const char *name;
		int (*target)(const uint8_t *data, size_t size);
	} targets[] = { FUZZ_TARGETS(FUZZ_ROW) };

	tap_plan(sizeof(targets) / sizeof(targets[0]));
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		struct replayed r = { .target = targets[i].target, .good = true };
		int n = seeds_each(targets[i].name, replay_seed, &r);

		tap_result(n > 0 && r.good, targets[i].name);
	}
	return tap_status();
}
