/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <zlib.h>

#include "deliver/gzip.h"

#define GZIP_FORMAT 16	/* added to windowBits: a gzip header in place of that of zlib */

struct gzip {
	z_stream z;
	int fd;
	uint64_t offset;
	bool ended;	/* of what is read */
	bool finished;	/* of what is shown */
	unsigned char input[16384];
};

int gzip_open(struct gzip **out)
{
	struct gzip *g = calloc(1, sizeof(*g));

	if (!g)
		return -ENOMEM;
	if (deflateInit2(&g->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + GZIP_FORMAT,
			 MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
		free(g);
		return -ENOMEM;
	}
	*out = g;
	return 0;
}

void gzip_begin(struct gzip *g, int fd)
{
	deflateReset(&g->z);
	g->z.avail_in = 0;
	g->fd = fd;
	g->offset = 0;
	g->ended = g->finished = false;
}

static int fill(struct gzip *g)
{
	ssize_t got = pread(g->fd, g->input, sizeof(g->input), (off_t)g->offset);

	if (got < 0)
		return -errno;
	g->offset += got;
	g->ended = !got;
	g->z.next_in = g->input;
	g->z.avail_in = (unsigned int)got;
	return 0;
}

ssize_t gzip_read(struct gzip *g, char *buffer, size_t n)
{
	int err;

	g->z.next_out = (unsigned char *)buffer;
	g->z.avail_out = (unsigned int)n;
	while (g->z.avail_out && !g->finished) {
		if (!g->z.avail_in && !g->ended) {
			err = fill(g);
			if (err)
				return err;
		}
		g->finished = deflate(&g->z, g->ended ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_END;
	}
	return (ssize_t)(n - g->z.avail_out);
}

void gzip_close(struct gzip *g)
{
	if (!g)
		return;
	deflateEnd(&g->z);
	free(g);
}
