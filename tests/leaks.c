/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>

/* In the build with sanitizers: whether the leak checker is to be quiet in this process. Criterion runs each
 * test in a process of its own, which BoxFort tells by BXFI_MAP. The process that starts them and counts
 * runs none of our code, and Criterion 2.4 leaks in it: what it had for the time limit of a test. */
int __lsan_is_turned_off(void);

int __lsan_is_turned_off(void)
{
	return !getenv("BXFI_MAP");
}
