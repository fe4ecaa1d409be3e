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

/* From now on call fn with arg when fd, lent, is ready for one of `events` (a set of EPOLLIN and
 * so on; EPOLLERR and EPOLLHUP are always in this set), and again in each turn as long as fd is
 * ready. A pair of fn and arg has one descriptor: a second call with other events replaces the
 * events; a call with another fd replaces a descriptor that has been closed. Returns 0 or -errno:
 * -ENOSPC past LOOP_WATCHES, -EPERM for a descriptor that cannot be waited for, as a regular
 * file's. */
int loop_watch(struct loop *l, int fd, uint32_t events, loop_fn *fn, void *arg);

/* No longer call fn with arg; the descriptor is still open. */
void loop_forget(struct loop *l, loop_fn *fn, const void *arg);

/* Call fn with arg every `ns` nanoseconds (CLOCK_MONOTONIC), first when the first `ns` have passed.
 * times: how many calls were due since the last one, more than 1 when the loop was busy. Returns
 * 0 or -errno. */
typedef void loop_every_fn(void *arg, uint64_t times);
int loop_every(struct loop *l, uint64_t ns, loop_every_fn *fn, void *arg);

/* loop_alarm() makes an alarm that is not set yet, and returns the alarm's number, or -errno.
 * loop_alarm_set() sets it: fn is called with arg, once, when the wall clock (CLOCK_REALTIME)
 * shows wall_ns or more, or earlier if somebody sets the wall clock. Then the alarm has to be set
 * anew. */
typedef void loop_alarm_fn(void *arg);
int loop_alarm(struct loop *l, loop_alarm_fn *fn, void *arg);
void loop_alarm_set(struct loop *l, int alarm, uint64_t wall_ns);

/* From now on these n signals call fn with arg in place of their usual effect. A signal that is
 * sent twice before the loop has read the first one calls fn once (signal(7)). Call this function
 * once, while the program has one thread. Returns 0 or -errno. */
typedef void loop_signal_fn(void *arg, int signal);
int loop_signals(struct loop *l, const int *signals, size_t n, loop_signal_fn *fn, void *arg);

/* One turn: with wait, wait until a descriptor is ready; then call the functions of descriptors
 * that are ready, in any order. */
void loop_turn(struct loop *l, bool wait);

void loop_close(struct loop *l);	/* NULL is fine; signals stay as they are */

#endif
