/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line of conditions that is typed into the live view of ctagg-view. A line that is refused has a reason;
 * one that is read says the same when it is written again. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "fuzz/select_text.h"
#include "fuzz/targets.h"
#include "view/filter.h"

int fuzz_conditions(const uint8_t *data, size_t size)
{
	static struct flow_select select;
	struct refusal why;
	char *line = malloc(size + 1);
	int err;

	must(line);
	memcpy(line, data, size);
	line[size] = '\0';
	memset(&why, 0, sizeof(why));
	err = view_filter_parse(&select, line, &why);
	must(!err || (err == -EINVAL && *why.why && memchr(why.why, 0, sizeof(why.why))));
	if (!err)
		select_is_sound(&select);
	free(line);
	return 0;
}
