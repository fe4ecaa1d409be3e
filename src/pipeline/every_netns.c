/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "enable/enable.h"
#include "host/netns.h"
#include "host/sysctl.h"
#include "pipeline/every_netns.h"
#include "pipeline/setup.h"
#include "table/kernel_trace.h"
#include "window/clock.h"

/* Between two looks there are so many times as long as a look takes: between those of every second, and
 * when an event asks for one. */
#define REST_OF_TICK 50
#define REST_OF_EVENT 4

/* How long a namespace is remembered that is gone: until no open window can have it, and longer. */
#define FORGET_NS 60000000000ULL

/* What the kernel table has been told of a namespace (netns_entry.told). */
enum told {
	TOLD_NOTHING,
	TOLD_STRANGE,
	TOLD_KNOWN,
};

/* idle_ns  after so long a namespace that is gone is in no window that is still open
 * ended_ns, took_ns  the last look
 * refused  how many namespaces that look was not let into
 * own      the namespace of this process, where pipeline/enabling.h switches on
 * listens_alone  the kernel makes events in the namespace of a listener alone
 * strangers      there were events since the last look of a namespace that it had not found
 * untold         the kernel table does not have all addresses
 * unwatched      in how many namespaces there are no events
 * enable_err     of --enable in another namespace
 */
struct every_netns {
	struct netns_list *list;
	struct kernel *kernel;
	uint64_t idle_ns, ended_ns, took_ns;
	size_t refused;
	const struct options *opts;
	uint32_t own;
	bool listens_alone, strangers, untold;
	size_t unwatched;
	int enable_err;
};

/* --- the kernel table ---------------------------------------------------------------- */

struct telling {
	struct kernel *kernel;
	uint32_t id;
};

static int tell_address(void *arg, const __u8 addr[16], bool broadcast)
{
	const struct telling *t = arg;

	return kernel_netns_address(t->kernel, t->id, addr, broadcast ? ADDRESS_BROADCAST : ADDRESS_OURS);
}

static enum told wanted(const struct netns_entry *e)
{
	if (!e->settled)
		return TOLD_NOTHING;
	return e->addresses ? TOLD_KNOWN : TOLD_STRANGE;
}

static int tell(struct kernel *k, struct netns_entry *e, enum told what)
{
	int err = 0;

	if (e->told == what)
		return 0;
	if (what == TOLD_NOTHING)
		err = kernel_netns_forget(k, e->id);
	else
		err = kernel_netns(k, e->id, what == TOLD_KNOWN ? NETNS_KNOWN : NETNS_STRANGE);
	if (!err)
		e->told = what;
	return err;
}

/* Events of the namespaces that the kernel table knows come to user space, which has all addresses. */
static void forget_known(struct every_netns *e)
{
	for (size_t i = 0; i < netns_list_size(e->list); i++)
		if (netns_list_at(e->list, i)->told == TOLD_KNOWN)
			tell(e->kernel, netns_list_at(e->list, i), TOLD_NOTHING);
}

/* Of a namespace some of whose addresses are missing there, the kernel table would make wrong directions. */
static int tell_addresses(struct every_netns *e)
{
	struct telling t = { .kernel = e->kernel };
	int err = 0, end_err;

	kernel_addresses_begin(e->kernel);
	for (size_t i = 0; i < netns_list_size(e->list) && !err; i++) {
		const struct netns_entry *entry = netns_list_at(e->list, i);

		t.id = entry->id;
		if (entry->addresses)
			err = addresses_each(entry->addresses, tell_address, &t);
	}
	e->untold = err;
	if (err)
		forget_known(e);
	end_err = kernel_addresses_end(e->kernel);
	return err ? err : end_err;
}

/* While the addresses of a namespace change, its events come to user space. */
static int tell_all(struct every_netns *e)
{
	int err = 0;

	for (size_t i = 0; i < netns_list_size(e->list) && !err; i++) {
		struct netns_entry *entry = netns_list_at(e->list, i);

		e->untold |= entry->changed;
		if (entry->changed || wanted(entry) == TOLD_NOTHING)
			err = tell(e->kernel, entry, TOLD_NOTHING);
	}
	if (!err && e->untold)
		err = tell_addresses(e);
	for (size_t i = 0; i < netns_list_size(e->list) && !err; i++) {
		struct netns_entry *entry = netns_list_at(e->list, i);

		err = tell(e->kernel, entry, wanted(entry));
	}
	return err;
}

