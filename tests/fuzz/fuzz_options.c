/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command lines of the three programs: the first byte says of which, then come the words, each with a NUL
 * behind it. A command line that is refused is refused in one line of printable text, that begins with
 * the name of the program; one that is taken says nothing, and is taken again the same; and values are in
 * the bounds that the rest of the program relies on. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define HAVE_REPORTS
#include <sanitizer/common_interface_defs.h>
#endif
#endif

#include "cli/log.h"
#include "cli/options.h"
#include "deliver/options.h"
#include "fuzz/select_text.h"
#include "fuzz/targets.h"
#include "view/filter.h"
#include "viewer/options.h"

#define MAX_WORDS 64
#define NS_PER_MS UINT64_C(1000000)
#define LONGEST_NS (UINT64_C(366) * 86400 * 1000 * NS_PER_MS)

union parsed {
	struct options ctagg;
	struct deliver_options deliver;
	struct viewer_options view;
};

struct command_line {
	int program, argc;
	char *argv[MAX_WORDS + 2], *original[MAX_WORDS + 2];
};

static const char *const names[] = { "ctagg", "ctagg-deliver", "ctagg-view" };

/* --- what programs say ---------------------------------------------------------- */

static int said = -1, silence, saved[2];

static void open_ears(void)
{
	said = memfd_create("said", MFD_CLOEXEC);
	silence = memfd_create("silence", MFD_CLOEXEC);
	saved[0] = dup(STDOUT_FILENO);
	saved[1] = dup(STDERR_FILENO);
	must(said >= 0 && silence >= 0 && saved[0] >= 0 && saved[1] >= 0);
#ifdef HAVE_REPORTS
	__sanitizer_set_report_fd((void *)(intptr_t)saved[1]);
#endif
}

static void listen_to(int out, int err)
{
	fflush(stdout);
	must(dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0);
}

/* What was said on standard error; static. */
static const char *heard(void)
{
	static char text[4096];
	ssize_t n = pread(said, text, sizeof(text) - 1, 0);

	must(n >= 0 && (size_t)n < sizeof(text) - 1);
	text[n] = '\0';
	must(strlen(text) == (size_t)n);
	must(!ftruncate(said, 0) && lseek(said, 0, SEEK_SET) == 0);
	must(!ftruncate(silence, 0) && lseek(silence, 0, SEEK_SET) == 0);
	return text;
}

/* --- parsing -------------------------------------------------------------------- */

static enum options_result parse(struct command_line *line, union parsed *to)
{
	enum options_result result;

	memcpy(line->argv, line->original, sizeof(line->argv));
	memset(to, 0, sizeof(*to));
	listen_to(silence, said);
	if (line->program == 0)
		result = options_parse(&to->ctagg, line->argc, line->argv);
	else if (line->program == 1)
		result = deliver_options_parse(&to->deliver, line->argc, line->argv);
	else
		result = viewer_options_parse(&to->view, line->argc, line->argv);
	listen_to(saved[0], saved[1]);
	return result;
}

/* "NAME: what is wrong", one line without control characters. */
static void check_refusal(const char *text, const char *name)
{
	size_t len = strlen(text);

	must(len <= LOG_LINE_MAX && len > strlen(name) + 2);
	must(!strncmp(text, name, strlen(name)) && !strncmp(text + strlen(name), ": ", 2));
	must(strchr(text, '\n') == text + len - 1);
	for (const char *p = text; p < text + len - 1; p++)
		must((unsigned char)*p >= 0x20 && *p != 0x7f);
}

static bool is_duration(uint64_t ns)
{
	return ns >= NS_PER_MS && ns <= LONGEST_NS;
}

