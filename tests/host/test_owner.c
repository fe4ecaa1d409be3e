/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <libmnl/libmnl.h>

#include "host/namespace.h"
#include "host/netlink.h"
#include "host/owner.h"

/* The port id of a process's second socket is no process id. */
Test(owner, the_process_of_each_of_its_sockets)
{
	struct mnl_socket *sockets[2];
	struct owner owner;

	namespace_enter();
	prctl(PR_SET_NAME, "some name");
	for (int i = 0; i < 2; i++)
		cr_assert_eq(netlink_open(&sockets[i], NETLINK_NETFILTER, 0), 0);
	cr_expect_neq(mnl_socket_get_portid(sockets[1]), (unsigned int)getpid());
	for (int i = 0; i < 2; i++) {
		owner_find(&owner, NETLINK_NETFILTER, mnl_socket_get_portid(sockets[i]));
		cr_expect_eq(owner.pid, (uint32_t)getpid());
		cr_expect_str_eq(owner.name, "some name");
		mnl_socket_close(sockets[i]);
	}
}

/* A socket of another family may have the same port id, and the port id of no socket may be a
 * process id. */
Test(owner, nobody)
{
	struct mnl_socket *socket;
	struct owner owner;

	namespace_enter();
	cr_assert_eq(netlink_open(&socket, NETLINK_ROUTE, 0), 0);
	owner_find(&owner, NETLINK_NETFILTER, mnl_socket_get_portid(socket));
	cr_expect_eq(owner.pid, 0);
	cr_expect_str_eq(owner.name, "");
	mnl_socket_close(socket);
	owner_find(&owner, NETLINK_ROUTE, getpid());
	cr_expect_eq(owner.pid, 0);
}
