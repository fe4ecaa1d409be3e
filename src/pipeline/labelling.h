/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_LABELLING_H
#define CTAGG_PIPELINE_LABELLING_H

#include <stdbool.h>

#include "cli/options.h"
#include "labelfile/load.h"
#include "netlabel/set.h"
#include "pipeline/label_tables.h"

/* --labels: which labels are in force, and the files are read anew when somebody asks for it.
 *
 * names    of all readings
 * current  the labels of the open window; NULL: without --labels
 * next     read, and in force when the next window begins; NULL: none
 * coming   read, and tables are being prepared for these; NULL: none
 * tables   those of keys with labels; lent
 * load     the files are being read; NULL: they are not
 */
struct labelling {
	const struct options *opts;
	struct texts *names;
	struct netlabel_set *current, *next, *coming;
	struct label_tables *tables;
	struct labelfile_load *load;
};

/* Read the files that the options name. Says what is wrong. Returns an exit status; DONE also where the
 * options name none. */
int labelling_open(struct labelling *l, const struct options *opts);

/* After the change to another user: whether the files can be read again. Says which cannot. Returns an
 * exit status. */
int labelling_try(const struct labelling *l);

/* Begin to read the files anew, in steps; a reading that is under way begins anew too. Returns
 * whether there is something to read. */
bool labelling_reload(struct labelling *l);

/* Whether labelling_step() has something to do; and do some of it, a millisecond's worth. Returns whether the
 * reading has ended with that. When a file is bad, this is said, and the labels stay as they are. */
static inline bool labelling_reads(const struct labelling *l)
{
	return l->load || l->coming;
}
bool labelling_step(struct labelling *l);

/* A window has ended, and the next one begins: labels that have been read are in force from here on. */
void labelling_switch(struct labelling *l);

void labelling_close(struct labelling *l);	/* a struct that is all zero is fine */

#endif
