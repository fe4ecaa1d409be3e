/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CHECK_COMMAND_H
#define CTAGG_CHECK_COMMAND_H

/* Write bytes, any but NUL, as one word of a shell's command line that stands for exactly
 * these bytes and is printable ASCII: unquoted, in single quotes, or in $'...'
 * (POSIX.1-2024, bash, ksh, zsh). The caller frees the word; NULL: no memory. */
char *command_word(const char *bytes);

/* The words, with a space at the end, that go before a simple command to run it in the
 * network namespace that --netns=NETNS watches; "" where netns is NULL. The caller frees the
 * prefix; NULL: no memory. */
char *command_prefix(const char *netns);

#endif
