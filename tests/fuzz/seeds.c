/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "source/message.h"

/* Write inputs for the fuzz targets to begin with: seeds TARGET DIRECTORY. */

static int write_seed(const char *dir, int n, const void *bytes, size_t len)
{
	char path[4096];
	FILE *out;

	snprintf(path, sizeof(path), "%s/seed-%03d", dir, n);
	out = fopen(path, "w");
	if (!out || fwrite(bytes, 1, len, out) != len || fclose(out)) {
		perror(path);
		return 1;
	}
	return 0;
}

static int conntrack_seeds(const char *dir)
{
	struct random r = random_from(1);
	struct message_spec s;
	struct message m;
	int failed = 0;

	for (int i = 0; i < 200; i++) {
		message_random(&s, &r);
		message_build(&m, &s);
		failed |= write_seed(dir, i, m.bytes, m.len);
	}
	return failed;
}

static int text_seeds(const char *dir)
{
	static const char *const texts[] = {
		"DROP in=eth0 \"new\" \\ /", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\x1b[31m\x7f\n",
		"\xed\xa0\x80\xf4\x90\x80\x80\xc0\x80\xe0\x80\x80", "\xe2\x82", "\xff\xfe",
	};
	int failed = 0;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		failed |= write_seed(dir, i, texts[i], strlen(texts[i]));
	return failed;
}

int main(int argc, char *argv[])
{
	if (argc == 3 && !strcmp(argv[1], "conntrack"))
		return conntrack_seeds(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "text"))
		return text_seeds(argv[2]);
	fprintf(stderr, "usage: seeds conntrack|text DIRECTORY\n");
	return 2;
}
