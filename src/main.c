/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <unistd.h>

#include "cli/log.h"
#include "cli/options.h"
#include "pipeline/checking.h"
#include "pipeline/pipeline.h"
#include "pipeline/snapshot.h"

/* A descriptor that the caller has closed must not become that of a socket or
 * of the output file, where a message would end up. Read-only, so that writing
 * records there is an error. */
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
	if (opts.check)
		return checking_run(&opts);
	return opts.snapshot ? snapshot_run(&opts) : pipeline_run(&opts);
}
