/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <unistd.h>

#include "cli/standard.h"

/* The kernel gives out the lowest free descriptor. Where the caller has closed 0, 1 or 2,
 * a socket or the output file would get that number, and messages or records meant for
 * the terminal would end up in the socket or the file. /dev/null is opened for reading
 * only: writing records to a closed standard output is then an error, not a silent loss. */
void standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		/* cppcheck-suppress leakReturnValNotUsed; it stays open in the place of fd */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
			_exit(1);
}

int standard_status(enum options_result result)
{
	switch (result) {
	case OPTIONS_RUN:
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_WRONG:
		return 2;
	case OPTIONS_FAILED:
		break;
	}
	return 1;
}
