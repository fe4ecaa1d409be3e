/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <linux/netfilter/xt_NFLOG.h>

#include "rule/legacy.h"
#include "rule/tracks.h"

/* The structures for IPv4 stand for those for IPv6 as well. */
_Static_assert(sizeof(struct ipt_getinfo) == sizeof(struct ip6t_getinfo), "alike");
_Static_assert(offsetof(struct ipt_get_entries, entrytable) ==
	       offsetof(struct ip6t_get_entries, entrytable), "alike");

/* How iptables-legacy and ip6tables-legacy are asked.
 *
 * names               the file with the names of the tables that exist, one a line
 * entry_bytes         the length of the head of an entry, a rule
 * target_at, next_at  where the head says at which byte the target and the next entry begin
 */
static const struct flavour {
	int family, level, get_info, get_entries;
	uint32_t nfproto;
	const char *names;
	size_t entry_bytes, target_at, next_at;
} flavours[] = {
	{ AF_INET, SOL_IP, IPT_SO_GET_INFO, IPT_SO_GET_ENTRIES, NFPROTO_IPV4,
	  "/proc/self/net/ip_tables_names", sizeof(struct ipt_entry),
	  offsetof(struct ipt_entry, target_offset), offsetof(struct ipt_entry, next_offset) },
	{ AF_INET6, SOL_IPV6, IP6T_SO_GET_INFO, IP6T_SO_GET_ENTRIES, NFPROTO_IPV6,
	  "/proc/self/net/ip6_tables_names", sizeof(struct ip6t_entry),
	  offsetof(struct ip6t_entry, target_offset), offsetof(struct ip6t_entry, next_offset) },
};
#define FLAVOURS (sizeof(flavours) / sizeof(flavours[0]))

/* --- entries ----------------------------------------------------------------- */

/* The head of a match, and of a target. */
struct head {
	uint16_t size;
	char name[XT_EXTENSION_MAXNAMELEN];
	uint8_t revision;
};
_Static_assert(sizeof(struct head) == sizeof(struct xt_entry_match) &&
	       sizeof(struct head) == sizeof(struct xt_entry_target), "they begin alike");

/* Show fn the extension that begins at `at' and must end at `end' or before. Returns its size,
 * or 0 when it is smaller than its head or ends too late. */
static size_t show(const char *at, const char *end, struct legacy_extension extension,
		   legacy_fn *fn, void *arg)
{
	struct head head;

	if ((size_t)(end - at) < sizeof(head))
		return 0;
	memcpy(&head, at, sizeof(head));
	if (head.size < sizeof(head) || head.size > end - at)
		return 0;
	head.name[sizeof(head.name) - 1] = '\0';
	extension.name = head.name;
	extension.info = at + sizeof(head);
	extension.len = head.size - sizeof(head);
	fn(arg, &extension);
	return head.size;
}

/* Show fn the extensions of one entry, which has a head, then its matches, then its target.
 * False: a match reaches into the target, or the target beyond the entry. */
static bool show_entry(const char *entry, size_t matches_at, size_t target_at, size_t len,
		       uint32_t nfproto, legacy_fn *fn, void *arg)
{
	struct legacy_extension extension = { .nfproto = nfproto };
	const char *target = entry + target_at;

	for (const char *at = entry + matches_at; at < target;) {
		size_t size = show(at, target, extension, fn, arg);

		if (!size)
			return false;
		at += size;
	}
	extension.is_target = true;
	return show(target, entry + len, extension, fn, arg);
}

int legacy_entries(const void *entries, size_t len, uint32_t nfproto, legacy_fn *fn, void *arg)
{
	const struct flavour *f = &flavours[nfproto == NFPROTO_IPV6];
	uint16_t target_at, next_at;

	for (const char *at = entries; len; at += next_at, len -= next_at) {
		if (len < f->entry_bytes)
			return -EBADMSG;
		memcpy(&target_at, at + f->target_at, sizeof(target_at));
		memcpy(&next_at, at + f->next_at, sizeof(next_at));
		if (target_at < f->entry_bytes || next_at < target_at || next_at > len ||
		    !show_entry(at, f->entry_bytes, target_at, next_at, nfproto, fn, arg))
			return -EBADMSG;
	}
	return 0;
}

