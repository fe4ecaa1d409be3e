/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_NOTIFY_NOTIFY_H
#define CTAGG_NOTIFY_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* What the service manager that started this program is told of its state, by the protocol of
 * sd_notify(3): datagrams of lines NAME=VALUE to the socket that the environment names. A program
 * has one service manager, so there is one such connection, and no struct for it. Without a service
 * manager, and before notify_open(), every function does nothing.
 *
 * No function waits: a service manager that reads nothing stops nobody. A change of state (ready,
 * reloading, stopping) that finds the socket full is kept, until the next change replaces it, and is
 * sent with the next message. Any other message is then dropped. */

/* Connect to the socket in $NOTIFY_SOCKET (a path, or `@' and an abstract name), and read how often
 * the service manager wants to hear that this program is alive ($WATCHDOG_USEC, which is meant for
 * the process in $WATCHDOG_PID, or for any). All three are removed from the environment, so that
 * they are not mistaken for their own by programs that this one starts: call this while the program
 * has one thread, and before it gives up anything that connecting needs. Returns 0, also when nobody
 * is to be told; or -errno, with nothing opened: -EINVAL when a variable is not as sd_notify(3) and
 * sd_watchdog_enabled(3) say. */
int notify_open(void);

/* What to say when notify_open() fails: a format that takes the reason, a string. */
#define NOTIFY_NOT_OPENED                                                                      \
	"the service manager cannot be told of this run: %s; NOTIFY_SOCKET and WATCHDOG_USEC "  \
	"are to be as sd_notify(3) has them"

void notify_close(void);

/* Whether somebody is told. */
bool notify_is_open(void);

/* notify_ready(): everything is set up; or, after notify_reloading(), files have been opened anew.
 * notify_stopping(): the program ends. */
void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);

/* One line for people, up to 256 bytes. Bytes outside 0x20 to 0x7e become `?': text of others can
 * stand in a status, and a newline would begin another message. */
void notify_status(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The start or the stop takes longer: allow it at least so much time from now on. */
void notify_extend(uint64_t ns);

/* The program does what it is there for. The service manager ends a program that does not say this
 * for the time of its watchdog. Call this where work gets done, not from a timer that goes on when
 * work hangs. Sends a message when a quarter of that time has passed since the last one. */
void notify_alive(void);

/* How often notify_alive() has to be called at least, in nanoseconds; 0: nobody waits for it. */
uint64_t notify_alive_ns(void);

/* For a caller that is about to wait for so many milliseconds, -1 for ever: how long it may wait
 * until notify_alive() has to be called. Never more than timeout_ms. */
int notify_wait_ms(int timeout_ms);

#endif
