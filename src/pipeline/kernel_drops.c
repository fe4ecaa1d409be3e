/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/log.h"
#include "pipeline/every_netns.h"
#include "pipeline/setup.h"
#include "pipeline/sources.h"
#include "source/packet.h"
#include "table/kernel_drops.h"
#include "table/kernel_reasons.h"

_Static_assert(DROP_RECORD_DATA >= PACKET_BYTES, "all that is worth copying has room");
_Static_assert(sizeof(((struct drop_record *)0)->dev) == DEVICE_NAME_BYTES, "a name of a device");

/* What has been counted, since the start or in a window.
 *
 * received   packets that became events
 * truncated  of these: those without the ports or types that their protocol has
 * odd        packets that are no IP packets, contradict themselves, or are of nobody knows which
 *            network namespace
 * lost       packets that found no room in the ring buffer
 * missed     how often the kernel has not run the program: perhaps for packets of interest
 */
struct counted {
	uint64_t received, truncated, odd, lost, missed;
};

/* The source of packets that the kernel drops.
 *
 * every_netns  NULL: only packets of this network namespace are counted; lent
 * unread  of `counted.odd' and of the packets received: those that were read from the ring buffer but
 *         could not be decoded. The others in `odd' the program has counted
 * before  the counters when the open window began; window: of the window that ended last
 * events  where read_events() puts events: n so far, of max, made of so many packets (read), also odd ones
 */
struct kernel_drops_source {
	struct source source;
	const struct options *opts;
	struct every_netns *every_netns;
	struct kernel_drops *drops;
	uint64_t unread;
	struct counted counted, before, window;
	struct flow_event *events;
	size_t n, max, read;
};

static struct kernel_drops_source *of(const struct source *s)
{
	return (struct kernel_drops_source *)s;
}

/* --- events ----------------------------------------------------------------------- */

/* The device that a packet is at has brought it, or is to take it away. Of the device that brought a
 * packet which is already at another one the name is not known. */
static void name_devices(const struct drop_record *packet, struct flow_devices *devices)
{
	bool came_in = packet->skb_iif && packet->skb_iif == packet->ifindex;

	if (packet->ifindex)
		memcpy(came_in ? devices->iif : devices->oif, packet->dev, DEVICE_NAME_BYTES);
	if (packet->skb_iif && !came_in)
		strcpy(devices->iif, DEVICE_UNKNOWN);
}

static int is_full(const struct kernel_drops_source *d)
{
	return d->read < d->max ? 0 : -ENOBUFS;
}

/* Returns other than 0 when as many packets have been read as there is room for events, odd ones included: the
 * loop has other work to do. */
static int take_packet(void *arg, const struct drop_record *packet)
{
	struct kernel_drops_source *d = arg;
	struct flow_event *ev = &d->events[d->n];
	enum packet_result result;

	d->read++;
	memset(ev, 0, sizeof(*ev));
	result = packet_decode(packet->data, packet->len, ntohs(packet->ethertype), ev);
	if (result == PACKET_ODD) {
		d->unread++;
		return is_full(d);
	}
	ev->kind = FLOW_KERNEL_DROP;
	ev->drop_reason = packet->reason;
	if (d->every_netns) {
		ev->netns = packet->netns_cookie;
		ev->netns_inode = packet->netns_inode;
	}
	name_devices(packet, &ev->devices);
	d->counted.received++;
	d->counted.truncated += result == PACKET_TRUNCATED;
	d->n++;
	return is_full(d);
}

static ssize_t read_events(struct source *s, struct flow_event *events, size_t max)
{
	struct kernel_drops_source *d = of(s);
	uint64_t unread = d->unread;
	int err;

	d->events = events;
	d->n = d->read = 0;
	d->max = max;
	err = kernel_drops_read(d->drops, take_packet, d);
	if (d->every_netns)
		every_netns_events(d->every_netns, events, d->n);
	if (d->n || d->unread != unread)
		return d->n;
	return err ? err : -EAGAIN;
}

static int descriptor(const struct source *s)
{
	return kernel_drops_fd(of(s)->drops);
}

static uint64_t messages(struct source *s)
{
	return of(s)->counted.received + of(s)->unread;
}

static uint64_t queued(struct source *s)
{
	return kernel_drops_bytes(of(s)->drops) / DROP_RECORD_BYTES + 1;
}

