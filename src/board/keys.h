/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_BOARD_KEYS_H
#define CTAGG_BOARD_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* Codes (board/code.h) and their ids: small numbers from 0 on, which are given again once nobody
 * holds them. */
struct board_keys;

int board_keys_open(struct board_keys **out);	/* 0 or -ENOMEM */
void board_keys_close(struct board_keys *k);	/* NULL is fine */

/* Forget all codes. */
void board_keys_clear(struct board_keys *k);

/* Find the id of a code of up to 255 bytes, which is copied when it is new, and hold the id once
 * more. Returns 0; or -ENOMEM. */
int board_keys_hold(struct board_keys *k, const uint8_t *code, size_t len, uint32_t *id);

/* Hold an id that is held once more or once less. */
void board_keys_again(struct board_keys *k, uint32_t id);
void board_keys_release(struct board_keys *k, uint32_t id);

/* Find a code. Returns its id, or -1. */
int64_t board_keys_find(const struct board_keys *k, const uint8_t *code, size_t len);

/* The code of an id that is held; lent until the next board_keys_hold(). */
const uint8_t *board_keys_code(const struct board_keys *k, uint32_t id, size_t *len);

/* All ids are below this. */
uint32_t board_keys_end(const struct board_keys *k);

/* The bytes of memory that the codes that are held take, or soon will: memory of others that were
 * released is used again, and not counted. */
size_t board_keys_bytes(const struct board_keys *k);

#endif