/* --- tables ------------------------------------------------------------------ */

/* Get the entries of one table. Returns 0 and entries that the caller frees, or -errno: -EAGAIN
 * the table was changed after the kernel had told its size. */
static int get_entries(int fd, const struct flavour *f, const char *name,
		       struct ipt_get_entries **out)
{
	struct ipt_getinfo info = { .num_entries = 0 };
	socklen_t len = sizeof(info);
	struct ipt_get_entries *e;

	strcpy(info.name, name);
	if (getsockopt(fd, f->level, f->get_info, &info, &len))
		return -errno;
	len = sizeof(*e) + info.size;
	e = calloc(1, len);
	if (!e)
		return -ENOMEM;
	strcpy(e->name, name);
	e->size = info.size;
	if (getsockopt(fd, f->level, f->get_entries, e, &len)) {
		int err = -errno;

		free(e);
		return err;
	}
	*out = e;
	return 0;
}

static int show_table(int fd, const struct flavour *f, const char *name, legacy_table_fn *fn,
		      void *arg)
{
	struct ipt_get_entries *e = NULL;
	int err = -EAGAIN;

	for (int tries = 0; tries < 10 && err == -EAGAIN; tries++)
		err = get_entries(fd, f, name, &e);
	if (err)
		return err;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): get_entries() has set e */
	err = fn(arg, e->entrytable, e->size, f->nfproto);
	free(e);
	return err;
}

static int show_tables(const struct flavour *f, FILE *names, legacy_table_fn *fn, void *arg)
{
	char name[XT_TABLE_MAXNAMELEN + 1];
	int fd = -1, err = 0;

	while (!err && fgets(name, sizeof(name), names)) {
		name[strcspn(name, "\n")] = '\0';
		/* The kernel answers on a socket of any type. Without tables no socket is
		 * opened. */
		if (fd < 0)
			fd = socket(f->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		err = fd < 0 ? -errno : show_table(fd, f, name, fn, arg);
	}
	if (fd >= 0)
		close(fd);
	return err;
}

int legacy_tables(legacy_table_fn *fn, void *arg)
{
	int err = 0;

	/* Where /proc is mounted, a missing file of names means that there are no tables. */
	if (access("/proc/self/net", X_OK))
		return -errno;
	for (size_t i = 0; i < FLAVOURS && !err; i++) {
		FILE *names = fopen(flavours[i].names, "re");

		if (!names)
			continue;
		err = show_tables(&flavours[i], names, fn, arg);
		fclose(names);
	}
	return err;
}

/* What legacy_entries() is called with. */
struct shown_to {
	legacy_fn *fn;
	void *arg;
};

static int show_extensions(void *arg, const void *entries, size_t len, uint32_t nfproto)
{
	const struct shown_to *to = arg;

	return legacy_entries(entries, len, nfproto, to->fn, to->arg);
}

static int each_extension(legacy_fn *fn, void *arg)
{
	struct shown_to to = { fn, arg };

	return legacy_tables(show_extensions, &to);
}

/* --- questions --------------------------------------------------------------- */

static void add_tracked(void *arg, const struct legacy_extension *e)
{
	unsigned int *families = arg;

	if (e->is_target ? tracks_target(e->name, e->info, e->len) : tracks_match(e->name))
		*families |= tracks_of_family(e->nfproto);
}

int legacy_tracks(void)
{
	unsigned int families = TRACKS_NONE;
	int err = each_extension(add_tracked, &families);

	return err ? err : (int)families;
}

/* Whether a rule was found that logs to the group. */
struct logged {
	uint16_t group;
	bool found;
};

static void find_group(void *arg, const struct legacy_extension *e)
{
	struct logged *logged = arg;
	struct xt_nflog_info info;

	if (!e->is_target || strcmp(e->name, "NFLOG") || e->len < sizeof(info))
		return;
	memcpy(&info, e->info, sizeof(info));
	logged->found |= info.group == logged->group;
}

int legacy_logs_to(uint16_t group)
{
	struct logged logged = { .group = group };
	int err = each_extension(find_group, &logged);

	return err ? err : logged.found;
}
