/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/netfilter.h>

#include "cli/log.h"
#include "pipeline/drops.h"

_Static_assert(NFLOG_MAX_PREFIX <= LABELS_MAX_PREFIX, "a label has room for any prefix");

/* The least that a queued packet takes of the receive buffer, in a batch. */
#define LEAST_PACKET_BYTES 200

/* The name of the program with this process id, "" when there is none. Port ids
 * are mostly process ids. */
static void program_name(uint32_t pid, char *name, size_t size)
{
	char path[64];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, name, size - 1);
		close(fd);
	}
	name[n > 0 ? n : 0] = '\0';
	name[strcspn(name, "\n")] = '\0';
}

static void say_taken(uint16_t group)
{
	uint32_t holder = nflog_holder(group);
	char name[32];

	if (!holder) {
		log_error("NFLOG group %u is held by another program, which one cannot be read in /proc/net/netfilter/nfnetlink_log: stop it, or log to another group",
			  group);
		return;
	}
	program_name(holder, name, sizeof(name));
	log_error("NFLOG group %u is held by another program, port id %" PRIu32
		  "%s%s%s: stop it, or log to another group", group, holder,
		  *name ? " (" : "", name, *name ? ")" : "");
}

static int open_groups(struct drops *d)
{
	size_t asked = d->opts->buffer_bytes;
	uint16_t group;
	int err = nflog_open(&d->nflog, d->opts->groups, d->opts->n_groups, asked, &group);

	if (err == -EBUSY)
		say_taken(group);
	else if (err == -EPERM)
		log_error("cannot bind NFLOG group %u: %s; needs CAP_NET_ADMIN: run as root, or setcap cap_net_admin+ep on the program",
			  group, strerror(-err));
	else if (err)
		log_error("cannot bind NFLOG group %u: %s; is the module nfnetlink_log there?",
			  group, strerror(-err));
	else if (nflog_buffer(d->nflog) < asked)
		log_notice("the kernel granted a receive buffer of %zu bytes for drops, not %zu: raise net.core.rmem_max, or give CAP_NET_ADMIN",
			   nflog_buffer(d->nflog), asked);
	return err;
}

int drops_open(struct drops *d, const struct options *opts)
{
	int err;

	d->opts = opts;
	err = labels_open(&d->labels);
	if (!err)
		err = rule_totals_open(&d->open, d->labels);
	if (!err)
		err = rule_totals_open(&d->closed, d->labels);
	if (err) {
		log_error("cannot count drops: %s", strerror(-err));
		return err;
	}
	err = open_groups(d);
	if (err)
		return err;
	err = ruleset_open(&d->ruleset);
	if (err)
		log_notice("cannot read the rules of nftables: %s; drops carry their prefix, not their rule",
			   strerror(-err));
	labels_ruleset(d->labels, d->ruleset);
	return 0;
}

/* What the hook knows of the packet's way. Bridges and devices see packets of every way. */
static enum flow_way way_of(const struct nflog_packet *packet)
{
	if (packet->family != NFPROTO_IPV4 && packet->family != NFPROTO_IPV6)
		return FLOW_WAY_UNKNOWN;
	switch (packet->hook) {
	case NF_INET_LOCAL_IN:
		return FLOW_WAY_IN;
	case NF_INET_FORWARD:
		return FLOW_WAY_THROUGH;
	case NF_INET_LOCAL_OUT:
		return FLOW_WAY_OUT;
	}
	return FLOW_WAY_UNKNOWN;
}

static bool accepts(const struct options *opts, uint16_t group)
{
	for (size_t i = 0; i < opts->n_groups; i++)
		if (opts->groups[i] == group)
			return opts->group_accepts[i];
	return false;
}

/* The ruleset's word counts; where it has none, what the command line says. */
static bool dropped(const struct drops *d, uint16_t group, enum rule_verdict verdict)
{
	if (verdict == RULE_UNKNOWN)
		return !accepts(d->opts, group);
	return verdict == RULE_DROPS;
}

static void make_event(struct drops *d, const struct nflog_packet *packet,
		       struct flow_event *event)
{
	enum rule_verdict verdict;

