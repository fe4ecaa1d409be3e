/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdint.h>

#include <criterion/criterion.h>

#include "source/nflog_loss.h"

static const uint16_t GROUPS[] = { 5, 65535 };

static struct nflog_loss two_groups(void)
{
	struct nflog_loss l;

	nflog_loss_init(&l, GROUPS, 2);
	return l;
}

Test(nflog_loss, packets_in_order_are_no_loss)
{
	struct nflog_loss l = two_groups();

	nflog_loss_packet(&l, 5, 0);
	nflog_loss_packet(&l, 5, 1);
	nflog_loss_packet(&l, 65535, 0);
	nflog_loss_packet(&l, 5, 2);
	cr_expect_eq(l.lost, 0);
}

Test(nflog_loss, a_gap_is_lost_in_its_own_group)
{
	struct nflog_loss l = two_groups();

	nflog_loss_packet(&l, 5, 0);
	nflog_loss_packet(&l, 65535, 0);
	nflog_loss_packet(&l, 5, 4);	/* without 1, 2 and 3 */
	nflog_loss_packet(&l, 65535, 1);
	cr_expect_eq(l.lost, 3);
}

Test(nflog_loss, the_first_packets_can_be_lost_too)
{
	struct nflog_loss l = two_groups();

	nflog_loss_packet(&l, 65535, 7);
	cr_expect_eq(l.lost, 7);
}

Test(nflog_loss, numbers_wrap)
{
	struct nflog_loss l = two_groups();

	l.groups[0].next_seq = UINT32_MAX;
	nflog_loss_packet(&l, 5, UINT32_MAX);
	nflog_loss_packet(&l, 5, 0);
	cr_expect_eq(l.lost, 0);
	nflog_loss_packet(&l, 5, 3);	/* without 1 and 2 */
	cr_expect_eq(l.lost, 2);
}

Test(nflog_loss, a_group_that_was_not_asked_for_loses_nothing)
{
	struct nflog_loss l = two_groups();

	nflog_loss_packet(&l, 6, 1000);
	cr_expect_eq(l.lost, 0);
}

Test(nflog_loss, the_drop_counter_wraps)
{
	struct nflog_loss l = two_groups();

	nflog_loss_refused(&l, UINT32_MAX - 1);
	nflog_loss_refused(&l, 2);
	cr_expect_eq(l.refused, UINT32_MAX + 3ULL);
	nflog_loss_refused(&l, 2);
	cr_expect_eq(l.refused, UINT32_MAX + 3ULL);
}

/* Both groups may have been in the refused messages, so both must be heard of. */
Test(nflog_loss, refused_messages_are_pending_until_each_group_has_sent_one)
{
	struct nflog_loss l = two_groups();

	cr_expect_eq(nflog_loss_pending(&l), 0);
	nflog_loss_refused(&l, 3);
	cr_expect_eq(nflog_loss_pending(&l), 3);
	nflog_loss_emptied(&l);
	nflog_loss_packet(&l, 5, 0);
	cr_expect_eq(nflog_loss_pending(&l), 3);
	nflog_loss_packet(&l, 65535, 0);
	cr_expect_eq(nflog_loss_pending(&l), 0);
}

/* Such a packet may have been queued before the refused ones. */
Test(nflog_loss, a_packet_from_a_queue_that_was_never_empty_shows_nothing)
{
	struct nflog_loss l = two_groups();

	nflog_loss_refused(&l, 3);
	nflog_loss_packet(&l, 5, 0);
	nflog_loss_packet(&l, 65535, 0);
	cr_expect_eq(nflog_loss_pending(&l), 3);
}

Test(nflog_loss, what_is_refused_later_is_pending_anew)
{
	struct nflog_loss l = two_groups();

	nflog_loss_refused(&l, 3);
	nflog_loss_emptied(&l);
	nflog_loss_refused(&l, 5);
	nflog_loss_packet(&l, 5, 0);
	nflog_loss_packet(&l, 65535, 0);
	cr_expect_eq(nflog_loss_pending(&l), 2);
}
