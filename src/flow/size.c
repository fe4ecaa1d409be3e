/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "flow/size.h"

const char *size_name(enum top_by by)
{
	static const char *const names[] = {
		[TOP_STARTS] = "starts", [TOP_ENDS] = "ends", [TOP_DROPS] = "drops",
		[TOP_KERNEL_DROPS] = "kernel_drops",
		[TOP_BYTES] = "bytes", [TOP_PACKETS] = "packets", [TOP_LIVE] = "live",
		[TOP_EVENTS] = "events",
	};

	return names[by];
}