/* --- events in other namespaces -------------------------------------------------------------- */

/* Whether the kernel makes no events where the calling thread is. A sysctl that cannot be read says nothing. */
static bool is_silent(const struct every_netns *e, const struct netns_entry *entry)
{
	int events = sysctl_netfilter("nf_conntrack_events");

	return !events || (events == 2 && e->listens_alone && entry->id != e->own);
}

/* Once in each namespace: what somebody switches off again stays so. */
static void switch_on(struct every_netns *e, struct netns_entry *entry)
{
	enum enable_what failed;
	struct enable *on;
	int err, note_err;

	if (!e->opts->enable || entry->data || entry->id == e->own)
		return;
	err = enable_begin(&on, e->opts->enable, &failed, &note_err);
	if (err)
		e->enable_err = err;
	else
		entry->data = on;
}

static void visit(void *arg, struct netns_entry *entry)
{
	struct every_netns *e = arg;

	switch_on(e, entry);
	e->unwatched += is_silent(e, entry);
}

static void put_back(void *arg, struct netns_entry *entry)
{
	enum enable_what failed;
	struct every_netns *e = arg;
	int err = entry->data ? enable_end(entry->data, &failed) : 0;

	entry->data = NULL;
	if (err)
		e->enable_err = err;
}

/* What is noted of a namespace that is gone holds for nothing any more. */
static void forget_enabled(struct every_netns *e)
{
	for (size_t i = 0; i < netns_list_size(e->list); i++) {
		struct netns_entry *entry = netns_list_at(e->list, i);

		if (!entry->data || entry->missed < 2)
			continue;
		enable_gone(entry->data);
		entry->data = NULL;
	}
}

static void say_events(struct every_netns *e)
{
	if (e->enable_err)
		repeat_say(&e->enable_err, e->enable_err, LOG_KIND_ERROR, "--enable: cannot switch it on in another network namespace: %s",
			   strerror(-e->enable_err));
	else
		repeat_over(&e->enable_err, "--enable: it is switched on in the other network namespaces");
	if (e->unwatched)
		repeat_say(&e->unwatched, e->unwatched, LOG_KIND_NOTICE, "%zu network namespaces give no events: nf_conntrack_events is %s there; add --enable=events",
			   e->unwatched, e->listens_alone ? "not 1" : "0");
	else
		repeat_over(&e->unwatched, "all network namespaces give events");
}

/* A namespace that cannot be entered keeps its files, by which the next ctagg puts back; one that is not there
 * any more has nothing to put back. */
void every_netns_put_back(struct every_netns *e)
{
	size_t refused = 0;
	int err;

	if (!e || !e->opts->enable)
		return;
	e->enable_err = 0;
	err = netns_list_look(e->list, put_back, e, &refused);
	if (!err && refused)
		err = -EPERM;
	for (size_t i = 0; i < netns_list_size(e->list); i++) {
		struct netns_entry *entry = netns_list_at(e->list, i);

		if (!entry->data)
			continue;
		if (err)
			e->enable_err = err;
		else
			enable_gone(entry->data);
		entry->data = NULL;
	}
	if (e->enable_err)
		log_error("--enable: cannot put back what was switched on in another network namespace: %s; `ctagg --check' there says how to",
			  strerror(-e->enable_err));
}

/* --- looking --------------------------------------------------------------------------- */

static void forget(void *arg, struct netns_entry *entry)
{
	struct every_netns *e = arg;

	if (e->kernel)
		tell(e->kernel, entry, TOLD_NOTHING);
}

/* Not in its own namespace, ctagg would take another one for it from here on. */
static void stop_at(int err)
{
	if (err != -ENOTRECOVERABLE)
		return;
	log_error("--netns=all: cannot return to the network namespace that ctagg was started in; stopping");
	raise(SIGTERM);
}

