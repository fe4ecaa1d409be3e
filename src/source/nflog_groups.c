/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>

#include "source/nflog_groups.h"
#include "source/packet.h"

/* Begin a request about a group in buf, to which attributes can be added. */
static struct nlmsghdr *config(char *buf, uint16_t group, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));

	nlh->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nfg->nfgen_family = AF_UNSPEC;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = htons(group);
	return nlh;
}

static void put_command(struct nlmsghdr *nlh, uint8_t command)
{
	struct nfulnl_msg_config_cmd cmd = { .command = command };

	mnl_attr_put(nlh, NFULA_CFG_CMD, sizeof(cmd), &cmd);
}

static int send_message(const struct mnl_socket *nl, const struct nlmsghdr *nlh)
{
	return mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0 ? -errno : 0;
}

/* Wait for the kernel's answer to the request with this sequence number: 0 or -errno. Packets of
 * groups that are bound already may come before the answer, and are thrown away: the kernel numbers
 * a group's packets only after number_group(), so packets from before are no losses. */
static int wait_for_answer(const struct mnl_socket *nl, uint32_t seq)
{
	char buf[65536] __attribute__((aligned(8)));

	for (;;) {
		ssize_t len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		const struct nlmsghdr *nlh = (const void *)buf;
		const struct nlmsgerr *answer = mnl_nlmsg_get_payload(nlh);

		if (len < 0 && errno != EINTR && errno != ENOSPC)
			return -errno;
		if (len < (ssize_t)(sizeof(*nlh) + sizeof(*answer)) ||
		    nlh->nlmsg_type != NLMSG_ERROR || nlh->nlmsg_seq != seq)
			continue;
		return answer->error;
	}
}

static int bind_group(const struct mnl_socket *nl, uint16_t group)
{
	char buf[MNL_NLMSG_HDRLEN + 256] __attribute__((aligned(8)));
	struct nfulnl_msg_config_mode mode = {
		.copy_mode = NFULNL_COPY_PACKET,
		.copy_range = htonl(PACKET_BYTES),
	};
	struct nlmsghdr *nlh = config(buf, group, NLM_F_ACK);
	int err;

	nlh->nlmsg_seq = group + 1U;
	put_command(nlh, NFULNL_CFG_CMD_BIND);
	mnl_attr_put(nlh, NFULA_CFG_MODE, sizeof(mode), &mode);
	mnl_attr_put_u32(nlh, NFULA_CFG_NLBUFSIZ, htonl(NFLOG_BATCH_BYTES));
	mnl_attr_put_u32(nlh, NFULA_CFG_QTHRESH, htonl(NFLOG_BATCH));
	mnl_attr_put_u32(nlh, NFULA_CFG_TIMEOUT, htonl(NFLOG_TIMEOUT_MS / 10));
	err = send_message(nl, nlh);
	return err ? err : wait_for_answer(nl, nlh->nlmsg_seq);
}

/* Let the kernel number the group's packets, from 0. Asks for no answer: waiting for one
 * would throw away packets, and from here on every packet counts. */
static int number_group(const struct mnl_socket *nl, uint16_t group)
{
	char buf[MNL_NLMSG_HDRLEN + 64] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = config(buf, group, 0);

	mnl_attr_put_u16(nlh, NFULA_CFG_FLAGS, htons(NFULNL_CFG_F_SEQ));
	return send_message(nl, nlh);
}

/* Whether this process has CAP_NET_ADMIN over the namespace: sends a message of a type that
 * the kernel does not know. Without the capability the kernel answers EPERM before it looks
 * at the type (nfnetlink_rcv()). */
static bool is_privileged(const struct mnl_socket *nl)
{
	char buf[MNL_NLMSG_HDRLEN + 64] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = config(buf, 0, NLM_F_ACK);

	nlh->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | 0xff;
	nlh->nlmsg_seq = UINT16_MAX + 2U;	/* no group's */
	return !send_message(nl, nlh) && wait_for_answer(nl, nlh->nlmsg_seq) != -EPERM;
}

int nflog_groups_bind(const struct mnl_socket *nl, const uint16_t *groups, size_t n,
		      uint16_t *failed)
{
	int err = 0;

	for (size_t i = 0; i < n && !err; i++) {
		err = bind_group(nl, groups[i]);
		/* The kernel says EPERM also for a group that another socket holds. */
		if (err == -EPERM && is_privileged(nl))
			err = -EBUSY;
		if (err && failed)
			*failed = groups[i];
	}
	for (size_t i = 0; i < n && !err; i++)
		err = number_group(nl, groups[i]);
	return err;
}

int nflog_group_hurry(const struct mnl_socket *nl, uint16_t group, bool hurry)
{
	char buf[MNL_NLMSG_HDRLEN + 64] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = config(buf, group, 0);

	mnl_attr_put_u32(nlh, NFULA_CFG_QTHRESH, htonl(hurry ? 1 : NFLOG_BATCH));
	return send_message(nl, nlh);
}

void nflog_group_unbind(const struct mnl_socket *nl, uint16_t group)
{
	char buf[MNL_NLMSG_HDRLEN + 64] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = config(buf, group, 0);

	put_command(nlh, NFULNL_CFG_CMD_UNBIND);
	send_message(nl, nlh);
}

/* The file has a line for each bound group: its number, the port id, and more. */
uint32_t nflog_holder(uint16_t group)
{
	FILE *f = fopen("/proc/self/net/netfilter/nfnetlink_log", "re");
	uint32_t holder = 0, port;
	unsigned int id;
	char line[256];

	if (!f)
		return 0;
	while (!holder && fgets(line, sizeof(line), f))
		if (sscanf(line, "%u %" SCNu32, &id, &port) == 2 && id == group)
			holder = port;
	fclose(f);
	return holder;
}