static void check_ctagg(const struct options *o)
{
	uint64_t before = o->window_ns;

	must(is_duration(o->window_ns) && o->n_levels <= OPTIONS_MAX_LEVELS);
	for (size_t i = 0; i < o->n_levels; before = o->level_ns[i++])
		must(is_duration(o->level_ns[i]) && o->level_ns[i] > before && !(o->level_ns[i] % before));
	must(o->early_close <= 100 && o->max_flows > 0 && o->buffer_bytes > 0);
	must(o->n_spools <= OPTIONS_MAX_SPOOLS && o->n_tags <= OPTIONS_MAX_TAGS);
	must(o->n_labels <= OPTIONS_MAX_LABELS && o->n_groups <= OPTIONS_MAX_GROUPS && o->n_own <= OPTIONS_MAX_OWN);
	must(o->spec.src.v4 <= 32 && o->spec.src.v6 <= 128 && o->spec.dst.v4 <= 32 && o->spec.dst.v6 <= 128);
	must(o->spec.nat_src.v4 <= 32 && o->spec.nat_src.v6 <= 128);
	must(o->spec.nat_dst.v4 <= 32 && o->spec.nat_dst.v6 <= 128);
	for (size_t i = 0; i < o->n_groups; i++)
		for (size_t j = 0; j < i; j++)
			must(o->groups[i] != o->groups[j]);
	must(!o->read || (!o->n_groups && !o->snapshot));
	select_is_sound(&o->select);
}

static void check_deliver(const struct deliver_options *o)
{
	int ways = (o->url != NULL) + (o->udp != NULL) + (o->ipfix != NULL) + (o->ipfix_file != NULL) + (o->exec != NULL);
	bool looks = o->status || o->list || o->retry_dead || o->keep.n;

	must(ways <= 1 && (ways || looks));
	must(is_duration(o->timeout_ns) && is_duration(o->retry_first_ns) && o->retry_first_ns <= o->retry_max_ns);
	must(o->keep.n <= THIN_PERIODS && (!o->exec || *o->exec));
}

/* The conditions of the command line, as the live view shows them for editing, are the same conditions. */
static void check_view(const struct viewer_options *o)
{
	static struct flow_select again;
	char *filter = viewer_filter(o);
	struct refusal why;

	must(filter && o->top <= UINT32_MAX && (!o->level_ns || is_duration(o->level_ns)));
	must((o->report != NULL) + o->table + o->csv <= 1);
	select_is_sound(&o->select);
	must(!view_filter_parse(&again, filter, &why) && !memcmp(&again, &o->select, sizeof(again)));
	free(filter);
}

static void check(const struct command_line *line, const union parsed *parsed)
{
	if (line->program == 0)
		check_ctagg(&parsed->ctagg);
	else if (line->program == 1)
		check_deliver(&parsed->deliver);
	else
		check_view(&parsed->view);
}

/* Words up to a last one, which may lack its NUL. Copies are exactly as long as the words. */
static void take_words(struct command_line *line, const uint8_t *p, const uint8_t *end)
{
	line->original[line->argc++] = strdup(names[line->program]);
	while (p < end && line->argc <= MAX_WORDS) {
		size_t len = strnlen((const char *)p, end - p);

		line->original[line->argc] = strndup((const char *)p, len);
		must(line->original[line->argc++]);
		p += len + 1;
	}
}

int fuzz_options(const uint8_t *data, size_t size)
{
	static union parsed first, again;
	struct command_line line = { .program = size ? data[0] % 3 : 0 };
	enum options_result result;
	const char *text;

	if (said < 0)
		open_ears();
	take_words(&line, size ? data + 1 : data, data + size);
	result = parse(&line, &first);
	text = heard();
	if (result == OPTIONS_WRONG)
		check_refusal(text, names[line.program]);
	else
		must(!*text && result != OPTIONS_FAILED);
	must(parse(&line, &again) == result);
	heard();
	if (result == OPTIONS_RUN) {
		must(!memcmp(&first, &again, sizeof(first)));
		check(&line, &again);
	}
	for (int i = 0; i < line.argc; i++)
		free(line.original[i]);
	return 0;
}