static int look(struct every_netns *e)
{
	uint64_t begun_ns = clock_monotonic_ns();
	int err;

	e->strangers = false;
	e->unwatched = 0;
	e->enable_err = 0;
	err = netns_list_look(e->list, visit, e, &e->refused);
	stop_at(err);
	forget_enabled(e);
	say_events(e);
	netns_list_forget(e->list, e->idle_ns, forget, e);
	if (err)	/* the next look does not say again what this one has found changed */
		e->untold = true;
	else if (e->kernel)
		err = tell_all(e);
	e->ended_ns = clock_monotonic_ns();
	e->took_ns = e->ended_ns - begun_ns;
	return err;
}

static void look_again(struct every_netns *e, unsigned int rest)
{
	int err;

	if (clock_monotonic_ns() - e->ended_ns < rest * e->took_ns)
		return;
	err = look(e);
	if (err)
		repeat_say(e, err, LOG_KIND_ERROR, "--netns=all: cannot look for network namespaces: %s; some directions or names may be missing",
			   strerror(-err));
	else
		repeat_over(e, "--netns=all: network namespaces are found again");
}

static bool is_known(const struct every_netns *e, uint32_t id)
{
	const struct netns_entry *entry = netns_list_find(e->list, id);

	return entry && entry->settled;
}

void every_netns_events(struct every_netns *e, const struct flow_event *events, size_t n)
{
	uint32_t last = 0;

	for (size_t i = 0; i < n; i++) {
		if (events[i].netns == last)
			continue;
		last = events[i].netns;
		if (!is_known(e, last))
			look_again(e, REST_OF_EVENT);
		e->strangers |= !netns_list_find(e->list, last);
		netns_list_add(e->list, last, events[i].netns_inode);
	}
}

void every_netns_end_window(struct every_netns *e)
{
	if (e->strangers)
		look_again(e, 0);
}

void every_netns_tick(struct every_netns *e)
{
	look_again(e, REST_OF_TICK);
}

size_t every_netns_unwatched(const struct every_netns *e)
{
	return e->unwatched;
}

/* --- what there is ------------------------------------------------------------------------ */

const struct netns_list *every_netns_list(const struct every_netns *e)
{
	return e->list;
}

const char *every_netns_name(void *names, __u32 netns)
{
	struct every_netns *e = names;

	return netns_list_name(e->list, netns);
}

static int find_own(struct every_netns *e)
{
	uint64_t cookie;
	int err = netns_cookie(&cookie);

	e->own = cookie;
	e->listens_alone = kernel_trace_listens_alone();
	return err;
}

static uint64_t longest_ns(const struct options *opts)
{
	return opts->n_levels ? opts->level_ns[opts->n_levels - 1] : opts->window_ns;
}

int every_netns_open(struct every_netns **out, const struct options *opts, struct kernel *kernel)
{
	struct every_netns *e = calloc(1, sizeof(*e));
	int err = e ? netns_list_open(&e->list) : -ENOMEM;

	if (!err)
		err = find_own(e);
	if (!err) {
		e->opts = opts;
		e->kernel = kernel;
		e->idle_ns = 2 * longest_ns(opts) + FORGET_NS;
		err = look(e);
	}
	if (err) {
		setup_fail(FAILED, "--netns=all: cannot look for network namespaces", err, "");
		if (e && e->opts)
			every_netns_put_back(e);
		every_netns_close(e);
		return err;
	}
	*out = e;
	return 0;
}

ssize_t every_netns_count_unwatched(void)
{
	const struct options none = { .enable = 0 };
	struct every_netns e = { .opts = &none };
	int err = netns_list_open(&e.list);

	if (!err)
		err = find_own(&e);
	if (!err)
		err = netns_list_look(e.list, visit, &e, NULL);
	netns_list_close(e.list);
	return err ? err : (ssize_t)e.unwatched;
}

void every_netns_close(struct every_netns *e)
{
	if (!e)
		return;
	netns_list_close(e->list);
	free(e);
}
