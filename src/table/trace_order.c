/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "table/trace_order.h"

#define CTAGG_ORDER_SKELETON "src/table/bpf/order.skel.h"
#include CTAGG_ORDER_SKELETON

static int attach(struct order *skel)
{
	skel->links.attached_first = bpf_program__attach(skel->progs.attached_first);
	if (!skel->links.attached_first)
		return -errno;
	skel->links.attached_last = bpf_program__attach(skel->progs.attached_last);
	return skel->links.attached_last ? 0 : -errno;
}

/* A test run of either program calls the function, and so runs both. */
static int check(struct order *skel)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);
	int err = attach(skel);

	if (!err)
		err = bpf_prog_test_run_opts(bpf_program__fd(skel->progs.attached_first), &run);
	if (err)
		return err;
	return skel->bss->place_of_last == 1 && skel->bss->place_of_first == 2 ? 0 : -EPROTO;
}

int trace_order_check(void)
{
	struct order *skel = order__open();
	int err;

	if (!skel)
		return -errno;
	err = order__load(skel);
	if (!err)
		err = skel->bss ? check(skel) : -EOPNOTSUPP;
	order__destroy(skel);
	return err;
}
