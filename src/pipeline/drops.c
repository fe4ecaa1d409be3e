/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "pipeline/groups.h"
#include "pipeline/rule_counts.h"
#include "pipeline/setup.h"
#include "pipeline/sources.h"
#include "rule/ruleset.h"
#include "source/nflog.h"

/* How many packets are read at a time. */
#define BATCH 256

_Static_assert(NFLOG_MAX_PREFIX <= LABELS_MAX_PREFIX, "a label has room for any prefix");

/* The least that one packet of a queued batch takes of the receive buffer: the buffer cannot hold
 * more packets than this allows. */
#define LEAST_PACKET_BYTES 200

/* How long before a window ends the kernel is told to send each packet at once. A batch that
 * was begun before is sent NFLOG_TIMEOUT_MS after its first packet, or a little later, so the
 * batch arrives before the window ends. */
#define HURRY_NS ((NFLOG_TIMEOUT_MS + 20) * 1000000ULL)

/* What went wrong in a window.
 *
 * stats       by how much each counter of struct nflog_stats grew in the window. `lost` are the
 *             packets that are known to be lost: of this window, and of earlier windows whose
 *             losses were not known when they ended; 0 unless loss_known
 * loss_known  the window's losses are known, see loss_is_known()
 * pending     packets of refused messages, of this window or an earlier one, may be missing
 *             from `lost` of every window so far
 * unsure      packets that were read when the rules had changed and had not been read anew
 */
struct happened {
	struct nflog_stats stats;
	bool loss_known, pending;
	uint64_t unsure;
};

/* The source of dropped and logged packets, with the rules that logged them.
 *
 * ruleset      the rules of nftables; NULL: they cannot be read
 * counts       what the rules have logged
 * before       the counters when the open window began
 * window       what went wrong in the window that ended last
 * hurried      the kernel sends each packet at once
 * unsure       as in struct happened, of the open window so far
 * behind       in the open window, rules have changed faster than they could be read
 * rules_due    rules have changed: when messages() reaches this number, all packets that were
 *              logged before the change have been read; 0: no change is waiting
 */
struct drops {
	struct source source;
	const struct options *opts;
	struct nflog *nflog;
	struct ruleset *ruleset;
	struct rule_counts counts;
	struct nflog_stats before;
	struct happened window;
	bool hurried;
	uint64_t unsure;
	bool behind;
	uint64_t rules_due;
	struct nflog_packet packets[BATCH];
};

static struct drops *of(const struct source *s)
{
	return (struct drops *)s;
}

static int open_counts(struct drops *d)
{
	int err = rule_counts_open(&d->counts);

	if (err)
		setup_fail(FAILED, "cannot count drops", err, "");
	return err;
}

/* Only a key with devices, and lines of events, need their names. */
static int name_devices(struct drops *d)
{
	bool wanted = d->opts->events || d->opts->spec.fields & FIELDS_DEVICE;
	int err = wanted ? nflog_name_devices(d->nflog) : 0;

	if (err)
		log_error("cannot read the names of network devices: %s%s", strerror(-err),
			  d->opts->events ? "" : "; leave iif and oif out of --key");
	return err;
}

static void open_rules(struct drops *d)
{
	int err = ruleset_open(&d->ruleset);

	if (err)
		log_notice("cannot read the rules of nftables: %s; drops carry their prefix, not their rule",
			   strerror(-err));
	labels_ruleset(d->counts.labels, d->ruleset);
}

/* What the hook tells of the packet's way. Hooks of IPv4 and IPv6 see packets of one way each;
 * hooks of bridges and devices see packets of every way. */
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

/* Whether the command line says that the rules of this group let packets go. */
static bool accepts(const struct options *opts, uint16_t group)
{
	for (size_t i = 0; i < opts->n_groups; i++)
		if (opts->groups[i] == group)
			return opts->group_accepts[i];
	return false;
}

