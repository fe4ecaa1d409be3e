/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decoder of dropped packets: the first two bytes are the Ethernet type. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "source/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct flow_extra extra;
	struct flow_key key;
	enum packet_result result;

	if (size < 2)
		return 0;
	result = packet_decode(data + 2, size - 2, data[0] << 8 | data[1], &key, &extra);
	if (result == PACKET_ODD)
		return 0;
	must(key.family == AF_INET || key.family == AF_INET6);
	must(!key.dir && !key.rule && key.has_ports + key.has_icmp <= 1);
	must(key.has_ports || !key.dport);
	must(key.has_icmp || !key.icmp_type);
	must(result == PACKET_WHOLE || !(key.has_ports | key.has_icmp));
	return 0;
}
