/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "host/netlink.h"
#include "source/dump.h"
#include "table/siphash.h"

/* The kernel fills at most 32 KiB at a time. */
#define READ_BYTES 65536

/* Tuples, zone and id: what tells one entry from another. */
#define IDENTITY_BYTES 512

/* The entries seen so far, by a 64-bit keyed hash: two that are different have the
 * same with a probability of 2^-26 in a dump of a million. 0 is free. */
struct seen {
	uint64_t secret[2], *hash, mask, used;
};

struct dump {
	struct seen seen;
	dump_fn *fn;
	dump_pause_fn *pause;
	void *arg;
	struct dump_stats *stats;
	int err;
};

static bool remember(struct seen *s, uint64_t hash)
{
	uint64_t i;

	for (i = hash & s->mask; s->hash[i]; i = (i + 1) & s->mask)
		if (s->hash[i] == hash)
			return false;
	s->hash[i] = hash;
	s->used++;
	return true;
}

/* Room for one more, never more than half full. */
static int grow(struct seen *s)
{
	uint64_t *old = s->hash, old_slots = old ? s->mask + 1 : 0;
	uint64_t slots = old ? 2 * old_slots : 65536;

	if (2 * (s->used + 1) <= old_slots)
		return 0;
	s->hash = calloc(slots, sizeof(*s->hash));
	if (!s->hash) {
		s->hash = old;
		return -ENOMEM;
	}
	s->mask = slots - 1;
	s->used = 0;
	for (uint64_t i = 0; i < old_slots; i++)
		if (old[i])
			remember(s, old[i]);
	free(old);
	return 0;
}

static bool is_identity(uint16_t type)
{
	return type == CTA_TUPLE_ORIG || type == CTA_TUPLE_REPLY || type == CTA_ZONE ||
	       type == CTA_ID;
}

static uint64_t identity(const struct seen *s, const struct nlmsghdr *nlh)
{
	unsigned char bytes[IDENTITY_BYTES];
	const struct nlattr *attr;
	size_t len = 0;
	uint64_t hash;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		if (!is_identity(mnl_attr_get_type(attr)) || len + attr->nla_len > sizeof(bytes))
			continue;
		memcpy(bytes + len, attr, attr->nla_len);
		len += attr->nla_len;
	}
	hash = siphash(s->secret, bytes, len);
	return hash ? hash : 1;
}

static int take_entry(const struct nlmsghdr *nlh, void *arg)
{
	struct conntrack_entry entry;
	struct dump *d = arg;

	if (conntrack_decode_entry(nlh, nlh->nlmsg_len, &entry)) {
		d->stats->undecoded++;
		return MNL_CB_OK;
	}
	if (!d->err)
		d->err = grow(&d->seen);
	if (d->err)
		return MNL_CB_OK;
	if (!remember(&d->seen, identity(&d->seen, nlh))) {
		d->stats->duplicates++;
		return MNL_CB_OK;
	}
	d->stats->entries++;
	d->fn(d->arg, &entry);
	return MNL_CB_OK;
}

static int request(struct mnl_socket *nl, uint32_t seq)
{
	char buf[MNL_NLMSG_HDRLEN + 64] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));

	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = seq;
	nfg->nfgen_family = AF_UNSPEC;
	nfg->version = NFNETLINK_V0;
	return mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0 ? -errno : 0;
}

static int read_all(struct mnl_socket *nl, uint32_t seq, struct dump *d)
{
	static char buf[READ_BYTES] __attribute__((aligned(8)));
	int more = MNL_CB_OK;

	while (more > MNL_CB_STOP) {
		ssize_t len = mnl_socket_recvfrom(nl, buf, sizeof(buf));

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		more = mnl_cb_run(buf, len, seq, mnl_socket_get_portid(nl), take_entry, d);
		if (more < 0)
			return -errno;
		if (d->pause)
			d->pause(d->arg);
	}
	return d->err;
}

int dump_connections(dump_fn *fn, dump_pause_fn *pause, void *arg, struct dump_stats *stats)
{
	struct dump d = { .fn = fn, .pause = pause, .arg = arg, .stats = stats };
	struct mnl_socket *nl;
	int err;

	memset(stats, 0, sizeof(*stats));
	if (getrandom(d.seen.secret, sizeof(d.seen.secret), 0) != sizeof(d.seen.secret))
		return errno ? -errno : -EIO;
	err = netlink_open(&nl, NETLINK_NETFILTER, 0);
	if (err)
		return err;
	err = request(nl, 1);
	if (!err)
		err = read_all(nl, 1, &d);
	mnl_socket_close(nl);
	free(d.seen.hash);
	return err;
}
