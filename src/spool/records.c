/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/records.h"

#define LINE_MAX_BYTES 4096	/* of a record, newline included */

/* Read size bytes at the offset. Returns how many there were, or -errno. */
static ssize_t read_at(int fd, char *text, size_t size, off_t offset)
{
	size_t len = 0;
	ssize_t n = 1;

	while (len < size && n) {
		n = pread(fd, text + len, size - len, offset + (off_t)len);
		if (n < 0 && errno != EINTR)
			return -errno;
		len += n > 0 ? n : 0;
	}
	return len;
}

static int count_newlines(int fd, uint64_t *lines)
{
	char text[16384];
	off_t offset = 0;
	ssize_t n;

	*lines = 0;
	while ((n = read_at(fd, text, sizeof(text), offset)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			*lines += text[i] == '\n';
		offset += n;
	}
	return n;
}

/* The value of `records` in a window record; returns -ENODATA for another line. Texts from outside
 * have their quotes escaped, so the field cannot stand inside one of them. */
static int field(const char *line, uint64_t *records)
{
	static const char type[] = "{\"type\":\"window\"", name[] = ",\"records\":";
	const char *at = strstr(line, name);

	if (strncmp(line, type, sizeof(type) - 1) || !at)
		return -ENODATA;
	*records = strtoull(at + sizeof(name) - 1, NULL, 10) + 1;
	return 0;
}

int spool_records(int fd, uint64_t *records)
{
	char text[LINE_MAX_BYTES + 2];
	struct stat st;
	ssize_t n;
	char *line;

	if (fstat(fd, &st))
		return -errno;
	n = read_at(fd, text, LINE_MAX_BYTES + 1,
		    st.st_size > LINE_MAX_BYTES + 1 ? st.st_size - (LINE_MAX_BYTES + 1) : 0);
	if (n < 0)
		return n;
	if (!n || text[n - 1] != '\n')
		return count_newlines(fd, records);
	text[n - 1] = '\0';
	line = memrchr(text, '\n', n - 1);
	return field(line ? line + 1 : text, records) ? count_newlines(fd, records) : 0;
}
