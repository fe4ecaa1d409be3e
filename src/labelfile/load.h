/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_LABELFILE_LOAD_H
#define CTAGG_LABELFILE_LOAD_H

#include "cli/refusal.h"
#include "netlabel/set.h"

/* Reads the files of --labels into a set, in steps, so that other work gets its turn in between: a
 * file of 500,000 networks takes half a second. */
struct labelfile_load;

/* files are n values of --labels, which stay the caller's as long as the load does: the name of a CSV
 * file, or of a MaxMind DB that ends in .mmdb, with `:' and the path of a field behind it. When several
 * files name the same network, the last one holds. names is lent and gets labels that are new,
 * also of files that turn out to be bad. Returns 0, or -ENOMEM. */
int labelfile_load_open(struct labelfile_load **out, const char *const *files, size_t n,
			struct texts *names);

/* Read on. Returns 1: there is more to read; 0: all is read, and the caller holds *set; or -errno: a file
 * cannot be read or is bad, and *why names the file, the line where there is one, and the reason. */
int labelfile_load_step(struct labelfile_load *l, struct netlabel_set **set, struct refusal *why);

/* Frees everything but the set; NULL is fine. */
void labelfile_load_close(struct labelfile_load *l);

/* All of this at once. Returns 0 or -errno as labelfile_load_step() does. */
int labelfile_read(const char *const *files, size_t n, struct texts *names,
		   struct netlabel_set **set, struct refusal *why);

/* The name of the file in a value of --labels: *len bytes from its beginning. Returns the field, which is
 * lent; NULL where the value has none. */
const char *labelfile_field(const char *value, size_t *len);

#endif
