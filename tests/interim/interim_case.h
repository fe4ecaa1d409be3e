/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_INTERIM_INTERIM_CASE_H
#define CTAGG_TESTS_INTERIM_INTERIM_CASE_H

#include "interim/interim.h"

/* What the tests of interim share. A function that fails ends the test, or marks it as failed. */

/* interim_open() for the caller. */
struct interim *opened_interim(void);

/* An event of a connection that has carried so many packets, of 100 bytes each. Every second
 * packet has been answered. */
struct flow_event carrying(enum flow_kind kind, __u32 id, uint64_t packets);

/* The packets of an event, whose other counters have to match. */
uint64_t left_of(const struct flow_event *ev);

/* How many packets a pass leaves to count of a connection that has carried so many; and how many an
 * end leaves. */
uint64_t live_packets(struct interim *i, __u32 id, uint64_t packets);
uint64_t end_packets(struct interim *i, __u32 id, uint64_t packets);

/* What went wrong since the last call. */
void expect_losses(struct interim *i, uint64_t vanished, uint64_t zeroed);

#endif
