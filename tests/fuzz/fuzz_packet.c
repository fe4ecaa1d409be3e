/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decoder of dropped packets. The first two bytes of an input are the Ethernet type,
 * the rest is the packet. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fuzz/targets.h"
#include "source/packet.h"

int fuzz_packet(const uint8_t *data, size_t size)
{
	struct flow_event ev = { .kind = FLOW_DROP };
	enum packet_result result;

	if (size < 2)
		return 0;
	result = packet_decode(data + 2, size - 2, data[0] << 8 | data[1], &ev);
	if (result == PACKET_ODD)
		return 0;
	must(ev.family == AF_INET || ev.family == AF_INET6);
	must(!ev.dir && !ev.rule && !ev.conntrack && ev.has_ports + ev.has_icmp <= 1);
	must(ev.has_ports || !(ev.orig.sport | ev.orig.dport));
	must(ev.has_icmp || !(ev.icmp_type | ev.icmp_code));
	must(result == PACKET_WHOLE || !(ev.has_ports | ev.has_icmp));
	return 0;
}
