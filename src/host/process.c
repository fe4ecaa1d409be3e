/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "host/process.h"

void process_name(char name[PROCESS_NAME_SIZE], uint32_t pid)
{
	char path[32];
	FILE *comm;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/comm", pid);
	comm = fopen(path, "re");
	if (!comm || !fgets(name, PROCESS_NAME_SIZE, comm))
		name[0] = '\0';
	if (comm)
		fclose(comm);
	name[strcspn(name, "\n")] = '\0';
}