	*event = packet->event;
	event->way = way_of(packet);
	event->rule = labels_find(d->labels, packet->family, packet->group, packet->prefix,
				  packet->prefix_len, &verdict);
	if (!dropped(d, packet->group, verdict))
		event->kind = FLOW_LOGGED;
}

/* err is what the ruleset said when it was to read what has changed. */
static void use_rules(struct drops *d, int err)
{
	if (err < 0 && err != d->rules_err)
		log_notice("cannot read the rules of nftables anew: %s; drops carry the rules as they were",
			   strerror(-err));
	if (err)
		d->rules_err = err < 0 ? err : 0;
	if (err > 0)
		labels_ruleset(d->labels, d->ruleset);
}

/* Packets have come, and rules have changed before they were read. */
static void catch_up(struct drops *d, size_t packets)
{
	if (!d->ruleset || !packets || !ruleset_behind(d->ruleset))
		return;
	use_rules(d, ruleset_update_for_packets(d->ruleset));
	if (!ruleset_behind(d->ruleset))
		return;
	d->unsure += packets;
	if (!d->said_behind)
		log_notice("the rules of nftables change faster than they can be read: drops meanwhile may carry another rule or none, and their windows are partial");
	d->said_behind = true;
}

ssize_t drops_read(struct drops *d, struct flow_event *events, size_t max)
{
	ssize_t n = nflog_read(d->nflog, d->packets, max);

	catch_up(d, n > 0 ? n : 0);
	for (ssize_t i = 0; i < n; i++)
		make_event(d, &d->packets[i], &events[i]);
	return n;
}

uint64_t drops_queued(const struct drops *d)
{
	return nflog_buffer(d->nflog) / LEAST_PACKET_BYTES + DROPS_BATCH;
}

static uint64_t messages_read(const struct drops *d)
{
	const struct nflog_stats *s = nflog_stats(d->nflog);

	return s->received + s->odd + s->undecoded + s->foreign;
}

bool drops_rules_due(struct drops *d, bool emptied)
{
	if (!d->rules_due)
		d->rules_due = messages_read(d) + drops_queued(d);
	return emptied || messages_read(d) >= d->rules_due;
}

void drops_rules_changed(struct drops *d)
{
	d->rules_due = 0;
	use_rules(d, ruleset_update(d->ruleset));
}

void drops_count(struct drops *d, const struct flow_event *events, size_t n)
{
	for (size_t i = 0; i < n && d->open; i++)
		if (events[i].rule)
			rule_totals_count(d->open, events[i].rule, events[i].kind == FLOW_DROP);
}

void drops_hurry(struct drops *d, bool hurry)
{
	if (hurry != d->hurried && !nflog_hurry(d->nflog, hurry))
		d->hurried = hurry;
}

/* How much was lost is not known while messages that were refused in this window may
 * hold packets that no later one has shown to be missing. What is known is then said
 * with what a later window finds out. */
static bool loss_is_known(const struct nflog_stats *now, const struct nflog_stats *then)
{
	return now->refused == then->refused || !now->pending;
}

struct drops_window drops_close_window(struct drops *d)
{
	const struct nflog_stats *now;
	struct rule_totals *whole = d->open;
	struct nflog_stats then = d->before;
	uint64_t unsure;
	bool known;

	if (!d->nflog)
		return (struct drops_window){ .loss_known = true };	/* nothing ever happens */
	d->open = d->closed;
	d->closed = whole;
	labels_next_window(d->labels);
	now = nflog_stats(d->nflog);
	known = loss_is_known(now, &then);
	unsure = d->unsure;
	d->unsure = 0;
	d->before = *now;
	if (!known)
		d->before.lost = then.lost;
	return (struct drops_window){
		.truncated = now->truncated - then.truncated,
		.odd = now->odd - then.odd,
		.undecoded = now->undecoded - then.undecoded,
		.foreign = now->foreign - then.foreign,
		.refused = now->refused - then.refused,
		.lost = known ? now->lost - then.lost : 0,
		.loss_known = known,
		.loss_pending = now->pending,
		.unsure = unsure,
	};
}

void drops_close(struct drops *d)
{
	nflog_close(d->nflog);
	ruleset_close(d->ruleset);
	rule_totals_close(d->open);
	rule_totals_close(d->closed);
	labels_close(d->labels);
}