/* --- windows ---------------------------------------------------------------------- */

static void count_losses(struct kernel_drops_source *d)
{
	struct kernel_drops_losses losses;

	kernel_drops_losses(d->drops, &losses);
	d->counted.odd = d->unread + losses.homeless;
	d->counted.lost = losses.lost;
	d->counted.missed = losses.missed;
}

static void end_window(struct source *s, struct memory *into, uint64_t end_ns, bool last)
{
	struct kernel_drops_source *d = of(s);

	(void)into, (void)end_ns, (void)last;
	count_losses(d);
	d->window = (struct counted){
		.truncated = d->counted.truncated - d->before.truncated,
		.odd = d->counted.odd - d->before.odd,
		.lost = d->counted.lost - d->before.lost,
		.missed = d->counted.missed - d->before.missed,
	};
	d->before = d->counted;
}

/* Where the program was not run, nobody knows whether it would have counted. */
static void describe(const struct source *s, struct window_record *w)
{
	const struct counted *in = &of(s)->window;

	w->lost_kernel_drops.n += in->lost;
	if (in->missed) {
		w->lost_kernel_drops.known = false;
		w->lost_kernel_drops.never = true;
	}
	w->odd_drops += in->odd;
	w->truncated_drops += in->truncated;
	if (in->lost || in->missed || in->odd)
		window_status_at_least(&w->status, WINDOW_PARTIAL);
}

static void add_stats(struct source *s, struct source_stats *stats)
{
	struct kernel_drops_source *d = of(s);

	count_losses(d);
	stats->packets += d->counted.received;
	stats->lost_packets += d->counted.lost;
	stats->odd += d->counted.odd;
	if (!stats->buffer)
		stats->buffer = kernel_drops_bytes(d->drops);
}

/* --- beginning and ending --------------------------------------------------------- */

static int say_refused(int err)
{
	log_error("--kernel-drops: %s: %s", strerror(-err), kernel_drops_why(err));
	for (size_t i = 0; kernel_log_line(i); i++)
		log_verbose("%s", kernel_log_line(i));
	return err;
}

static int start(struct source *s)
{
	int err = kernel_drops_attach(of(s)->drops);

	return err ? say_refused(err) : 0;
}

static void stop(struct source *s)
{
	kernel_drops_detach(of(s)->drops);
}

static void close_source(struct source *s)
{
	kernel_drops_close(of(s)->drops);
	free(of(s));
}

static const struct source_functions functions = {
	.start = start,
	.fd = descriptor,
	.read = read_events,
	.messages = messages,
	.queued = queued,
	.stop = stop,
	.end_window = end_window,
	.describe = describe,
	.stats = add_stats,
	.close = close_source,
};

static int say_unknown(const struct kernel_reasons_unknown *unknown)
{
	log_error("--kernel-drops: this kernel has no reason %s; it has %s, %s or %s, and `bpftool btf dump file /sys/kernel/btf/vmlinux | grep SKB_DROP_REASON_' lists all",
		  unknown->name, unknown->near[0], unknown->near[1], unknown->near[2]);
	return -ESRCH;
}

static int load(struct kernel_drops_source *d)
{
	struct kernel_reasons_unknown unknown = { .name = NULL };
	uint8_t number[DROP_VALUES];
	struct kernel_drops_setup setup = { .number = number, .ring_bytes = d->opts->buffer_bytes,
					    .any_netns = d->opts->netns_all };
	int err = kernel_reasons_find(&d->opts->drop_reasons, number, &unknown);

	if (unknown.name)
		return say_unknown(&unknown);
	if (!err)
		err = kernel_drops_load(&d->drops, &setup);
	return err ? say_refused(err) : 0;
}

int kernel_drops_open(struct source **out, struct source_setup *setup)
{
	struct kernel_drops_source *d;
	int err;

	if (!setup->opts->kernel_drops)
		return 0;
	d = calloc(1, sizeof(*d));
	if (!d) {
		setup_fail(FAILED, "cannot count drops", -ENOMEM, "");
		return -ENOMEM;
	}
	d->source.fn = &functions;
	d->opts = setup->opts;
	d->every_netns = setup->every_netns;
	setup->drop_reasons = &d->opts->drop_reasons;
	err = load(d);
	if (err) {
		free(d);
		return err;
	}
	*out = &d->source;
	return 0;
}
