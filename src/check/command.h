/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CHECK_COMMAND_H
#define CTAGG_CHECK_COMMAND_H

/* One word for a shell that stands for exactly these bytes, printable ASCII whatever they
 * are: as they are, in quotes, or in $'...' (POSIX.1-2024, bash, ksh, zsh). The caller
 * frees it; NULL: no memory. */
char *command_word(const char *bytes);

/* What goes before a simple command, with a space behind it, so that it runs in the
 * network namespace that --netns=NAME watches; "" for NULL, our own. The caller frees
 * it; NULL: no memory. */
char *command_prefix(const char *netns);

#endif
