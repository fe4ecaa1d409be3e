/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>

#include "host/netlink.h"
#include "rule/counter_list.h"
#include "rule/counter_reading.h"
#include "rule/nft.h"

/* How often the ruleset is read while it changes. */
#define TRIES 3

/* The kernel puts at most 32 KiB of a dump into one datagram. */
#define READ_BYTES 65536

/* The dumps of one try, in their order. Counters with names come after rules: a rule cannot be added
 * with a counter that is not there yet. */
static const uint16_t dumps[] = { NFT_MSG_GETRULE, NFT_MSG_GETOBJ };
#define N_DUMPS (sizeof(dumps) / sizeof(dumps[0]))

/* nl          NULL after an error: the rest of a dump may still come on the socket
 * dump        which of the dumps is read
 * seq         its sequence number
 * tries       how many tries are left
 * generation  of the ruleset, as the last message of the try showed it
 * shown       there has been a message
 * changed     the ruleset has changed during the try
 * err         the first error of a callback
 */
struct counter_reading {
	struct mnl_socket *nl;
	size_t dump;
	uint32_t seq;
	unsigned int tries;
	uint16_t generation;
	bool shown, changed;
	int err;
	struct counter_list list;
	char buf[READ_BYTES] __attribute__((aligned(8)));
};

int counter_reading_open(struct counter_reading **out)
{
	struct counter_reading *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	err = netlink_open(&r->nl, NETLINK_NETFILTER, SOCK_NONBLOCK);
	if (err) {
		counter_reading_close(r);
		return err;
	}
	*out = r;
	return 0;
}

static int broken(struct counter_reading *r, int err)
{
	mnl_socket_close(r->nl);
	r->nl = NULL;
	return err;
}

/* --- messages ------------------------------------------------------------------ */

static void note_generation(struct counter_reading *r, uint16_t generation)
{
	r->changed |= r->shown && generation != r->generation;
	r->generation = generation;
	r->shown = true;
}

static int take(const struct nlmsghdr *nlh, void *arg)
{
	struct counter_reading *r = arg;

	note_generation(r, generation_of(nlh));
	if (!r->err)
		r->err = dumps[r->dump] == NFT_MSG_GETRULE ? counter_list_rule(&r->list, nlh) :
							     counter_list_object(&r->list, nlh);
	return MNL_CB_OK;
}

/* --- dumps ------------------------------------------------------------------ */

static int begin_dump(struct counter_reading *r, size_t dump)
{
	int err;

	r->dump = dump;
	err = nft_ask(r->nl, dumps[dump], NULL, ++r->seq);
	return err ? broken(r, err) : 0;
}

static int begin_try(struct counter_reading *r)
{
	counter_list_clear(&r->list);
	r->tries--;
	r->shown = r->changed = false;
	r->err = 0;
	return begin_dump(r, 0);
}

int counter_reading_begin(struct counter_reading *r)
{
	int err = r->nl ? 0 : netlink_open(&r->nl, NETLINK_NETFILTER, SOCK_NONBLOCK);

	r->tries = TRIES;
	return err ? err : begin_try(r);
}

/* A dump has been read. Returns as counter_reading_step(). */
static int end_dump(struct counter_reading *r)
{
	if (r->err)
		return broken(r, r->err);
	if (r->dump + 1 < N_DUMPS)
		return begin_dump(r, r->dump + 1);
	if (r->changed && r->tries)
		return begin_try(r);
	counter_list_join(&r->list);
	return 1;
}

/* The kernel has the next datagram of a dump ready when the one before has been received, so that
 * there is always one to read. */
int counter_reading_step(struct counter_reading *r)
{
	ssize_t len;
	int more;

	if (!r->nl)
		return -EBADF;
	len = mnl_socket_recvfrom(r->nl, r->buf, sizeof(r->buf));
	if (len < 0)
		return errno == EINTR ? 0 : broken(r, -errno);
	r->changed |= nft_interrupted(r->buf, len);
	more = mnl_cb_run(r->buf, len, r->seq, mnl_socket_get_portid(r->nl), take, r);
	if (more < MNL_CB_STOP)
		return broken(r, -errno);
	return more == MNL_CB_STOP ? end_dump(r) : 0;
}

bool counter_reading_whole(const struct counter_reading *r)
{
	return !r->changed;
}

bool counter_reading_generation(const struct counter_reading *r, uint16_t *generation)
{
	*generation = r->generation;
	return r->shown;
}

size_t counter_reading_n(const struct counter_reading *r)
{
	return r->list.n_rules + r->list.n_named;
}

struct counter_row counter_reading_row(const struct counter_reading *r, size_t i)
{
	return i < r->list.n_rules ? r->list.rules[i].row :
				     r->list.named[i - r->list.n_rules].row;
}

void counter_reading_close(struct counter_reading *r)
{
	if (!r)
		return;
	if (r->nl)
		mnl_socket_close(r->nl);
	counter_list_free(&r->list);
	free(r);
}
