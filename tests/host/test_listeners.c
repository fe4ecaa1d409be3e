/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>

#include "host/listeners.h"
#include "host/namespace.h"
#include "host/netlink.h"

#define GROUP(n) (1u << ((n) - 1))

Test(listeners, members_of_a_group_in_this_namespace)
{
	struct mnl_socket *socket;

	namespace_enter();
	cr_assert_eq(netlink_open(&socket, NETLINK_NETFILTER, 0), 0);
	cr_expect_not(listeners_here(NETLINK_NETFILTER, UINT32_MAX), "it has joined nothing yet");
	cr_assert_eq(netlink_join(mnl_socket_get_fd(socket), NFNLGRP_CONNTRACK_DESTROY), 0);
	cr_expect(listeners_here(NETLINK_NETFILTER, GROUP(NFNLGRP_CONNTRACK_DESTROY)));
	cr_expect_not(listeners_here(NETLINK_NETFILTER, ~GROUP(NFNLGRP_CONNTRACK_DESTROY)));
	cr_expect_not(listeners_here(NETLINK_ROUTE, GROUP(NFNLGRP_CONNTRACK_DESTROY)));
	mnl_socket_close(socket);
	cr_expect_not(listeners_here(NETLINK_NETFILTER, UINT32_MAX));
}
