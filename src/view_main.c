/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <locale.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "cli/standard.h"
#include "viewer/modes.h"
#include "viewer/options.h"

int main(int argc, char *argv[])
{
	static struct viewer_options opts;
	enum options_result result;
	int status;

	setlocale(LC_ALL, "");	/* which characters the terminal shows */
	standard_descriptors();
	result = viewer_options_parse(&opts, argc, argv);
	if (result != OPTIONS_RUN)
		return standard_status(result);
	log_level(opts.verbosity);
	status = modes_run(&opts);
	repeat_end();
	return status;
}
