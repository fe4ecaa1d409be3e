/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ctagg-view prints of any lines: of --csv each line has as many fields as the first, and no field is a
 * formula for a spreadsheet; and nothing that --csv and --table print is a control character for a terminal. */
#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/targets.h"
#include "print/csv.h"
#include "print/table.h"
#include "view/gather.h"

static struct printing p;
static const struct flow_select all;
static struct print_options options = { .select = &all, .filter = "" };

static int print_window(struct view_window *w, void *arg)
{
	int err = 0;

	(void)arg;
	p.windows++;
	if (options.csv)
		csv_window(&p, w);
	else
		err = table_window(&p, w);
	view_window_free(w);
	return err;
}

static void print_lines(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size, *newline;
	struct view_gather *g;

	must(!view_texts_open(&p.texts));
	must(!view_gather_open(&g, p.texts, print_window, NULL));
	if (options.csv)
		csv_head(&p);
	for (; data < end; data = newline + 1) {
		newline = memchr(data, '\n', end - data);
		newline = newline ? newline : end;
		must(!view_gather_line(g, (const char *)data, newline - data));
	}
	must(!view_gather_end(g));
	must(!out_flush(&p.out));
	view_gather_close(g);
	view_texts_close(p.texts);
}

/* What was printed; static. */
static char *printed(size_t *len)
{
	static char text[1 << 22];
	ssize_t n = pread(p.out.fd, text, sizeof(text) - 1, 0);

	must(n >= 0);
	*len = n;
	text[n] = '\0';
	return text;
}

static void no_control(const char *text, size_t len, bool csv)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = text[i];

		if (csv && c == '\r')
			must(text[i + 1] == '\n');
		else
			must((c >= 0x20 && c != 0x7f) || c == '\n');
		must(c != 0xc2 || (unsigned char)text[i + 1] >= 0xa0);	/* U+0080 to U+009F */
	}
}

/* The field at *at, which moves behind it. Returns whether it is the last of its line. */
static bool take_field(const char **at)
{
	const char *q = *at;
	bool quoted = *q == '"';

	must(!strchr("=+-@", q[quoted]) || !q[quoted]);
	if (quoted) {
		for (q++; *q != '"' || q[1] == '"'; q++) {
			must(*q && *q != '\r' && *q != '\n');
			q += *q == '"';
		}
		q++;
	} else {
		q += strcspn(q, ",\r\n\"");
	}
	must(*q == ',' || (*q == '\r' && q[1] == '\n'));
	*at = q + (*q == ',' ? 1 : 2);
	return *q != ',';
}

static void check_csv(const char *text)
{
	size_t columns = 0;

	while (*text) {
		size_t n = 1;

		while (!take_field(&text))
			n++;
		must(!columns || columns == n);
		columns = n;
	}
}

int fuzz_csv(const uint8_t *data, size_t size)
{
	const char *text;
	size_t len;

	p.o = &options;
	if (!p.out.fd)
		p.out.fd = memfd_create("printed", MFD_CLOEXEC);
	must(p.out.fd > 0);
	for (int csv = 0; csv < 2; csv++) {
		options.csv = csv;
		options.top = 3;
		p.windows = 0;
		print_lines(data, size);
		text = printed(&len);
		no_control(text, len, csv);
		if (csv && len < (1 << 22) - 1)
			check_csv(text);
		must(!ftruncate(p.out.fd, 0) && !lseek(p.out.fd, 0, SEEK_SET));
	}
	return 0;
}
