/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_RESOLVE_H
#define CTAGG_VIEW_RESOLVE_H

#include <stddef.h>
#include <stdint.h>

/* The name that the system has for an address (getnameinfo(3)), harmless on a terminal: whoever owns
 * an address chooses the name. Asks name servers, which can take many seconds. Returns how many
 * bytes stand in `to', with a NUL behind them; 0: there is no name. */
size_t resolve_address(char *to, size_t size, const uint8_t addr[16]);

#endif
