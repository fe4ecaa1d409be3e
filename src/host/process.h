/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_PROCESS_H
#define CTAGG_HOST_PROCESS_H

#include <stdint.h>

#define PROCESS_NAME_SIZE 16	/* TASK_COMM_LEN in linux/sched.h */

/* The name of a process as /proc/PID/comm has it; "": not known. A process can give itself any
 * name, also one with control characters. */
void process_name(char name[PROCESS_NAME_SIZE], uint32_t pid);

#endif
