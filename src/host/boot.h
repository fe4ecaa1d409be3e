/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_BOOT_H
#define CTAGG_HOST_BOOT_H

#include <stdint.h>

/* 122 random bits that the kernel chooses when it boots: /proc/sys/kernel/random/boot_id, see
 * random(4). All processes of the host can read them. Where this file cannot be read, 128 random
 * bits that are this process's own. Returns 0 or -errno. */
int boot_bits(uint64_t bits[2]);

#endif
