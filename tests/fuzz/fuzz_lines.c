/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of event lines. An event that was read is written, read again, and written again: both
 * texts are the same, so nothing that a line says is lost or changed on the way. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/targets.h"
#include "lines/event_read.h"
#include "lines/event_write.h"

static struct label label_of(const struct line_event *line)
{
	struct label label = { .prefix = line->has_prefix ? line->prefix : NULL, .prefix_len = line->prefix_len };

	if (!line->has_rule)
		return label;
	label.rules = 1;
	label.family_name = label_family_name(line->rule.family);
	label.table = line->rule.table;
	label.chain = line->rule.chain;
	label.handle = line->rule.handle;
	return label;
}

static size_t write_line(char *to, const struct line_event *line)
{
	const struct label label = label_of(line);
	static struct drop_reasons reasons = { .n = 1 };
	struct flow_event ev = line->event;
	char *end;

	strcpy(reasons.name[0], line->drop_reason);
	ev.drop_reason = *line->drop_reason != '\0';


	if (line->type == LINE_LOSS)
		end = line_write_loss(to, line->time_ns, &(struct line_losses){ line->lost_events, line->lost_drops,
										line->lost_kernel_drops });
	else
		end = line_write_event(to, &ev, &(struct line_names){ &label, &reasons });
	must(end - to <= LINE_MAX_BYTES && end[-1] == '\n');
	return end - to - 1;
}

int fuzz_lines(const uint8_t *data, size_t size)
{
	static struct line_event line, again;
	char text[LINE_MAX_BYTES], text_again[LINE_MAX_BYTES];
	struct line_problem problem = { NULL, NULL };
	size_t len;

	if (line_read((const char *)data, size, &line, &problem)) {
		must(problem.why);
		return 0;
	}
	if (line.type == LINE_OTHER)
		return 0;
	len = write_line(text, &line);
	must(!line_read(text, len, &again, &problem));
	must(again.type == line.type && again.time_ns == line.time_ns);
	if (memmem(text, len, ",\"rule_cut\":true", 16))	/* longer than any name of nftables */
		return 0;
	must(write_line(text_again, &again) == len && !memcmp(text, text_again, len));
	return 0;
}
