/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "confine/denied_help.h"
#include "hash/text_stream.h"
#include "host/replace.h"
#include "pipeline/publishing.h"
#include "pipeline/setup.h"

/* --- labels ------------------------------------------------------------------- */

/* KEY=VALUE becomes tag_KEY="VALUE". */
static int add_tag(char **labels, const char *tag)
{
	const char *value = strchr(tag, '=') + 1;
	char *name;
	int len = asprintf(&name, "tag_%.*s", (int)(value - 1 - tag), tag), err;

	if (len < 0)
		return -ENOMEM;
	err = exposition_label(labels, name, len, value);
	free(name);
	return err;
}

/* Several ctaggs can run on a host. node_exporter refuses a sample that two files have, so these
 * labels tell the samples of one ctagg from those of another. The name of the run would do so too,
 * but would make new series at each start. */
static int make_labels(char **labels, const struct options *opts, const struct origin *origin)
{
	int err = 0;

	if (*origin->netns)
		err = exposition_label(labels, "netns", strlen("netns"), origin->netns);
	for (size_t i = 0; i < opts->n_tags && !err; i++)
		err = add_tag(labels, opts->tags[i]);
	return err;
}

/* --- publishing --------------------------------------------------------------- */

static void print(struct publishing *p, FILE *out)
{
	struct exposition x = { out, p->labels };

	exposition_family(&x, "ctagg_build_info", EXPOSITION_GAUGE, "The version that runs.");
	exposition_number(&x, "ctagg_build_info", "version=\"" PACKAGE_VERSION "\"", 1);
	metrics_windows_print(&p->windows, &x);
}

/* Returns 0 or -errno. */
static int publish(struct publishing *p)
{
	char *text = NULL;
	size_t len;
	FILE *out = text_stream_open(&text, &len);
	int err = -ENOMEM;

	if (out) {
		print(p, out);
		if (!text_stream_close(out, &text))
			err = replace_file(p->path, text, len, REPLACE_READABLE);
	}
	free(text);
	return err;
}

static int say_unusable(const char *path, int err)
{
	if (err == -EMEDIUMTYPE) {
		log_error("--metrics: %s is no regular file; name a file that ctagg can replace", path);
		return WRONG_USAGE;
	}
	return setup_fail_path(FAILED, "", path, DENIED_REPLACE, err,
			       "; --metrics wants a file in a folder that can be written");
}

int publishing_open(struct publishing *p, const struct options *opts, const struct origin *origin,
		    bool rotates)
{
	int err;

	p->path = opts->metrics;
	if (!p->path)
		return DONE;
	p->windows.rotates = rotates;
	err = make_labels(&p->labels, opts, origin);
	if (!err)
		err = publish(p);
	return err ? say_unusable(p->path, err) : DONE;
}

void publishing_end(struct publishing *p)
{
	char help[DENIED_SIZE];
	int err;

	if (!p->path)
		return;
	err = publish(p);
	confine_denied_help(help, err, PACKAGE_NAME, p->path, DENIED_REPLACE);
	if (err)
		repeat_say(p, err, LOG_KIND_ERROR, "cannot replace %s: %s; it stays as it is, and each window tries again%s",
			   p->path, strerror(-err), help);
	else
		repeat_over(p, "replacing %s again", p->path);
}

void publishing_turn(struct publishing *p)
{
	if (p->windows.fresh)
		publishing_end(p);
}

void publishing_close(struct publishing *p)
{
	free(p->labels);
}
