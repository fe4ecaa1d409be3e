/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "host/netlink.h"
#include "source/tracker_stats.h"

/* The kernel puts at most 32 KiB of a dump into one datagram. */
#define READ_BYTES 32768

#define NUMBER_OF(name, about) COUNTER_##name,
enum { WINDOW_KERNEL_COUNTERS(NUMBER_OF) COUNTERS };
#define ALL_COUNTERS ((1u << COUNTERS) - 1)

static const uint16_t attributes[COUNTERS] = {
	[COUNTER_drop] = CTA_STATS_DROP,
	[COUNTER_early_drop] = CTA_STATS_EARLY_DROP,
	[COUNTER_insert_failed] = CTA_STATS_INSERT_FAILED,
	[COUNTER_invalid] = CTA_STATS_INVALID,
	[COUNTER_clash_resolve] = CTA_STATS_CLASH_RESOLVE,
	[COUNTER_chaintoolong] = CTA_STATS_CHAIN_TOOLONG,
};

/* The counters of a CPU as they were read last. */
struct cpu {
	uint32_t counter[COUNTERS];
};

/* nl            NULL: the next reading opens a socket
 * cpus          by the CPU's number, n_cpus of them
 * grown         by how much each counter has grown, all CPUs together, since it was 0
 * told          the same at the last reading in which the counter was whole
 * based         counters that have been whole in a reading, a set
 * whole         counters that each CPU has sent in this reading, a set
 * any_cpu       a CPU has sent counters in this reading
 * err           of this reading of counters
 * entries, max  of this reading
 */
struct tracker_stats {
	struct mnl_socket *nl;
	struct cpu *cpus;
	size_t n_cpus;
	uint64_t grown[COUNTERS], told[COUNTERS];
	unsigned int based, whole;
	bool any_cpu;
	int err;
	struct window_gauge entries, max;
};

int tracker_stats_open(struct tracker_stats **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

/* --- messages -------------------------------------------------------------- */

/* The attribute of this type, a number of 32 bits; NULL: it is not there. */
static const struct nlattr *find(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == type)
			return mnl_attr_validate(attr, MNL_TYPE_U32) < 0 ? NULL : attr;
	return NULL;
}

/* The CPU of this number, which is a new one where it has not been seen: it has counted from 0.
 * NULL: no memory. */
static struct cpu *cpu_numbered(struct tracker_stats *t, size_t number)
{
	struct cpu *cpus = t->cpus;

	if (number >= t->n_cpus) {
		cpus = realloc(cpus, (number + 1) * sizeof(*cpus));
		if (!cpus)
			return NULL;
		memset(&cpus[t->n_cpus], 0, (number + 1 - t->n_cpus) * sizeof(*cpus));
		t->cpus = cpus;
		t->n_cpus = number + 1;
	}
	return &cpus[number];
}

static void take_counters(struct tracker_stats *t, struct cpu *cpu, const struct nlmsghdr *nlh)
{
	for (unsigned int i = 0; i < COUNTERS; i++) {
		const struct nlattr *attr = find(nlh, attributes[i]);
		uint32_t now = attr ? ntohl(mnl_attr_get_u32(attr)) : 0;

		if (!attr) {
			t->whole &= ~(1u << i);
			continue;
		}
		t->grown[i] += (uint32_t)(now - cpu->counter[i]);
		cpu->counter[i] = now;
	}
}

int tracker_stats_take_cpu(const struct nlmsghdr *nlh, void *stats)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);
	struct tracker_stats *t = stats;
	struct cpu *cpu;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*nfg))
		return MNL_CB_OK;
	cpu = cpu_numbered(t, ntohs(nfg->res_id));
	if (!cpu) {
		t->err = -ENOMEM;
		return MNL_CB_OK;
	}
	t->any_cpu = true;
	take_counters(t, cpu, nlh);
	return MNL_CB_OK;
}

static struct window_gauge gauge(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *attr = find(nlh, type);

	return (struct window_gauge){ attr ? ntohl(mnl_attr_get_u32(attr)) : 0, attr };
}

int tracker_stats_take_table(const struct nlmsghdr *nlh, void *stats)
{
	struct tracker_stats *t = stats;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(struct nfgenmsg))
		return MNL_CB_OK;
	t->entries = gauge(nlh, CTA_STATS_GLOBAL_ENTRIES);
	t->max = gauge(nlh, CTA_STATS_GLOBAL_MAX_ENTRIES);
	return MNL_CB_OK;
}

/* --- a reading -------------------------------------------------------------- */

void tracker_stats_begin(struct tracker_stats *t)
{
	t->whole = ALL_COUNTERS;
	t->any_cpu = false;
	t->err = 0;
	t->entries = t->max = (struct window_gauge){ 0 };
}

/* By how much a counter has grown. What a reading does not show, the next one does, unless it is
 * the first one of all: that one only shows where the counter stands. */
static struct window_loss growth(struct tracker_stats *t, unsigned int i)
{
	bool based = t->based & 1u << i;
	struct window_loss grown = { .never = !based, .pending = based };

	if (!t->any_cpu || t->err || !(t->whole & 1u << i))
		return grown;
	if (based)
		grown = (struct window_loss){ .n = t->grown[i] - t->told[i], .known = true };
	t->told[i] = t->grown[i];
	t->based |= 1u << i;
	return grown;
}

#define GROWTH(name, about) .name = growth(t, COUNTER_##name),
#define GAUGE(name, about) .name = t->name,

void tracker_stats_end(struct tracker_stats *t, struct window_kernel *k)
{
	*k = (struct window_kernel){
		.asked = true,
		WINDOW_KERNEL_COUNTERS(GROWTH)
		WINDOW_KERNEL_GAUGES(GAUGE)
	};
}

/* Send a request, and show take the messages of the answer. All of the answer is there when the
 * kernel has taken the request, or when the part before has been read. */
static int ask(struct tracker_stats *t, uint16_t type, uint16_t flags, mnl_cb_t take)
{
	char buf[READ_BYTES] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	int more = MNL_CB_OK;

	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = type;
	nfg->nfgen_family = AF_UNSPEC;
	nfg->version = NFNETLINK_V0;
	if (mnl_socket_sendto(t->nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		ssize_t len = mnl_socket_recvfrom(t->nl, buf, sizeof(buf));

		if (len < 0)
			return -errno;
		more = mnl_cb_run(buf, len, type, mnl_socket_get_portid(t->nl), take, t);
		if (more < 0)
			return -errno;
	}
	return t->err;
}

/* The acknowledgement ends an answer that is no dump. */
static int read_all(struct tracker_stats *t)
{
	int err = 0;

	if (!t->nl)
		err = netlink_open(&t->nl, NETLINK_NETFILTER, SOCK_NONBLOCK);
	if (!err)
		err = ask(t, IPCTNL_MSG_CT_GET_STATS_CPU, NLM_F_DUMP, tracker_stats_take_cpu);
	t->err = err;
	if (!err)
		err = ask(t, IPCTNL_MSG_CT_GET_STATS, NLM_F_ACK, tracker_stats_take_table);
	return err;
}

int tracker_stats_read(struct tracker_stats *t, struct window_kernel *k)
{
	int err;

	tracker_stats_begin(t);
	err = read_all(t);
	if (err && t->nl) {
		mnl_socket_close(t->nl);	/* the rest of an answer may still be there */
		t->nl = NULL;
	}
	tracker_stats_end(t, k);
	return err;
}

void tracker_stats_close(struct tracker_stats *t)
{
	if (!t)
		return;
	if (t->nl)
		mnl_socket_close(t->nl);
	free(t->cpus);
	free(t);
}
