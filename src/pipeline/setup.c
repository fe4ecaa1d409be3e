/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli/log.h"
#include "host/netns.h"
#include "host/sysctl.h"
#include "pipeline/output_kinds.h"
#include "pipeline/setup.h"
#include "pipeline/tables.h"

int setup_fail(int status, const char *what, int err, const char *help)
{
	if (err == -EMFILE || err == -ENFILE)
		help = "; " SETUP_MORE_FILES;
	else if (err == -ENOMEM && !*help)
		help = "; make room in memory, or try a smaller --max-flows";
	log_error("%s: %s%s", what, strerror(-err), help);
	return status;
}

int setup_fail_path(int status, const char *option, const char *path, enum denied_use use, int err,
		    const char *help)
{
	char what[512], denied[DENIED_SIZE];

	snprintf(what, sizeof(what), "%s%s", option, path);
	denied_help(denied, err, PACKAGE_NAME, path, use);
	if (err == -EROFS)
		help = "; take another folder; or, under systemd, add ReadWritePaths= and the folder to the unit";
	return setup_fail(status, what, err, *denied ? denied : help);
}

static output_open_fn *const output_kinds[] = {
#define OUTPUT_ROW(open) open,
	OUTPUTS(OUTPUT_ROW)
#undef OUTPUT_ROW
};
#define N_OUTPUT_KINDS (sizeof(output_kinds) / sizeof(output_kinds[0]))
_Static_assert(N_OUTPUT_KINDS <= OUTPUTS_MAX, "room for one of each kind");

static int add_tags(struct origin *o, const struct options *opts)
{
	for (size_t i = 0; i < opts->n_tags; i++) {
		const char *tag = opts->tags[i], *value = strchr(tag, '=') + 1;

		if (!origin_tag(o, tag, value - 1 - tag, value))
			continue;
		log_error("--tag: '%.*s' finds no room: all tags together may take %d bytes of a line, with their names and escapes; take shorter ones",
			  (int)(value - 1 - tag), tag, ORIGIN_MAX_TAGS);
		return WRONG_USAGE;
	}
	return DONE;
}

int setup_origin(struct origin *o, const struct options *opts)
{
	struct utsname system;
	int err;

	uname(&system);
	err = origin_init(o, opts->host ? opts->host : system.nodename, &opts->seed);
	if (err == -ENAMETOOLONG) {
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): the name of a kernel is never too long */
		log_error("--host: %zu bytes: a host may take %d bytes of a line, with escapes; take a shorter name",
			  strlen(opts->host), ORIGIN_MAX_HOST);
		return WRONG_USAGE;
	}
	if (err)
		return setup_fail(FAILED, "cannot choose a name for this run", err, "");
	return add_tags(o, opts);
}

/* Besides the addresses, the name of a selection, which may be one of addresses. */
static int open_anonymizer(struct emit *e, const struct options *opts)
{
	const char *why = NULL;
	int err = opts->anonymize ? anonymize_open(&e->anonymizer, opts->anonymize, &why) : 0;

	if (err) {
		log_error("--anonymize: %s: %s", opts->anonymize, why ? why : strerror(-err));
		return err == -ENOMEM ? FAILED : WRONG_USAGE;
	}
	if (!opts->anonymize)
		return DONE;
	e->record.map_address = anonymize_address;
	e->record.map = e->anonymizer;
	if (flow_select_any(&opts->select))
		anonymize_digest(e->anonymizer, e->selection);
	log_verbose("--anonymize: addresses are replaced by the key in %s; host, tags, prefixes and comments are not",
		    opts->anonymize);
	return DONE;
}

int setup_emit(struct emit *e, const struct options *opts)
{
	int status;

	emit_init(e);
	e->record.spec = opts->spec;
	e->record.interim = opts->interim;
	e->record.distinct = opts->distinct.field ? opts->distinct.field->name : NULL;
	e->record.kernel_drops = opts->kernel_drops;
	e->record.rules = opts->rules;
	e->record.everywhere = opts->netns_all;
	e->record.sockets = opts->sockets;
	e->record.aligned = opts->align;
	e->record.recorded = opts->read;
	e->record.spooled = opts->n_spools > 0;
	e->record.id.seed = opts->seed;
	if (opts->key)
		e->key = opts->key;
	selection_name(&opts->select, e->selection);
	e->shortest_ns = opts->window_ns;
	e->top = opts->top;
	e->top_by = tables_largest_by(opts);
	status = open_anonymizer(e, opts);
	return status ? status : setup_origin(&e->origin, opts);
}

int setup_output(struct emit *e, const struct options *opts)
{
	int status = setup_emit(e, opts);

	for (size_t i = 0; i < N_OUTPUT_KINDS && !status; i++) {
		struct output *output = NULL;

		status = output_kinds[i](&output, opts);
		if (output)
			outputs_add(&e->outputs, output);
	}
	return status;
}

int setup_strict(const struct emit *e, const struct options *opts, int status)
{
	return status == DONE && opts->strict && e->partial ? WAS_PARTIAL : status;
}

int setup_netns(struct origin *o, const struct options *opts)
{
	char name[NETNS_NAME_SIZE];
	int err;

	if (!opts->netns)
		return DONE;
	err = netns_enter(opts->netns, name);
	switch (err) {
	case 0:
		origin_netns(o, name);
		return DONE;
	case -EPERM:
	case -EACCES:
		return setup_fail(FAILED, opts->netns, err,
			    "; entering a network namespace needs CAP_SYS_ADMIN: run as root");
	case -EINVAL:
		return setup_fail(WRONG_USAGE, opts->netns, err, "; not a network namespace");
	}
	return setup_fail(FAILED, opts->netns, err,
		    "; --netns wants a name of ip-netns(8), a path or a process id");
}

enum window_switch setup_switch(const char *sysctl)
{
	int value = sysctl_netfilter(sysctl);

	return value < 0 ? SWITCH_UNKNOWN : value ? SWITCH_ON : SWITCH_OFF;
}
