/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <linux/netlink.h>

#include "cli/log.h"
#include "host/owner.h"
#include "pipeline/groups.h"
#include "pipeline/privileges.h"
#include "rule/drop_groups.h"

/* Groups that other programs hold, as text: "5 (ulogd, process 312), 7 (port id 4711)". */
struct held {
	char text[800];
	size_t len;
};

static bool has(const uint16_t *groups, size_t n, uint16_t group)
{
	for (size_t i = 0; i < n; i++)
		if (groups[i] == group)
			return true;
	return false;
}

int groups_list(uint16_t groups[NFLOG_MAX_GROUPS], const struct options *opts, bool *more)
{
	uint16_t found[NFLOG_MAX_GROUPS];
	int n = opts->n_groups, n_found;

	*more = false;
	memcpy(groups, opts->groups, opts->n_groups * sizeof(*groups));
	if (!opts->auto_groups)
		return n;
	n_found = drop_groups(found, NFLOG_MAX_GROUPS);
	if (n_found < 0)
		return n_found;
	*more = n_found > NFLOG_MAX_GROUPS;
	for (int i = 0; i < n_found && i < NFLOG_MAX_GROUPS; i++) {
		if (has(groups, n, found[i]))
			continue;
		if (n == NFLOG_MAX_GROUPS)
			*more = true;
		else
			groups[n++] = found[i];
	}
	return n;
}

/* Another program holds the group: say which one. */
static void say_taken(uint16_t group)
{
	uint32_t port = nflog_holder(group);
	struct owner owner;

	owner_find(&owner, NETLINK_NETFILTER, port);
	if (!port)
		log_error("NFLOG group %u is held by another program, which one cannot be read in /proc/net/netfilter/nfnetlink_log: stop it, or log to another group",
			  group);
	else if (!owner.pid)
		log_error("NFLOG group %u is held by another program, of which only its netlink port id %" PRIu32 " is known: stop it, or log to another group",
			  group, port);
	else
		log_error("NFLOG group %u is held by %s, process %" PRIu32 ": stop it, or log to another group",
			  group, owner.name, owner.pid);
}

static void note_held(struct held *held, uint16_t group)
{
	char *at = held->text + held->len;
	size_t room = sizeof(held->text) - held->len;
	uint32_t port = nflog_holder(group);
	struct owner owner;
	int len;

	owner_find(&owner, NETLINK_NETFILTER, port);
	if (owner.pid)
		len = snprintf(at, room, "%s%u (%s, process %" PRIu32 ")", held->len ? ", " : "",
			       group, owner.name, owner.pid);
	else
		len = snprintf(at, room, "%s%u (port id %" PRIu32 ")", held->len ? ", " : "", group,
			       port);
	held->len += (size_t)len < room ? (size_t)len : room - 1;
}

static void remove_group(uint16_t *groups, size_t *n, uint16_t group)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++)
		if (groups[i] != group)
			groups[kept++] = groups[i];
	*n = kept;
}

/* Bind the groups, of which those that are held are left out where opts allows that. Returns 0, or
 * -errno with the group that was refused in *failed. */
static int bind_free(struct nflog **out, const struct options *opts, uint16_t *groups, size_t n,
		     struct held *held, uint16_t *failed)
{
	int err = -ENOENT;

	while (n) {
		err = nflog_open(out, groups, n, opts->buffer_bytes, failed);
		if (err != -EBUSY || has(opts->groups, opts->n_groups, *failed))
			break;
		note_held(held, *failed);
		remove_group(groups, &n, *failed);
	}
	return err;
}

/* The groups could not be bound: say why. */
static int fail(int err, uint16_t group, const struct held *held)
{
	if (held->len && err == -EBUSY)
		log_error("-g auto: other programs hold all NFLOG groups to which rules that drop log: %s: stop them, or log to other groups",
			  held->text);
	else if (err == -EBUSY)
		say_taken(group);
	else if (err == -EPERM)
		log_error("cannot bind NFLOG group %u: %s%s", group, strerror(-err),
			  privileges_net_admin());
	else
		log_error("cannot bind NFLOG group %u: %s; is the module nfnetlink_log there?",
			  group, strerror(-err));
	return err;
}

/* `-g auto' has found no group. */
static int fail_to_find(int err)
{
	if (!err)
		log_error("-g auto: no rule that drops logs to an NFLOG group: write `log prefix \"...\" group 5 drop' in rules that drop, or name a group (-g 5)");
	else if (err == -EBUSY)
		log_error("-g auto: the rules change faster than they can be read: try again, or name the groups (-g 5)");
	else
		log_error("-g auto: cannot read the rules: %s: run as root, or name the groups (-g 5)",
			  strerror(-err));
	return err ? err : -ENOENT;
}

int groups_open(struct nflog **out, const struct options *opts)
{
	uint16_t groups[NFLOG_MAX_GROUPS], failed = 0;
	struct held held = { .len = 0 };
	bool more;
	int n = groups_list(groups, opts, &more), err;

	if (n <= 0)
		return fail_to_find(n);
	err = bind_free(out, opts, groups, n, &held, &failed);
	if (err)
		return fail(err, failed, &held);
	if (held.len)
		log_notice("-g auto: left out NFLOG groups that other programs hold: %s: stop them, or log to other groups",
			   held.text);
	if (more)
		log_notice("-g auto: rules that drop log to more than %d NFLOG groups: those with the largest numbers are left out, count them with a ctagg of their own (-g N)",
			   NFLOG_MAX_GROUPS);
	if (nflog_buffer(*out) < opts->buffer_bytes)
		log_notice("the kernel granted a receive buffer of %zu bytes for drops, not %zu: raise net.core.rmem_max, or give CAP_NET_ADMIN",
			   nflog_buffer(*out), opts->buffer_bytes);
	return 0;
}
