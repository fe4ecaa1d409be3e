/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "cli/beside.h"
#include "cli/log.h"
#include "cli/options.h"
#include "cli/selection.h"
#include "cli/syntax.h"
#include "cli/together.h"
#include "flow/enable.h"

const struct option_pair options_pairs[] = {
	{ "check", "snapshot state changes", "--check reads no connections" },
	{ "check", "window count output early-close no-align strict top distinct enable metrics spool labels anonymize kernel-drops rules sockets",
	  "--check says what would keep data away, and counts nothing" },
	{ "snapshot", "window count early-close no-align interim enable metrics",
	  "a snapshot is taken once, and there are no windows" },
	{ "events", "check snapshot state changes", "--events writes events until it is told to stop" },
	{ "events", "window count early-close no-align max-flows top distinct key interim metrics rules sockets",
	  "each event becomes a line, and no windows are counted" },
	{ "events", "host tag", "a line of an event does not say where it was written" },
	{ "snapshot", "nflog-group no-conntrack kernel-drops rules", "a snapshot is of connections, and not of drops" },
	{ "snapshot", "sockets", "what sockets carry is said for windows, and there are none" },
	{ "state", "distinct", "the file keeps counters, and no values" },
	{ "state", "top", "every flow that has changed is printed; see --changes" },
	{ "snapshot", "table source buffer-size", "a snapshot receives no events" },
	{ "no-conntrack", "interim enable zone mark source",
	  "that is for connections, and only drops are counted" },
	{ "read", "check snapshot", "there is nothing of the kernel's to look at" },
	{ "read", "nflog-group no-conntrack kernel-drops rules sockets netns source buffer-size enable interim",
	  "that is about the kernel, and events come from a file" },
	{ 0 },
};

/* Drops that rules log. */
static bool counts_drops(const struct options *opts)
{
	return opts->n_groups || opts->auto_groups || opts->read;
}

static bool counts_kernel_drops(const struct options *opts)
{
	return opts->kernel_drops || opts->read;
}

/* Only a counter that can differ from flow to flow says which flows are the largest: by another
 * counter all flows are equal, and those with the smallest keys would pass for the largest. */
static bool is_top_wrong(const struct options *opts)
{
	const char *why = NULL;

	if (!opts->top)
		return false;
	if (!opts->conntrack && opts->top_by != TOP_DROPS && opts->top_by != TOP_KERNEL_DROPS)
		why = counts_drops(opts) ? "with --no-conntrack only drops are counted; take drops" :
					   "with --no-conntrack only drops are counted; take kernel_drops";
	else if (opts->snapshot && (opts->top_by == TOP_ENDS || opts->top_by == TOP_DROPS || opts->top_by == TOP_KERNEL_DROPS))
		why = "a snapshot does not count them; take starts (what is alive), bytes or packets";
	else if (opts->top_by == TOP_DROPS && !counts_drops(opts))
		why = "nothing counts drops; add --nflog-group";
	else if (opts->top_by == TOP_KERNEL_DROPS && !counts_kernel_drops(opts))
		why = "nothing counts them; add --kernel-drops";
	if (!why)
		return false;
	log_error("--top: largest by %s: %s", options_choice_name(options_top_counters, opts->top_by),
		  why);
	return true;
}

/* Whether values of the field are never known, or each flow has one: then nothing is counted. */
static bool is_distinct_useless(const struct options *opts)
{
	const struct flow_key_field *f = opts->distinct.field;
	const char *why = NULL;

	if (!f)
		return false;
	if (!flow_distinct_is_finer(&opts->spec, &opts->distinct))
		why = "it is in the key, so each flow has one; give a --key without it";
	else if (!opts->conntrack && f->field & FIELDS_CONNTRACK)
		why = "only connections have one, and only drops are counted; take another field";
	else if (!opts->conntrack && !counts_drops(opts) && !counts_kernel_drops(opts))
		why = "neither connections nor logged packets are counted; add --nflog-group";
	else if (!counts_drops(opts) && f->field == FIELD_RULE)
		why = "only logged packets have one, and nothing counts these; add --nflog-group";
	else if (!counts_drops(opts) && !counts_kernel_drops(opts) && f->field & FIELDS_DEVICE)
		why = "only packets have one, and nothing counts these; add --nflog-group";
	else if (!counts_kernel_drops(opts) && f->field == FIELD_DROP_REASON)
		why = "only packets that the kernel drops have one, and nothing counts these; add --kernel-drops";
	if (!why)
		return false;
	log_error("--distinct: %s: %s", f->name, why);
	return true;
}

/* What --no-conntrack leaves to be counted, and how. */
static bool is_without_connections(const struct options *opts)
{
	if (opts->conntrack)
		return false;
	if (!counts_drops(opts) && !opts->kernel_drops && !opts->rules && !opts->sockets) {
		log_error("--no-conntrack: nothing is left to count; add --nflog-group, --kernel-drops, --rules or --sockets, or leave it out");
		return true;
	}
	if (opts->table == OPTIONS_TABLE_BPF) {
		log_error("--table bpf and --no-conntrack: drops are counted in memory; leave one of them out");
		return true;
	}
	return false;
}

static bool is_table_useless(const struct options *opts)
{
	if (!opts->events || opts->table != OPTIONS_TABLE_BPF)
		return false;
	log_error("--table bpf and --events: events that the kernel counts become no lines; leave one of them out");
	return true;
}

