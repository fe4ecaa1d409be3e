/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_SCREEN_LIVE_CASE_H
#define CTAGG_TESTS_SCREEN_LIVE_CASE_H

#include "screen/picture.h"
#include "screen/state.h"

/* A screen without a terminal: lines go in, keys are pressed, and there is a picture. */
extern struct state live;
extern struct picture picture;

void open_live(void);
void close_live(void);

/* Whose lines follow, and their nominal length in minutes: at first host gw1 and 1. */
void lines_of(const char *host, unsigned int minutes);

/* The next window begins at this minute. */
void go_to_minute(unsigned int minute);

/* A flow or other record of the window that is open: what stands behind its
 * head, `,"proto":"tcp",...'. */
void flow(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void other(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A flow of TCP from 10.0.0.N to 192.0.2.N port 443, with so many bytes sent, twice as many received,
 * and a packet for each 100 bytes. */
void plain_flow(unsigned int n, unsigned long long bytes);

/* The window record, with this status and what stands behind that; the next minute begins. */
void end_window(const char *status, const char *rest);

/* A window with one plain flow of so many bytes. */
void plain_window(unsigned long long bytes);

/* Press keys: characters, and one that has none. */
void press(const char *keys);
void press_key(unsigned int key);

/* Draw a picture of this size, and see what holds for every picture. */
const struct picture *draw(int height, int width);

#endif
