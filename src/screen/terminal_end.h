/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_TERMINAL_END_H
#define CTAGG_SCREEN_TERMINAL_END_H

#include <stdbool.h>

/* How the terminal is put back when the usual way is not gone: after a crash, and while the
 * terminal takes nothing. Only calls that signal handlers may make (signal-safety(7)). */

/* From now on a crash puts the terminal back: fd, with the modes that it has at this moment. The
 * program then dies of the crash. So does exit(3), which a library may call. */
void terminal_end_prepare(int fd);

/* What the terminal is sent before its modes are put back; copied, and cut when it is longer than
 * any terminal needs. */
void terminal_end_text(const char *text);

/* No longer: crashes do what they did before. Fine without terminal_end_prepare(), too. */
void terminal_end_done(void);

/* What the program does next may have to wait for the terminal. When it is still at it after some
 * seconds, because the terminal takes nothing, what waits is thrown away, and at last the terminal is
 * put back and the program ends with status 1. Can be called in a signal handler; false: it is done.
 */
void terminal_end_hurry(bool on);

#endif
