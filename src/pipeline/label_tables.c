/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "pipeline/label_tables.h"
#include "pipeline/tables.h"

/* How many networks the kernel table takes in one step. */
#define STEP_NETWORKS 1024

_Static_assert(OPTIONS_MAX_LEVELS < LABELLED_MAX, "a window and its levels");
_Static_assert(OPTIONS_MAX_LEVELS < NETLABEL_VIEW_SETS, "the next labels, and those of levels");

bool label_tables_needed(const struct options *opts)
{
	return tables_spec(opts).fields & FIELDS_LABEL;
}

static bool is_used(const struct label_tables *l)
{
	return l->opts;
}

/* --- preparing --------------------------------------------------------------- */

/* Have n tables in each bank. */
static int make_tables(struct label_tables *l, size_t n)
{
	int err = 0;

	for (int b = 0; b < 2; b++)
		for (size_t i = 0; i < n && !err; i++)
			if (!l->banks[b].tables[i])
				err = tables_memory(&l->banks[b].tables[i], l->opts);
	return err;
}

/* The sets that can be in force when the next window begins: at most the new one, the one of the open
 * window, and the older ones of its levels. */
static int make_view(struct label_tables *l, struct netlabel_set *next)
{
	const struct label_bank *bank = &l->banks[l->open];
	struct netlabel_set *sets[NETLABEL_VIEW_SETS] = { next };
	size_t n = 1;

	netlabel_view_close(l->waiting);
	l->waiting = NULL;
	if (!l->kernel)
		return 0;
	if (l->opts->n_levels && bank->labels)
		sets[n++] = bank->labels;
	for (size_t i = 0; i < bank->n && n < NETLABEL_VIEW_SETS; i++)
		sets[n++] = bank->sets[i];
	return netlabel_view_open(&l->waiting, sets, n);
}

int label_tables_prepare(struct label_tables *l, struct netlabel_set *next)
{
	const struct label_bank *bank = &l->banks[l->open];
	int err;

	if (!is_used(l))
		return 0;
	err = l->opts->n_levels && bank->labels ?
	      make_tables(l, bank->n < l->opts->n_levels ? bank->n + 1 : bank->n) : 0;
	l->prepared = true;
	return err ? err : make_view(l, next);
}

const char *label_tables_why(int err)
{
	switch (err) {
	case -E2BIG:
		return "the kernel table takes 1,048,576 networks at most, of the old labels and the new ones";
	case -EBUSY:
		return "the kernel table could not be read at the end of the last window, and is needed for that";
	}
	return strerror(-err);
}

int label_tables_step(struct label_tables *l)
{
	int err;

	if (!is_used(l) || !l->kernel)
		return 0;
	if (l->waiting) {
		err = kernel_labels_load(l->kernel, l->waiting);
		if (err)
			return err;
		l->waiting = NULL;
	}
	return kernel_labels_step(l->kernel, STEP_NETWORKS);
}

void label_tables_use(struct label_tables *l)
{
	if (is_used(l) && l->kernel)
		kernel_labels_use(l->kernel);
}

/* --- windows ----------------------------------------------------------------- */

static void empty_bank(struct label_bank *bank)
{
	for (size_t i = 0; i < bank->n; i++) {
		memory_clear(bank->tables[i]);
		netlabel_set_drop(bank->sets[i]);
	}
	bank->n = 0;
	netlabel_set_drop(bank->labels);
	bank->labels = NULL;
}

/* Free the tables that no window has needed since all levels have the newest labels. */
static void free_tables(struct label_tables *l)
{
	if (l->prepared || l->banks[0].n || l->banks[1].n)
		return;
	for (int b = 0; b < 2; b++)
		for (size_t i = 0; i < OPTIONS_MAX_LEVELS; i++) {
			memory_close(l->banks[b].tables[i]);
			l->banks[b].tables[i] = NULL;
		}
}

static void add_set(struct label_bank *bank, struct netlabel_set *set)
{
	if (!set || set == bank->labels)
		return;
	for (size_t i = 0; i < bank->n; i++)
		if (bank->sets[i] == set)
			return;
	bank->sets[bank->n] = netlabel_set_hold(set);
	bank->list[bank->n] = (struct labelled){ bank->tables[bank->n], set };
	bank->n++;
}

/* The kernel table's rows of the open window are drained when that ends, into the same tables to which
 * the intake adds. */
static void count_by(struct label_tables *l, const struct label_bank *bank)
{
	l->intake->labels.set = bank->labels;
	l->intake->labels.more = bank->list;
	l->intake->labels.n_more = bank->n;
	if (l->kernel)
		kernel_labels_into(l->kernel, bank->labels, bank->list, bank->n);
}

void label_tables_turn(struct label_tables *l, struct netlabel_set *labels,
		       struct netlabel_set *const *older, size_t n)
{
	struct label_bank *bank;

	if (!is_used(l))
		return;
	l->prepared &= labels == l->banks[l->open].labels;
	l->open = !l->open;
	bank = &l->banks[l->open];
	empty_bank(bank);
	bank->labels = netlabel_set_hold(labels);
	for (size_t i = 0; i < n; i++)
		add_set(bank, older[i]);
	free_tables(l);
	count_by(l, bank);
}

int label_tables_open(struct label_tables *l, const struct options *opts, struct kernel *kernel,
		      struct intake *intake, struct netlabel_set *labels)
{
	int err;

	if (!label_tables_needed(opts))
		return 0;
	l->opts = opts;
	l->kernel = kernel;
	l->intake = intake;
	err = label_tables_prepare(l, labels);
	while (!err && (err = label_tables_step(l)) > 0)
		err = 0;
	if (err)
		return err;
	label_tables_use(l);
	label_tables_turn(l, labels, NULL, 0);
	return 0;
}

struct memory *label_tables_closed(const struct label_tables *l, const struct netlabel_set *labels,
				   struct memory *window)
{
	const struct label_bank *bank = &l->banks[!l->open];

	for (size_t i = 0; i < bank->n; i++)
		if (bank->sets[i] == labels)
			return bank->tables[i];
	return window;
}

void label_tables_close(struct label_tables *l)
{
	netlabel_view_close(l->waiting);
	for (int b = 0; b < 2; b++)
		empty_bank(&l->banks[b]);
	l->prepared = false;
	free_tables(l);
	memset(l, 0, sizeof(*l));
}
