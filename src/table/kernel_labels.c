/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "table/filter_config.h"
#include "table/kernel_parts.h"

/* The kernel takes memory for a network without waiting, so under pressure that can fail for once. */
#define TRIES 10

static int map_of(const struct kernel *k, unsigned int which)
{
	return bpf_map__fd(which ? k->skel->maps.labels_b : k->skel->maps.labels_a);
}

/* --- what the filter knows --------------------------------------------------- */

static int add(int fd, const struct netlabel_view_network *n)
{
	struct filter_labelled key = filter_config_labelled(&n->network);
	int err = -ENOMEM;

	for (int i = 0; i < TRIES && err == -ENOMEM; i++)
		err = bpf_map_update_elem(fd, &key, &n->number, BPF_ANY);
	return err == -ENOSPC ? -E2BIG : err;
}

static int remove_one(int fd, const struct netlabel_view_network *n)
{
	struct filter_labelled key = filter_config_labelled(&n->network);
	int err = bpf_map_delete_elem(fd, &key);

	return err == -ENOENT ? 0 : err;
}

/* The map that no table uses. */
static unsigned int spare(const struct kernel *k)
{
	return !k->labels.of_rows[k->active];
}

/* Give up what comes. The networks that have been added are those to be removed first next time. */
static void give_up(struct kernel_labels *l, unsigned int which)
{
	if (l->views[which] || !l->coming) {
		netlabel_view_close(l->coming);
	} else {
		l->coming->n = l->done;
		l->views[which] = l->coming;
		l->done = 0;
	}
	l->coming = NULL;
}

int kernel_labels_load(struct kernel *k, struct netlabel_view *view)
{
	struct kernel_labels *l = &k->labels;
	unsigned int which = spare(k);

	if (k->undrained && l->of_rows[!k->active] == which)
		return -EBUSY;
	if (view->n > KERNEL_MAX_NETWORKS)
		return -E2BIG;
	give_up(l, which);
	l->coming = view;
	l->loaded = false;
	l->next = !which;
	return 0;
}

/* Returns whether the map is empty, or -errno. */
static int clear_some(struct kernel_labels *l, unsigned int which, int fd, size_t n)
{
	struct netlabel_view *v = l->views[which];
	int err = 0;

	for (; v && l->done < v->n && n && !err; n--)
		err = remove_one(fd, &v->networks[l->done++]);
	if (err || (v && l->done < v->n))
		return err;
	if (v)
		l->done = 0;
	netlabel_view_close(v);
	l->views[which] = NULL;
	return 1;
}

int kernel_labels_step(struct kernel *k, size_t n)
{
	struct kernel_labels *l = &k->labels;
	unsigned int which = spare(k);
	int fd = map_of(k, which), err;

	if (!l->coming)
		return 0;
	err = clear_some(l, which, fd, n);
	if (err != 1)
		return err ? err : 1;
	for (err = 0; l->done < l->coming->n && n && !err; n--) {
		err = add(fd, &l->coming->networks[l->done]);
		l->done += !err;
	}
	if (err) {
		give_up(l, which);
		return err;
	}
	if (l->done < l->coming->n)
		return 1;
	l->views[which] = l->coming;
	l->coming = NULL;
	l->done = 0;
	l->loaded = true;
	return 0;
}

void kernel_labels_use(struct kernel *k)
{
	if (k->labels.loaded)
		k->labels.next = spare(k);
}

unsigned int kernel_labels_begin(struct kernel *k, int table)
{
	return k->labels.of_rows[table] = k->labels.next;
}

/* --- what is drained --------------------------------------------------------- */

static void merge_as(const struct netlabel_view *v, const struct netlabel_set *set,
		     struct memory *into, const struct flow_row *row)
{
	size_t position = v ? netlabel_view_position(v, set) : 0;
	struct flow_row labelled = *row;

	labelled.key.src_label = v ? netlabel_view_label(v, row->key.src_label, position) : 0;
	labelled.key.dst_label = v ? netlabel_view_label(v, row->key.dst_label, position) : 0;
	memory_merge(into, &labelled);
}

void kernel_labels_merge(struct kernel *k, int table, struct memory *into, const struct flow_row *row)
{
	const struct kernel_labels *l = &k->labels;
	const struct netlabel_view *v = l->views[l->of_rows[table]];

	merge_as(v, l->set, into, row);
	for (size_t i = 0; i < l->n_more; i++)
		merge_as(v, l->more[i].labels, l->more[i].into, row);
}

void kernel_labels_into(struct kernel *k, const struct netlabel_set *labels,
			const struct labelled *more, size_t n)
{
	k->labels.set = labels;
	if (n)
		memcpy(k->labels.more, more, n * sizeof(*more));
	k->labels.n_more = n;
}

void kernel_labels_close(struct kernel *k)
{
	for (int i = 0; i < 2; i++)
		netlabel_view_close(k->labels.views[i]);
	netlabel_view_close(k->labels.coming);
}
