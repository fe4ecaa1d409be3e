/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_LABELFILE_READER_H
#define CTAGG_LABELFILE_READER_H

#include "cli/refusal.h"
#include "netlabel/set.h"

/* How a file of each kind is read: one struct of functions a kind. */
struct labelfile_reader;
struct labelfile_functions;

/* What all readers have.
 *
 * fd           the file, open; lent
 * path, field  as the command line gives them; lent. field is NULL where the kind has none
 * set, number  what is read goes to this set, as of the file of this number; lent
 * rows         how many rows went there; lent
 */
struct labelfile_common {
	const struct labelfile_functions *fn;
	int fd;
	const char *path, *field;
	struct netlabel_set *set;
	uint8_t number;
	size_t *rows;
};

/* Functions that return int return -errno with the reason in *why, which names the file and, where
 * there is one, the line.
 *
 * open   begin to read a regular file
 * step   read some rows, as many as take about a millisecond. Returns 1: there are more; 0: the file is at its end
 */
struct labelfile_functions {
	int (*open)(struct labelfile_reader **out, const struct labelfile_common *common,
		    struct refusal *why);
	int (*step)(struct labelfile_reader *r, struct refusal *why);
	void (*close)(struct labelfile_reader *r);
};

/* How many rows are read in a step. */
#define LABELFILE_STEP 1000

extern const struct labelfile_functions labelfile_csv, labelfile_mmdb;

/* Add a row to the set; label has len bytes. Each returns 0, or -errno with a reason that does not name
 * the file. */
int labelfile_add_network(const struct labelfile_common *to, const struct flow_network *network,
			  const char *label, size_t len, struct refusal *why);
int labelfile_add_mark(const struct labelfile_common *to, const struct flow_marks_item *mark,
		       const char *label, size_t len, struct refusal *why);

#endif
