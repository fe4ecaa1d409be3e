/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "pipeline/labelling.h"
#include "pipeline/setup.h"

static void say_read(const struct netlabel_set *set, const char *from_when)
{
	log_verbose("--labels: %zu networks and %zu marks%s", set->networks.networks,
		    set->marks.items.networks, from_when);
}

int labelling_open(struct labelling *l, const struct options *opts)
{
	struct refusal why;
	int err;

	l->opts = opts;
	if (!opts->n_labels)
		return DONE;
	err = texts_open(&l->names);
	if (err)
		return setup_fail(FAILED, "--labels", err, "");
	err = labelfile_read(opts->labels, opts->n_labels, l->names, &l->current, &why);
	if (err) {
		log_error("--labels: %s", why.why);
		return err == -ENOMEM ? FAILED : WRONG_USAGE;
	}
	say_read(l->current, "");
	return DONE;
}

int labelling_try(const struct labelling *l)
{
	for (size_t i = 0; i < l->opts->n_labels; i++) {
		char path[PATH_MAX];
		size_t len;
		int fd;

		labelfile_field(l->opts->labels[i], &len);
		memcpy(path, l->opts->labels[i], len);
		path[len] = '\0';
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			return setup_fail_path(FAILED, "--labels ", path, DENIED_OPEN, -errno,
					       "; the file is read again when SIGHUP comes");
		close(fd);
	}
	return DONE;
}

/* A reason that is another one than the last time is another message. */
static int state_of(const char *why)
{
	unsigned int sum = 0;

	while (*why)
		sum = sum * 31 + (unsigned char)*why++;
	return sum & INT_MAX;
}

static void say_bad(const struct labelling *l, const char *why)
{
	repeat_say(l, state_of(why), LOG_KIND_ERROR, "--labels: %s; the labels stay as they were; mend the file and send SIGHUP again",
		   why);
}

/* Labels that have been read cannot be used. */
static void give_up(struct labelling *l, const char *why)
{
	netlabel_set_drop(l->coming);
	l->coming = NULL;
	say_bad(l, why);
}

bool labelling_reload(struct labelling *l)
{
	int err;

	if (!l->current)
		return false;
	labelfile_load_close(l->load);
	l->load = NULL;
	err = labelfile_load_open(&l->load, l->opts->labels, l->opts->n_labels, l->names);
	if (err)
		say_bad(l, strerror(-err));
	return !err;
}

/* The files have been read. What was to be in force next, of an earlier reading, never will be. */
static bool take_set(struct labelling *l, struct netlabel_set *set)
{
	int err;

	netlabel_set_drop(l->next);
	netlabel_set_drop(l->coming);
	l->next = NULL;
	l->coming = set;
	err = label_tables_prepare(l->tables, set);
	if (!err)
		return false;
	give_up(l, label_tables_why(err));
	return true;
}

static bool read_step(struct labelling *l)
{
	struct netlabel_set *set = NULL;
	struct refusal why;
	int err = labelfile_load_step(l->load, &set, &why);

	if (err > 0)
		return false;
	labelfile_load_close(l->load);
	l->load = NULL;
	if (!err)
		return take_set(l, set);
	say_bad(l, why.why);
	return true;
}

static bool prepare_step(struct labelling *l)
{
	int err = label_tables_step(l->tables);

	if (err > 0)
		return false;
	if (err) {
		give_up(l, label_tables_why(err));
		return true;
	}
	repeat_over(l, "--labels: the files are good again");
	say_read(l->coming, ", from the next window on");
	l->next = l->coming;
	l->coming = NULL;
	return true;
}

bool labelling_step(struct labelling *l)
{
	if (l->load)
		return read_step(l);
	return l->coming && prepare_step(l);
}

void labelling_switch(struct labelling *l)
{
	if (!l->next)
		return;
	netlabel_set_drop(l->current);
	l->current = l->next;
	l->next = NULL;
}

void labelling_close(struct labelling *l)
{
	labelfile_load_close(l->load);
	netlabel_set_drop(l->coming);
	netlabel_set_drop(l->next);
	netlabel_set_drop(l->current);
	texts_close(l->names);
	memset(l, 0, sizeof(*l));
}
