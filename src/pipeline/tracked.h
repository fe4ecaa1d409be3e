/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_TRACKED_H
#define CTAGG_PIPELINE_TRACKED_H

#include <stdbool.h>

/* The connections that rules make the kernel track, those of nftables and those of
 * iptables-legacy: a set of enum tracks (rule/tracks.h); or -errno when not all rules can be
 * read. */
int tracked_by_rules(void);

/* Whether a known cause explains that no connection is reported: events are switched off, or the
 * kernel tracks no connections. Cheap enough to be asked at the end of every window without
 * events, however short: rules are read about once a second at most, and for no more than a
 * twentieth of the time. */
bool tracked_explains_silence(void);

#endif
