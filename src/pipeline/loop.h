/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_LOOP_H
#define CTAGG_PIPELINE_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Functions that are called when a descriptor is ready, a time has come or a signal has
 * been sent: an epoll(7) loop. All of them run one after the other in the thread that calls
 * loop_turn(), so none may wait for anything. A function may watch, set and close
 * descriptors, but not close the loop. */
struct loop;

/* How many functions can be watched for, timers and signals included. */
#define LOOP_WATCHES 32

/* events: what the descriptor is ready for, EPOLLIN and so on. */
typedef void loop_fn(void *arg, uint32_t events);

/* Returns 0 and a loop the caller owns, or -errno with *out untouched. */
int loop_open(struct loop **out);

/* From now on call fn with arg when fd, lent, is ready for one of `events` (a set of
 * EPOLLIN and so on; EPOLLERR and EPOLLHUP are always in it), and again in each turn as
 * long as fd is. The same fn and arg have one descriptor: a call with other events changes
 * what they wait for, and a call with another fd follows the descriptor that came in the
 * place of one that is closed. Returns 0 or -errno: -ENOSPC past LOOP_WATCHES, -EPERM a
 * descriptor that cannot be waited for, such as that of a regular file. */
int loop_watch(struct loop *l, int fd, uint32_t events, loop_fn *fn, void *arg);

/* No longer call fn with arg; the descriptor is still open. */
void loop_forget(struct loop *l, loop_fn *fn, const void *arg);

/* Call fn with arg every `ns`, beginning when one has passed; CLOCK_MONOTONIC. times: how
 * often that was due since the last call. Returns 0 or -errno. */
typedef void loop_every_fn(void *arg, uint64_t times);
int loop_every(struct loop *l, uint64_t ns, loop_every_fn *fn, void *arg);

/* An alarm, which is not set: returns its number, or -errno. Once it is set, fn is called
 * with arg when the wall clock (CLOCK_REALTIME) shows wall_ns or more, or earlier, when the
 * wall clock is set; then the alarm has to be set anew. */
typedef void loop_alarm_fn(void *arg);
int loop_alarm(struct loop *l, loop_alarm_fn *fn, void *arg);
void loop_alarm_set(struct loop *l, int alarm, uint64_t wall_ns);

/* From now on these n signals do nothing of their own, but call fn with arg, once for each
 * that was sent and not merged with one before. Call once, while there is one thread.
 * Returns 0 or -errno. */
typedef void loop_signal_fn(void *arg, int signal);
int loop_signals(struct loop *l, const int *signals, size_t n, loop_signal_fn *fn, void *arg);

/* One turn: with wait, wait until something is ready; then call the function of each
 * descriptor that is, in any order. */
void loop_turn(struct loop *l, bool wait);

void loop_close(struct loop *l);	/* NULL is fine; signals stay as they are */

#endif