/* Whether the packet was dropped: the rules say, or, where they do not tell, the command line. */
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
	event->rule = labels_find(d->counts.labels, packet->family, packet->group, packet->prefix,
				  packet->prefix_len, &verdict);
	if (!dropped(d, packet->group, verdict))
		event->kind = FLOW_LOGGED;
}

/* The rules have been read, or could not be: err is what ruleset_update() or
 * ruleset_update_for_packets() returned. */
static void rules_updated(struct drops *d, int err)
{
	if (err < 0)
		repeat_say(d->ruleset, err, LOG_KIND_NOTICE, "cannot read the rules of nftables anew: %s; drops carry the rules as they were",
			   strerror(-err));
	if (err <= 0)
		return;
	repeat_over(d->ruleset, "the rules of nftables are read again");
	labels_ruleset(d->counts.labels, d->ruleset);
}

/* So many packets have been read. If rules have changed, and were not read since, read them
 * now: the packets may have been logged by the new rules. */
static void update_for_packets(struct drops *d, size_t packets)
{
	if (!d->ruleset || !packets || !ruleset_behind(d->ruleset))
		return;
	rules_updated(d, ruleset_update_for_packets(d->ruleset));
	if (!ruleset_behind(d->ruleset))
		return;
	d->unsure += packets;
	if (!d->behind)
		repeat_say(&d->behind, 0, LOG_KIND_NOTICE, "the rules of nftables change faster than they can be read: drops meanwhile may carry another rule or none, and their windows are partial");
	d->behind = true;
}

static ssize_t read_events(struct source *s, struct flow_event *events, size_t max)
{
	struct drops *d = of(s);
	ssize_t n = nflog_read(d->nflog, d->packets, max < BATCH ? max : BATCH);

	update_for_packets(d, n > 0 ? n : 0);
	for (ssize_t i = 0; i < n; i++)
		make_event(d, &d->packets[i], &events[i]);
	return n;
}

static int descriptor(const struct source *s)
{
	return nflog_fd(of(s)->nflog);
}

static uint64_t queued(struct source *s)
{
	return nflog_buffer(of(s)->nflog) / LEAST_PACKET_BYTES + BATCH;
}

static uint64_t messages(struct source *s)
{
	const struct nflog_stats *stats = nflog_stats(of(s)->nflog);

	return stats->received + stats->odd + stats->undecoded + stats->foreign;
}

static int change_descriptor(const struct source *s)
{
	const struct drops *d = of(s);

	return d->ruleset ? ruleset_fd(d->ruleset) : -1;
}

/* Packets that were queued when the rules changed were logged by the old rules, so these packets
 * are read before the new rules. */
static bool changed(struct source *s, bool emptied)
{
	struct drops *d = of(s);

	if (!d->rules_due)
		d->rules_due = messages(s) + queued(s);
	if (!emptied && messages(s) < d->rules_due)
		return false;
	d->rules_due = 0;
	rules_updated(d, ruleset_update(d->ruleset));
	return true;
}

static void added(struct source *s, const struct flow_event *events, size_t n)
{
	rule_counts_add(&of(s)->counts, events, n);
}

static bool tick(struct source *s)
{
	nflog_tick(of(s)->nflog);
	return false;
}

static void hurry(struct source *s, bool hurry)
{
	struct drops *d = of(s);

	if (hurry != d->hurried && !nflog_hurry(d->nflog, hurry))
		d->hurried = hurry;
}

static void stop(struct source *s)
{
	nflog_unbind(of(s)->nflog);
}

/* Whether the number of lost packets is known at the end of a window. It is not while a message
 * that was refused in the window may hold packets of which no later packet has shown that they
 * are missing. Then the window reports no losses, and a later window reports all of them. */
static bool loss_is_known(const struct nflog_stats *now, const struct nflog_stats *then)
{
	return now->refused == then->refused || !now->pending;
}

