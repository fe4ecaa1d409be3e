/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_SOURCE_CONNTRACK_CASE_H
#define CTAGG_TESTS_SOURCE_CONNTRACK_CASE_H

#include <stddef.h>
#include <sys/types.h>

#include <libmnl/libmnl.h>

#include "source/conntrack.h"
#include "source/message.h"

/* What the tests of the conntrack socket share: the suite conntrack. A function that fails ends
 * the test. */

#define BUFFER (4 << 20)

/* Open the socket under test, or skip the test where the kernel has no ctnetlink. */
struct conntrack *open_conntrack(size_t buffer_bytes);

/* Open a socket for requests to the kernel. */
struct mnl_socket *open_requester(void);

/* Create or delete a connection, and wait until that has been done. Return 0 or -errno. */
int create_connection(struct mnl_socket *nl, const struct message_spec *s);
int delete_connection(struct mnl_socket *nl, const struct message_spec *s);

/* Connection n; different n have different source ports or addresses. */
struct message_spec numbered(unsigned int n);

/* Create those from `from` to `to` - 1. */
void create_connections(struct mnl_socket *nl, unsigned int from, unsigned int to);

/* Wait for the next events; they must come. Returns how many. */
ssize_t wait_read(struct conntrack *c, struct flow_event *ev, size_t max);

/* Read until nothing waits. Returns how many events came. */
size_t read_all(struct conntrack *c);

/* The event is of this kind and of this connection. */
void expect_connection(const struct flow_event *ev, const struct message_spec *s);

#endif
