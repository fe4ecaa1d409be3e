/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "host/listeners.h"

/* The file has a line for each socket: its address, family, port id, and the groups that the socket
 * has joined, in hexadecimal (netlink_native_seq_show()); then more. */
bool listeners_any(int family, uint32_t groups)
{
	FILE *f = fopen("/proc/self/net/netlink", "re");
	bool found = false;
	char line[256];
	uint32_t joined;
	int of;

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%*s %d %*s %" SCNx32, &of, &joined) == 2 && of == family &&
			joined & groups;
	fclose(f);
	return found;
}
