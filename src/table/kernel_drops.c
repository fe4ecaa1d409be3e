/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/netns.h"
#include "table/kernel_drops.h"
#include "table/kernel_parts.h"

#define CTAGG_DROPS_SKELETON "src/table/bpf/drops.skel.h"
#include CTAGG_DROPS_SKELETON

/* link    NULL: not attached
 * missed  of struct kernel_drops_losses, as it was last read
 * fn      takes a packet, with arg
 */
struct kernel_drops {
	struct drops *skel;
	struct bpf_link *link;
	struct ring_buffer *ring;
	size_t bytes;
	uint64_t missed;
	kernel_drops_fn *fn;
	void *arg;
};

static int take_packet(void *arg, void *data, size_t size)
{
	struct kernel_drops *d = arg;

	return size == sizeof(struct drop_record) ? d->fn(d->arg, data) : -EBADMSG;
}

static int load(struct kernel_drops *d, const struct kernel_drops_setup *setup)
{
	uint64_t cookie = 0;
	int err;

	d->skel = drops__open();
	if (!d->skel)
		return -errno;
	memcpy(d->skel->rodata->config.number, setup->number, DROP_VALUES);
	err = setup->any_netns ? 0 : netns_cookie(&cookie);
	d->skel->rodata->config.netns_cookie = cookie;
	d->bytes = kernel_ring_size(setup->ring_bytes);
	if (!err)
		err = bpf_map__set_max_entries(d->skel->maps.packets, d->bytes);
	if (!err)
		err = drops__load(d->skel);
	if (err)
		return err;
	d->ring = ring_buffer__new(bpf_map__fd(d->skel->maps.packets), take_packet, d, NULL);
	return d->ring ? 0 : -errno;
}

int kernel_drops_load(struct kernel_drops **out, const struct kernel_drops_setup *setup)
{
	struct kernel_drops *d = calloc(1, sizeof(*d));
	int err;

	if (!d)
		return -ENOMEM;
	kernel_log_begin();
	err = load(d, setup);
	if (err) {
		kernel_drops_close(d);
		return err;
	}
	*out = d;
	return 0;
}

int kernel_drops_attach(struct kernel_drops *d)
{
	d->link = bpf_program__attach(d->skel->progs.drop);
	return d->link ? 0 : -errno;
}

int kernel_drops_fd(const struct kernel_drops *d)
{
	return bpf_map__fd(d->skel->maps.packets);
}

size_t kernel_drops_bytes(const struct kernel_drops *d)
{
	return d->bytes;
}

int kernel_drops_read(struct kernel_drops *d, kernel_drops_fn *fn, void *arg)
{
	int n;

	d->fn = fn;
	d->arg = arg;
	n = ring_buffer__consume(d->ring);
	return n < 0 && n != -ENOBUFS ? n : 0;
}

void kernel_drops_losses(struct kernel_drops *d, struct kernel_drops_losses *losses)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);

	losses->lost = __atomic_load_n(&d->skel->bss->counts.lost, __ATOMIC_RELAXED);
	losses->homeless = __atomic_load_n(&d->skel->bss->counts.homeless, __ATOMIC_RELAXED);
	if (!bpf_obj_get_info_by_fd(bpf_program__fd(d->skel->progs.drop), &info, &size))
		d->missed = info.recursion_misses;
	losses->missed = d->missed;
}

void kernel_drops_detach(struct kernel_drops *d)
{
	bpf_link__destroy(d->link);
	d->link = NULL;
}

void kernel_drops_close(struct kernel_drops *d)
{
	if (!d)
		return;
	kernel_drops_detach(d);
	ring_buffer__free(d->ring);
	drops__destroy(d->skel);
	free(d);
}
