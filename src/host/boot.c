/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/random.h>

#include "host/boot.h"

/* The id is a UUID (RFC 9562). */
static bool read_id(uint64_t bits[2])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
	uint64_t parts[5];
	bool whole;

	if (!f)
		return false;
	whole = fscanf(f, "%8" SCNx64 "-%4" SCNx64 "-%4" SCNx64 "-%4" SCNx64 "-%12" SCNx64, &parts[0],
		       &parts[1], &parts[2], &parts[3], &parts[4]) == 5;
	fclose(f);
	if (!whole)
		return false;
	bits[0] = parts[0] << 32 | parts[1] << 16 | parts[2];
	bits[1] = parts[3] << 48 | parts[4];
	return true;
}

/* The process's own bits are the same each time. */
int boot_bits(uint64_t bits[2])
{
	static uint64_t own[2];

	if (read_id(bits))
		return 0;
	if (!own[0] && getrandom(own, sizeof(own), 0) != sizeof(own))
		return errno ? -errno : -EIO;
	bits[0] = own[0];
	bits[1] = own[1];
	return 0;
}
