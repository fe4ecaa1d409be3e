/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "cli/log.h"
#include "cli/options.h"
#include "pipeline/checking.h"
#include "pipeline/pipeline.h"
#include "pipeline/snapshot.h"

/* The kernel gives out the lowest free descriptor. Where the caller has closed 0, 1 or 2,
 * a socket or the output file would get that number, and messages or records meant for
 * the terminal would end up in the socket or the file. /dev/null is opened for reading
 * only: writing records to a closed standard output is then an error, not a silent loss. */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
			_exit(1);
}

int main(int argc, char *argv[])
{
	struct options opts;

	fill_standard_descriptors();
	switch (options_parse(&opts, argc, argv)) {
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_WRONG:
		return 2;
	case OPTIONS_FAILED:
		return 1;
	case OPTIONS_RUN:
		break;
	}
	log_level(opts.verbosity);
	/* logrotate's script sends SIGHUP to every ctagg (examples/logrotate.d/ctagg). A snapshot and
	 * a check have nothing to open anew, and are soon done. */
	if (opts.check || opts.snapshot)
		signal(SIGHUP, SIG_IGN);
	if (opts.check)
		return checking_run(&opts);
	return opts.snapshot ? snapshot_run(&opts) : pipeline_run(&opts);
}
