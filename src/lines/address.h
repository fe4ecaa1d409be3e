/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_LINES_ADDRESS_H
#define CTAGG_LINES_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/* Read an address as flow/address.h has it, and its family. Returns false when the text is none, as
 * inet_pton(3) has it. No text has a NUL inside. */
bool line_ip(const char *text, size_t len, __u8 addr[16], __u8 *family);

/* Read an address, or a network: ADDRESS/LENGTH. bits: of the prefix, as many as an address of the family
 * has when the text is an address (32, 128). */
bool line_network(const char *text, size_t len, __u8 addr[16], __u8 *family, unsigned int *bits);

#endif
