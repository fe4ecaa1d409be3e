/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "enable/claim.h"
#include "enable/enable.h"
#include "enable/hooks.h"
#include "host/sysctl.h"

#define SWITCHES 3

/* value: what the sysctl is set to when it is switched on */
static const struct {
	enum enable_what what;
	const char *sysctl;
	int value;
} switches[SWITCHES] = {
	{ ENABLE_ACCT, "nf_conntrack_acct", 1 },
	{ ENABLE_TIMESTAMP, "nf_conntrack_timestamp", 1 },
	{ ENABLE_EVENTS, "nf_conntrack_events", 1 },
};

#define UNKNOWN (-1)	/* instead of a value, 0 or more */

/* ours   of each switch: the claim, and the value to put back; UNKNOWN: this handle has not
 *        switched the switch on
 * hooks  the socket to which the table of hooks belongs; NULL: none
 */
struct enable {
	struct {
		struct claim claim;
		int before;
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

/* Set the value before, unless the sysctl no longer has the value that switching on sets: then
 * somebody has changed the sysctl meanwhile, and the change stays. */
static int restore(size_t i, int before)
{
	int now = sysctl_netfilter(switches[i].sysctl);

	if (now == -ENOENT)
		return 0;	/* the module was unloaded, and the sysctl is gone with it */
	if (now < 0)
		return now;
	return now == switches[i].value ? sysctl_netfilter_set(switches[i].sysctl, before) : 0;
}

/* Stop wanting switch i: put the value back unless another ctagg wants the switch on, and close
 * the claim. The value is the one that the claim notes, else `before'. A claim that is not
 * locked is not removed: another ctagg may be about to want the switch on. */
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

/* Put back a switch that this run was not asked for, if a killed ctagg has left it on. Errors are
 * passed over: then --check reports the switch. */
static void put_back_left(size_t i)
{
	struct claim c;

	if (!claim_open(&c, switches[i].sysctl, CLAIM_CHANGE))
		put_back(i, &c, UNKNOWN, true);
}

/* Put back all that this handle has switched on, as far as it came, and free the handle. */
static int put_back_ours(struct enable *e, enum enable_what *failed)
{
	int first = 0;

	/* Before the sysctls: closing the socket frees a descriptor, which setting a sysctl may
	 * need. */
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

/* Whether the run must not start because a claim cannot be had. Without descriptors or memory
 * the run would not come far; without the lock this ctagg would not see what other ctaggs want.
 * After other errors the run goes on without the claim. */
static bool is_fatal(int err)
{
	return err == -EMFILE || err == -ENFILE || err == -ENOMEM || err == -ETIMEDOUT;
}

/* Close a locked claim that is not needed. Remove its file when no value is noted there and no
 * other ctagg wants the sysctl on. */
static void leave(struct claim *c)
{
	if (c->fd >= 0 && claim_before(c) < 0 && !claim_wanted(c))
		claim_remove(c);
	claim_close(c);
}

/* Switch on switch i; its claim is locked, or not open. The value before is noted first: if this
 * process is killed after that, another ctagg can put the value back. */
static int switch_on(struct enable *e, size_t i, int *note_err)
{
	struct claim *c = &e->ours[i].claim;
	int now = sysctl_netfilter(switches[i].sysctl), noted = claim_before(c), err = 0;
	bool on = now == switches[i].value;

	if (now < 0 || (on && noted < 0)) {
		/* The sysctl cannot be read; or it is on, and no ctagg has switched it on, so
		 * there is nothing to put back. */
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

/* Get the claim to switch i and switch it on. */
static int take(struct enable *e, size_t i, int *note_err)
{
	int err = claim_open(&e->ours[i].claim, switches[i].sysctl, CLAIM_MAKE);

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

void enable_gone(struct enable *e)
{
	for (size_t i = 0; i < SWITCHES; i++) {
		struct claim *c = &e->ours[i].claim;

		if (e->ours[i].before != UNKNOWN && !claim_lock(c))
			claim_remove(c);
		claim_close(c);
	}
	if (e->hooks)
		mnl_socket_close(e->hooks);
	free(e);
}

/* --- switches that were left on ---------------------------------------------- */

void enable_left(enable_left_fn *fn, void *arg)
{
	for (size_t i = 0; i < SWITCHES; i++) {
		struct claim c;
		int before;

		if (claim_open(&c, switches[i].sysctl, CLAIM_LOOK))
			continue;
		before = claim_before(&c);
		if (before >= 0 && !claim_wanted(&c) &&
		    sysctl_netfilter(switches[i].sysctl) == switches[i].value)
			fn(arg, switches[i].sysctl, before, c.path);
		claim_close(&c);
	}
}
