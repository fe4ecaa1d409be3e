/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_EXEC_H
#define CTAGG_DELIVER_EXEC_H

#include "deliver/transport.h"

/* The transport of --exec: a command for each file, which is its standard input; CTAGG_NAME in its
 * environment is the name of the file. The command has standard output and standard error of this
 * program, and a process group of its own, which is ended when the transfer is stopped. Exit status
 * 0: taken; 65 (EX_DATAERR of sysexits.h): never; anything else, also a signal: later. */
transport_open_fn exec_open;

/* `exec' and the command; of its arguments, which may hold a password, only a digest. */
transport_describe_fn exec_describe;

#endif