static bool is_read_into_the_kernel(const struct options *opts)
{
	if (!opts->read || opts->table != OPTIONS_TABLE_BPF)
		return false;
	log_error("--table bpf and --read: events that are read are counted in memory; leave one of them out");
	return true;
}

/* What speaks of one namespace. */
static const char *of_one_netns(const struct options *opts)
{
	const struct {
		bool given;
		const char *name;
	} options[] = {
		{ opts->snapshot, "snapshot" }, { opts->interim, "interim" }, { opts->rules, "rules" },
		{ opts->sockets, "sockets" }, { opts->n_groups || opts->auto_groups, "nflog-group" },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].given)
			return options[i].name;
	return NULL;
}

static bool is_every_netns_wrong(const struct options *opts)
{
	const char *other = opts->netns_all ? of_one_netns(opts) : NULL;

	if (other)
		log_error("--netns=all and --%s: that speaks of one network namespace; leave one of them out", other);
	else if (opts->netns_all && opts->enable & ENABLE_HOOKS)
		log_error("--netns=all and --enable=hooks: a socket in each network namespace would keep it alive when it is deleted; leave one of them out");
	else if (opts->netns_all && opts->source != OPTIONS_SOURCE_TRACE)
		log_error("--netns=all: only a program in the kernel sees every network namespace; add --source=trace");
	else
		return false;
	return true;
}

/* Of one namespace, whose name the head of each record has, there is nothing to tell apart. */
static bool is_netns_unknown(const struct options *opts)
{
	bool counted = opts->distinct.field && opts->distinct.field->field == FIELD_NETNS;

	if (opts->netns_all || opts->check || !(counted || opts->spec.fields & FIELD_NETNS))
		return false;
	log_error("--%s netns: %s", counted ? "distinct" : "key",
		  opts->read ? "event lines are read without it; leave it out" :
			       "the connections of one network namespace are counted; add --netns=all");
	return true;
}

/* A namespace that is called all has a path, /run/netns/all. */
static void choose_netns(struct options *opts)
{
	if (!opts->netns || strcmp(opts->netns, "all") != 0)
		return;
	opts->netns = NULL;
	opts->netns_all = true;
}

/* The default key has what the options ask for, too. */
static void choose_key(struct options *opts)
{
	static const char *const keys[2][2] = {
		{ NULL, FLOW_KEY_DEFAULT ",netns" },
		{ FLOW_KEY_DEFAULT ",drop_reason", FLOW_KEY_DEFAULT ",drop_reason,netns" },
	};

	if (opts->key || opts->snapshot)
		return;
	opts->key = keys[opts->kernel_drops][opts->netns_all];
	opts->spec.fields |= (opts->kernel_drops ? FIELD_DROP_REASON : 0) | (opts->netns_all ? FIELD_NETNS : 0);
}

static bool is_untraced(const struct options *opts)
{
	if (!opts->kernel_drops || !opts->conntrack || opts->source == OPTIONS_SOURCE_TRACE)
		return false;
	log_error("--kernel-drops: a program in the kernel sees drops; add --source=trace for connections too, or --no-conntrack");
	return true;
}

static bool is_selection_empty(const struct flow_select *s)
{
	struct refusal message;

	if (!options_selection(s, &message))
		return false;
	log_error("%s", message.why);
	return true;
}

/* Labels of addresses come from files. */
static bool is_label_unknown(const struct options *opts)
{
	__u32 fields = opts->spec.fields & FIELDS_LABEL;
	const struct flow_key_field *f = flow_key_fields;
	bool counted = opts->distinct.field && opts->distinct.field->field & FIELDS_LABEL;

	if (counted)
		fields = opts->distinct.field->field;
	while (f->name && !(f->field & fields))
		f++;
	if (!f->name)
		return false;
	if (opts->state) {
		log_error("--state and --%s %s: the file keeps no labels, which other files can change; leave one of them out",
			  counted ? "distinct" : "key", f->name);
		return true;
	}
	if (opts->n_labels || opts->check)
		return false;
	log_error("--%s %s: nothing says which labels there are; add --labels=FILE",
		  counted ? "distinct" : "key", f->name);
	return true;
}

/* Of several values that contradict each other only the first is said. */
enum options_result options_together(const struct option_program *p, void *to,
				     const bool given[OPTIONS_MAX_ROWS])
{
	struct options *opts = to;

	choose_netns(opts);
	choose_key(opts);
	opts->spool_only = opts->n_spools && !program_given(p, given, "output");
	if (!opts->conntrack && opts->top_default)
		opts->top_by = counts_drops(opts) ? TOP_DROPS : TOP_KERNEL_DROPS;
	if (opts->read && opts->table == OPTIONS_TABLE_AUTO)
		opts->table = OPTIONS_TABLE_HASH;
	if (is_without_connections(opts) || is_table_useless(opts) || is_read_into_the_kernel(opts) ||
	    is_untraced(opts) || is_every_netns_wrong(opts) || is_netns_unknown(opts) ||
	    is_top_wrong(opts) || is_distinct_useless(opts) || is_label_unknown(opts) ||
	    is_selection_empty(&opts->select))
		return OPTIONS_WRONG;
	return OPTIONS_RUN;
}
