/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>

#include "host/netlink.h"
#include "source/listener.h"

struct listener {
	struct mnl_socket *nl;
};

int listener_open(struct listener **out)
{
	struct listener *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	err = netlink_open(&l->nl, NETLINK_NETFILTER, 0);
	if (!err)
		err = netlink_join(mnl_socket_get_fd(l->nl), NFNLGRP_CONNTRACK_EXP_UPDATE);
	if (err) {
		listener_close(l);
		return err;
	}
	*out = l;
	return 0;
}

void listener_close(struct listener *l)
{
	if (!l)
		return;
	if (l->nl)
		mnl_socket_close(l->nl);
	free(l);
}
