/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <string.h>

#include "screen/file_id.h"

void file_id_of(struct file_id *id, int fd, const struct stat *st)
{
	struct {
		struct file_handle head;
		unsigned char bytes[FILE_ID_HANDLE];
	} h = { .head.handle_bytes = FILE_ID_HANDLE };
	int mount;

	*id = (struct file_id){ .dev = st->st_dev, .ino = st->st_ino };
	if (name_to_handle_at(fd, "", &h.head, &mount, AT_EMPTY_PATH))
		return;
	id->type = h.head.handle_type;
	id->len = h.head.handle_bytes;
	memcpy(id->handle, h.bytes, id->len);
}

bool file_id_equal(const struct file_id *a, const struct file_id *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->type == b->type && a->len == b->len &&
	       !memcmp(a->handle, b->handle, a->len);
}
