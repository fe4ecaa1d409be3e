/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_CONFINE_CHILD_H
#define CTAGG_TESTS_CONFINE_CHILD_H

/* Call fn(arg) in a child process, which may confine itself, and return what fn returns: 0 to 254.
 * -1: a signal has ended the child. */
int child_run(int (*fn)(void *arg), void *arg);

/* For fn: no program that the child starts can get privileges, which confining wants. */
void child_give_up(void);

#endif
