/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_DENIED_H
#define CTAGG_HOST_DENIED_H

/* What the program wants to do with a path. */
enum denied_use {
	DENIED_OPEN,	/* open a file; make it where it is missing */
	DENIED_REPLACE,	/* make a new file beside it, and rename that one to it */
	DENIED_FOLDER,	/* make files in this folder; make it where it is missing */
};

#define DENIED_SIZE 512

/* The end of a message that a path cannot be used. If err is -EACCES: which user the program runs as
 * (identity.h), and the command that lets that user do it, as in
 * ": ctagg runs as nobody; chown nobody /var/log/ctagg". The command is about the file or folder, about
 * the folder that it is in, or about the first folder on the way that the user may not enter. To ctagg as
 * root, which lacks only the right to the files of others, it also names the owner to become (--user). A long
 * path is cut. With any other err: "". */
void denied_help(char help[DENIED_SIZE], int err, const char *program, const char *path,
		 enum denied_use use);

#endif
