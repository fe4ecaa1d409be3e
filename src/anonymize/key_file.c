/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "anonymize/key_file.h"
#include "host/bytes.h"

#define DIGITS (2 * ANONYMIZE_KEY)

static int refuse(const char **why, const char *reason)
{
	*why = reason;
	return -EINVAL;
}

static int check_mode(int fd, const char **why)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return st.st_mode & 077 ? refuse(why, "others than its owner may use it; chmod 600 makes it secret") : 0;
}

/* How long the writer of a pipe may take for a key: one from <(command) has no bytes yet. */
#define PATIENCE_MS 10000

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool from_digits(const char *text, uint8_t key[ANONYMIZE_KEY])
{
	for (size_t i = 0; i < ANONYMIZE_KEY; i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		key[i] = high << 4 | low;
	}
	return true;
}

static int take(const char *text, ssize_t len, uint8_t key[ANONYMIZE_KEY], const char **why)
{
	if (len < 0)
		return len;
	if (len == ANONYMIZE_KEY) {
		memcpy(key, text, ANONYMIZE_KEY);
		return 0;
	}
	if (len == DIGITS + 1 && text[DIGITS] == '\n')
		len--;
	if (len == DIGITS && from_digits(text, key))
		return 0;
	return refuse(why, "a key has 32 bytes, or 64 hexadecimal digits; openssl rand -hex 32 makes one");
}

int key_file_read(const char *path, uint8_t key[ANONYMIZE_KEY], const char **why)
{
	/* O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever. */
	char text[DIGITS + 2];
	int err, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	*why = NULL;
	if (fd < 0)
		return -errno;
	err = check_mode(fd, why);
	if (!err)
		err = take(text, bytes_read(fd, text, sizeof(text), PATIENCE_MS), key, why);
	close(fd);
	explicit_bzero(text, sizeof(text));
	return err;
}
