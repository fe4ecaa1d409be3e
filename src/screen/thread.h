/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_THREAD_H
#define CTAGG_SCREEN_THREAD_H

#include <pthread.h>

/* Start a thread that no signal interrupts: signals are for the main thread, but for those of a
 * crash, which are for the thread that crashes. Returns 0 or -errno. */
int thread_start(pthread_t *out, void *(*run)(void *), void *arg);

#endif
