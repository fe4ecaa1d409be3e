/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_SHOW_H
#define CTAGG_VIEW_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/flow.h"
#include "view/texts.h"

/* Numbers and keys as people read them. All functions end the text with a NUL, cut it at `size',
 * and return how many bytes it has, as the text stands in `to'. */

/* 0, 999, 1.0k, 12.3k, 123k, 1.0M ...: at most 5 characters, by powers of 1,000; rounded down, so
 * that a figure never claims more than there was. */
size_t show_count(char *to, size_t size, uint64_t n);

/* 1234567 as 1,234,567. */
size_t show_exact(char *to, size_t size, uint64_t n);

/* Nanoseconds since 1970 as 2026-11-21 01:00:00 in UTC, and as 01:00:00. */
size_t show_time(char *to, size_t size, uint64_t ns);
size_t show_clock(char *to, size_t size, uint64_t ns);

/* A duration: 500ms, 2s, 1m, 1h, 90s. */
size_t show_duration(char *to, size_t size, uint64_t ms);

/* An address, with /LENGTH when it stands for a network. */
size_t show_address(char *to, size_t size, const uint8_t addr[16], uint8_t bits);

/* A port: its number, or with `names' the name that the system has for it (services(5)) and this
 * protocol. */
size_t show_port(char *to, size_t size, uint16_t port, uint8_t proto, bool names);

/* A protocol, by its name or its number. */
size_t show_proto(char *to, size_t size, uint8_t proto);

/* A text from outside, harmless on a terminal and in one line: control characters (also those of
 * Unicode: C1, bidirectional controls, line separators) and bytes that are not UTF-8 become `?'.
 * Never cut within a character. HTML and CSV want more than that. */
size_t show_text(char *to, size_t size, const char *text, size_t len);

#endif