static void end_window(struct source *s, struct memory *into, uint64_t end_ns, bool last)
{
	struct drops *d = of(s);
	const struct nflog_stats *now = nflog_stats(d->nflog), *then = &d->before;
	bool known = loss_is_known(now, then);
	uint64_t lost_before = known ? now->lost : then->lost;

	(void)into, (void)end_ns, (void)last;
	rule_counts_end_window(&d->counts);
	d->window = (struct happened){
		.stats = {
			.truncated = now->truncated - then->truncated,
			.odd = now->odd - then->odd,
			.undecoded = now->undecoded - then->undecoded,
			.foreign = now->foreign - then->foreign,
			.refused = now->refused - then->refused,
			.lost = lost_before - then->lost,
		},
		.loss_known = known,
		.pending = now->pending,
		.unsure = d->unsure,
	};
	if (!d->behind)
		repeat_calm(&d->behind);
	d->behind = false;
	d->unsure = 0;
	d->before = *now;
	d->before.lost = lost_before;
}

/* Refused messages make a window partial, also while the number of packets that they held, and
 * so `lost`, is not known. */
static void describe(const struct source *s, struct window_record *w)
{
	const struct drops *d = of(s);
	const struct nflog_stats *in = &d->window.stats;

	w->lost_drops.n += in->lost;
	w->lost_drops.known &= d->window.loss_known;
	w->lost_drops.pending |= d->window.pending;
	w->odd_drops += in->odd;
	w->truncated_drops += in->truncated;
	w->undecoded_events += in->undecoded;
	w->foreign_messages += in->foreign;
	if (in->lost || in->refused || in->odd || in->undecoded || d->window.unsure ||
	    rule_totals_mixed(d->counts.closed))
		window_status_at_least(&w->status, WINDOW_PARTIAL);
}

static struct rule_totals *totals(const struct source *s)
{
	return of(s)->counts.closed;
}

static void add_stats(struct source *s, struct source_stats *stats)
{
	const struct nflog_stats *now = nflog_stats(of(s)->nflog);

	stats->packets += now->received;
	stats->lost_packets += now->lost;
	stats->refused += now->pending;
	stats->odd += now->odd;
	stats->undecoded += now->undecoded;
	stats->foreign += now->foreign;
	if (!stats->buffer)
		stats->buffer = nflog_buffer(of(s)->nflog);
}

static void close_source(struct source *s)
{
	struct drops *d = of(s);

	nflog_close(d->nflog);
	ruleset_close(d->ruleset);
	rule_counts_close(&d->counts);
	free(d);
}

static const struct source_functions functions = {
	.carries = true,
	.hurry_ns = HURRY_NS,
	.fd = descriptor,
	.read = read_events,
	.added = added,
	.messages = messages,
	.queued = queued,
	.hurry = hurry,
	.stop = stop,
	.change_fd = change_descriptor,
	.changed = changed,
	.end_window = end_window,
	.describe = describe,
	.totals = totals,
	.tick = tick,
	.stats = add_stats,
	.close = close_source,
};

/* Bind the groups that the options name, then read the rules. Rules that cannot be read are no
 * failure: packets are then counted by their prefix. */
int drops_open(struct source **out, struct source_setup *setup)
{
	struct drops *d;
	int err;

	if (!groups_asked(setup->opts))
		return 0;
	d = calloc(1, sizeof(*d));
	if (!d) {
		setup_fail(FAILED, "cannot count drops", -ENOMEM, "");
		return -ENOMEM;
	}
	d->source.fn = &functions;
	d->opts = setup->opts;
	*out = &d->source;	/* closed by the caller, also after a failure */
	err = open_counts(d);
	if (!err)
		err = groups_open(&d->nflog, d->opts);
	if (!err)
		err = name_devices(d);
	if (err)
		return err;
	open_rules(d);
	setup->labels = d->counts.labels;
	return 0;
}
