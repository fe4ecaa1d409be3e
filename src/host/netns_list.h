/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_NETNS_LIST_H
#define CTAGG_HOST_NETNS_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/addresses.h"

/* The network namespaces of this host, told apart by their cookies (SO_NETNS_COOKIE): of all that there were
 * since the machine started, no two have the same. Nothing of a foreign namespace is held open, because
 * what is held open keeps a namespace alive that has been deleted: netns_list_look() goes into each namespace
 * for as long as reading takes. */
struct netns_list;

/* A network namespace. Numbers are in host order.
 *
 * id         the low half of the cookie, by which flows have it (struct flow_key)
 * inode      the number of its file (nsfs), which another namespace can have later; 0: unknown
 * name       the first name under /run/netns in the alphabet; or, where it has none, PID/NAME of the process
 *            with the lowest number in it; or the inode. Any bytes. Of a namespace that is gone: as it was
 * addresses  as they were read last; NULL: unknown
 * found      the last look has found it
 * settled    the last two looks, or the very first one, have found it with the same addresses
 * changed    the last look has found other addresses than were known, or has forgotten them
 * missed     how many looks have not found it since one did; 1 where none ever did
 * used_ns    when it was found or used last (CLOCK_MONOTONIC)
 * told       of whoever uses the list; 0 at first
 * data       the same; NULL at first
 */
struct netns_entry {
	uint32_t id;
	uint64_t inode;
	char *name;
	struct addresses *addresses;
	bool found, settled, changed;
	unsigned int missed;
	uint64_t used_ns;
	unsigned int told;
	void *data;
};

/* An empty list. Returns 0 and a list the caller owns, or -errno: -EOPNOTSUPP before Linux 5.14. */
int netns_list_open(struct netns_list **out);

/* Look for namespaces: those with a name, and those that a process is in. visit (NULL: none) is called for each
 * while the calling thread is in that namespace: it may open sockets there and must close them. Whoever
 * calls needs CAP_SYS_ADMIN, and CAP_SYS_PTRACE for the processes of others; what it may not look into stays
 * as it is, and *refused (NULL is fine) says how many namespaces those were.
 *
 * Returns 0 or -errno: afterwards some namespaces have not been looked at; or -ENOTRECOVERABLE: the thread
 * cannot return to its own namespace, and the program must end. */
typedef void netns_visit_fn(void *arg, struct netns_entry *e);
int netns_list_look(struct netns_list *l, netns_visit_fn *visit, void *arg, size_t *refused);

/* The namespace of this id; NULL: the list has none. */
struct netns_entry *netns_list_find(const struct netns_list *l, uint32_t id);

/* Add a namespace that an event speaks of and that no look has found, if the list does not have it. */
struct netns_entry *netns_list_add(struct netns_list *l, uint32_t id, uint32_t inode);

/* The name of a namespace, lent; NULL: the list has none. Notes that it was used. */
const char *netns_list_name(struct netns_list *l, uint32_t id);

/* The namespaces one after the other: entry i of n. */
size_t netns_list_size(const struct netns_list *l);
struct netns_entry *netns_list_at(const struct netns_list *l, size_t i);

/* Forget the namespaces that were neither found nor used for so long, after showing them to fn. */
void netns_list_forget(struct netns_list *l, uint64_t idle_ns, netns_visit_fn *fn, void *arg);

void netns_list_close(struct netns_list *l);	/* NULL is fine; `data' is the caller's */

#endif
