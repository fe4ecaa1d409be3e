/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_READING_H
#define CTAGG_RULE_READING_H

#include <stddef.h>

#include "rule/changes.h"
#include "rule/ruleset.h"

/* Read all rules of nftables in the network namespace of the calling thread, and keep those
 * that log to NFLOG groups. When a dump is interrupted, read the notifications of `changes',
 * which say whether rules have changed meanwhile. Returns 0 and an array of *n rules that the
 * caller owns and gives to reading_free(); or -errno: -EINTR the rules change too fast to be
 * read, otherwise as ruleset_open(). */
int reading_run(struct changes *changes, struct log_rule **rules, size_t *n);
void reading_free(struct log_rule *rules, size_t n);

#endif
