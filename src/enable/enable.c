/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "enable/claim.h"
#include "enable/enable.h"
#include "enable/hooks.h"
#include "host/sysctl.h"

#define SWITCHES 3

static const struct {
	enum enable_what what;
	const char *sysctl;
	int value;
} switches[SWITCHES] = {
	{ ENABLE_ACCT, "nf_conntrack_acct", 1 },
	{ ENABLE_TIMESTAMP, "nf_conntrack_timestamp", 1 },
	{ ENABLE_EVENTS, "nf_conntrack_events", 1 },
};

#define UNKNOWN (-1)

struct enable {
	struct {
		struct claim claim;
		int before;	/* UNKNOWN: nothing of ours to put back */
	} ours[SWITCHES];
	struct mnl_socket *hooks;
};

const char *enable_sysctl(enum enable_what what)
{
	for (size_t i = 0; i < SWITCHES; i++)
		if (switches[i].what == what)
			return switches[i].sysctl;
	return NULL;
}

/* --- putting back ----------------------------------------------------------- */

/* What somebody else has changed meanwhile stays so. */
static int restore(size_t i, int before)
{
	int now = sysctl_netfilter(switches[i].sysctl);

	if (now == -ENOENT)
		return 0;	/* the module is gone, and the sysctl with it */
	if (now < 0)
		return now;
	return now == switches[i].value ? sysctl_netfilter_set(switches[i].sysctl, before) : 0;
}

/* Want switch i no longer; put the value back unless another ctagg wants the switch,
 * and close the claim. before counts when the claim does not say. A claim that cannot
 * be locked is not removed: another may be about to want the switch. */
static int put_back(size_t i, struct claim *c, int before, bool locked)
{
	int noted = claim_before(c), err = 0;

	if (noted >= 0)
		before = noted;
	if (!claim_wanted(c)) {
		if (before != UNKNOWN)
			err = restore(i, before);
		if (!err && locked)
			claim_remove(c);
	}
	claim_close(c);
	return err;
}

/* What a killed ctagg has left of a switch that this one was not asked for. Nothing
 * of ours: whoever cannot put it back leaves it to --check. */
static void put_back_left(size_t i)
{
	struct claim c;

	if (!claim_open(&c, switches[i].sysctl, false))
		put_back(i, &c, UNKNOWN, true);
}

/* Also of a handle that is not whole. */
static int put_back_ours(struct enable *e, enum enable_what *failed)
{
	int first = 0;

	/* First, so that there is a descriptor to write a sysctl with. */
	if (e->hooks)
		mnl_socket_close(e->hooks);
	for (size_t i = 0; i < SWITCHES; i++) {
		struct claim *c = &e->ours[i].claim;
		int err = 0;

		if (e->ours[i].before != UNKNOWN)
			err = put_back(i, c, e->ours[i].before, !claim_lock(c));
		if (!err || first)
			continue;
		first = err;
		*failed = switches[i].what;
	}
	free(e);
	return first;
}

/* --- switching on ----------------------------------------------------------- */

/* Without descriptors, memory or the lock the run would not come far, or would not
 * see what others want: it does not start. Any other error only keeps the claim away. */
static bool is_fatal(int err)
{
	return err == -EMFILE || err == -ENFILE || err == -ENOMEM || err == -ETIMEDOUT;
}

/* Close a locked claim that we have no use for. */
static void leave(struct claim *c)
{
	if (c->fd >= 0 && claim_before(c) < 0 && !claim_wanted(c))
		claim_remove(c);
	claim_close(c);
}

/* With the claim locked, or not open. What a killed ctagg is to find is written
 * before anything is switched on. */
static int switch_on(struct enable *e, size_t i, int *note_err)
{
	struct claim *c = &e->ours[i].claim;
	int now = sysctl_netfilter(switches[i].sysctl), noted = claim_before(c), err = 0;
	bool on = now == switches[i].value;

	if (now < 0 || (on && noted < 0)) {
		/* No such sysctl; or on, and no ctagg did it: the value stays. */
		leave(c);
		return now < 0 ? now : 0;
	}
	e->ours[i].before = on ? noted : now;
	if (c->fd >= 0)
		err = claim_want(c);
	if (c->fd >= 0 && !err && !on)
		err = claim_note(c, now);
	if (err) {
		*note_err = err;
		leave(c);
	}
	return on ? 0 : sysctl_netfilter_set(switches[i].sysctl, switches[i].value);
}

static int take(struct enable *e, size_t i, int *note_err)
{
	int err = claim_open(&e->ours[i].claim, switches[i].sysctl, true);

	if (is_fatal(err))
		return err;
	if (err)
		*note_err = err;
	err = switch_on(e, i, note_err);
	claim_unlock(&e->ours[i].claim);
	return err;
}

int enable_begin(struct enable **out, unsigned int set, enum enable_what *failed, int *note_err)
{
	struct enable *e = calloc(1, sizeof(*e));
	enum enable_what stuck;
	int err = 0;

	*note_err = 0;
	*failed = set & -set;
	if (!e)
		return -ENOMEM;
	for (size_t i = 0; i < SWITCHES; i++) {
		e->ours[i].claim.fd = -1;
		e->ours[i].before = UNKNOWN;
	}
	for (size_t i = 0; i < SWITCHES && !err; i++) {
		if (!(set & switches[i].what)) {
			put_back_left(i);
			continue;
		}
		*failed = switches[i].what;
		err = take(e, i, note_err);
	}
	if (!err && set & ENABLE_HOOKS) {
		*failed = ENABLE_HOOKS;
		err = hooks_add(&e->hooks);
	}
	if (err) {
		put_back_ours(e, &stuck);
		return err;
	}
	*out = e;
	return 0;
}

int enable_end(struct enable *e, enum enable_what *failed)
{
	if (!e)
		return 0;
	for (size_t i = 0; i < SWITCHES; i++)
		if (e->ours[i].before == UNKNOWN)
			put_back_left(i);
	return put_back_ours(e, failed);
}

/* --- what is left ----------------------------------------------------------- */

void enable_left(enable_left_fn *fn, void *arg)
{
	for (size_t i = 0; i < SWITCHES; i++) {
		struct claim c;
		int before;

		if (claim_open(&c, switches[i].sysctl, false))
			continue;
		before = claim_before(&c);
		if (before >= 0 && !claim_wanted(&c) &&
		    sysctl_netfilter(switches[i].sysctl) == switches[i].value)
			fn(arg, switches[i].sysctl, before, c.path);
		claim_close(&c);
	}
}
