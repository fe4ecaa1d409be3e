/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "source/nflog_loss.h"

void nflog_loss_init(struct nflog_loss *l, const uint16_t *groups, size_t n)
{
	memset(l, 0, sizeof(*l));
	l->n_groups = n;
	for (size_t i = 0; i < n; i++)
		l->groups[i].id = groups[i];
}

void nflog_loss_refused(struct nflog_loss *l, uint32_t counter)
{
	l->refused += (uint32_t)(counter - l->counter);
	l->counter = counter;
}

void nflog_loss_emptied(struct nflog_loss *l)
{
	l->emptied = l->refused;
}

/* A packet shows which packets of its group were lost before it. It was surely queued after the
 * refusals up to the moment when the queue was last empty; later refusals may have come behind
 * the packet. */
void nflog_loss_packet(struct nflog_loss *l, uint16_t group, uint32_t seq)
{
	for (size_t i = 0; i < l->n_groups; i++) {
		struct nflog_group_loss *g = &l->groups[i];

		if (g->id != group)
			continue;
		l->lost += (uint32_t)(seq - g->next_seq);
		g->next_seq = seq + 1;
		g->shown = l->emptied;
		return;
	}
}

uint64_t nflog_loss_pending(const struct nflog_loss *l)
{
	uint64_t shown = l->refused;

	for (size_t i = 0; i < l->n_groups; i++)
		if (l->groups[i].shown < shown)
			shown = l->groups[i].shown;
	return l->refused - shown;
}
