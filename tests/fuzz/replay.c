/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every fuzz target takes its seeds, and the inputs that were kept of former runs, without a fuzzer. So a target
 * that no longer fits the code is seen at once, with every compiler. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "fuzz/targets.h"
#include "table/tap.h"

struct replayed {
	int (*target)(const uint8_t *data, size_t size);
	int result;
};

/* Memory of its own, so that a read past the end is seen. */
static void replay_one(const void *bytes, size_t len, void *arg)
{
	struct replayed *r = arg;
	uint8_t *copy = malloc(len ? len : 1);

	must(copy);
	memcpy(copy, bytes, len);
	if (!r->result)
		r->result = r->target(copy, len);
	free(copy);
}

/* The inputs of a file in the folder. Returns how many there are, 0 where there is no such file, or -errno: then not
 * all of them were taken. */
static int replay_file(const char *folder, const char *name, struct replayed *r)
{
	const char *source = getenv("srcdir");
	char path[4096];
	int n;

	snprintf(path, sizeof(path), "%s/tests/fuzz/%s/%s.txt", source ? source : ".", folder, name);
	n = corpus_each(path, replay_one, r);
	return n == -ENOENT ? 0 : n;
}

static void replay(const char *name, int (*target)(const uint8_t *data, size_t size))
{
	struct replayed r = { .target = target };
	int made = seeds_each(name, replay_one, &r), written = replay_file("begin", name, &r);
	int kept = replay_file("corpus", name, &r);
	char what[64];

	replay_one("", 0, &r);
	snprintf(what, sizeof(what), "%s%s", name, r.result == FUZZ_CANNOT ? " # SKIP cannot run here" : "");
	printf("# %s: %d seeds, %d inputs written by hand, and %d that were kept\n", name, made, written, kept);
	tap_result(written >= 0 && made + written > 0 && kept > 0 && (!r.result || r.result == FUZZ_CANNOT), what);
}

int main(void)
{
#define FUZZ_ROW(name) { #name, fuzz_##name },
	static const struct {
		const char *name;
		int (*target)(const uint8_t *data, size_t size);
	} targets[] = { FUZZ_TARGETS(FUZZ_ROW) };

	tap_plan(sizeof(targets) / sizeof(targets[0]));
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		replay(targets[i].name, targets[i].target);
	return tap_status();
}
