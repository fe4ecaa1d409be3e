/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "hash/hash_set.h"
#include "hash/siphash.h"
#include "host/netlink.h"
#include "source/dump.h"

/* The kernel puts at most 32 KiB of a dump into one datagram. */
#define READ_BYTES 65536

/* Room for the attributes that tell one entry from another: both tuples, zone and id. */
#define IDENTITY_BYTES 512

/* How many entries the set `seen` has room for at first. */
#define FIRST_ENTRIES 32768

struct dump {
	uint64_t secret[2];	/* of the hashes in `seen` */
	struct hash_set seen;
	dump_fn *fn;
	dump_pause_fn *pause;
	void *arg;
	struct dump_stats *stats;
	int err;
};

static bool is_identity(uint16_t type)
{
	return type == CTA_TUPLE_ORIG || type == CTA_TUPLE_REPLY || type == CTA_ZONE ||
	       type == CTA_ID;
}

/* A keyed hash stands for an entry: nobody can choose tuples whose hashes are equal. */
static uint64_t identity(const uint64_t secret[2], const struct nlmsghdr *nlh)
{
	unsigned char bytes[IDENTITY_BYTES];
	const struct nlattr *attr;
	size_t len = 0;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		if (!is_identity(mnl_attr_get_type(attr)) || len + attr->nla_len > sizeof(bytes))
			continue;
		memcpy(bytes + len, attr, attr->nla_len);
		len += attr->nla_len;
	}
	return siphash(secret, bytes, len);
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
		d->err = hash_set_grow(&d->seen);
	if (d->err)
		return MNL_CB_OK;
	if (!hash_set_add(&d->seen, identity(d->secret, nlh))) {
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
	if (getrandom(d.secret, sizeof(d.secret), 0) != sizeof(d.secret))
		return errno ? -errno : -EIO;
	err = netlink_open(&nl, NETLINK_NETFILTER, 0);
	if (err)
		return err;
	err = hash_set_open(&d.seen, FIRST_ENTRIES);
	if (!err)
		err = request(nl, 1);
	if (!err)
		err = read_all(nl, 1, &d);
	mnl_socket_close(nl);
	hash_set_close(&d.seen);
	return err;
}
