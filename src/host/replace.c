/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/bytes.h"
#include "host/replace.h"

/* rename(2) would replace a device, too: /dev/null, for instance, when root runs the program. */
static int check(const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : -errno;
	return S_ISREG(st.st_mode) ? 0 : -EMEDIUMTYPE;
}

/* Make the file at path, which is nobody else's: the name has this process's number. A file of this
 * name was left by an earlier process with the same number, which was killed. */
static int write_new(const char *path, const char *text, size_t len, enum replace_mode mode)
{
	int fd, err;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode == REPLACE_READABLE ? 0600 : 0640);
	if (fd < 0)
		return -errno;
	err = bytes_write(fd, text, len);
	if (!err && mode == REPLACE_READABLE && fchmod(fd, 0644))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	return err;
}

int replace_file(const char *path, const char *text, size_t len, enum replace_mode mode)
{
	int err = check(path);
	char *new;

	if (err)
		return err;
	if (asprintf(&new, "%s.%ld.new", path, (long)getpid()) < 0)
		return -ENOMEM;
	err = write_new(new, text, len, mode);
	if (!err && rename(new, path))
		err = -errno;
	if (err)
		unlink(new);
	free(new);
	return err;
}
