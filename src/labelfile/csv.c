/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/marks.h"
#include "cli/networks.h"
#include "labelfile/reader.h"

/* CSV as RFC 4180 has it, and more: comments, blanks around fields, a byte order mark at the beginning.
 * A field does not go on over the end of a line. */

#define LINE_MAX_LEN 4096	/* without the newline and the NUL */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"	/* of UTF-8 */
#define BLANKS " \t"

/* marks  the rows are of marks; otherwise they are of networks
 * line   the number of the line that was read last, from 1
 * bytes  how many bytes the lines so far have
 */
struct labelfile_reader {
	struct labelfile_common common;
	FILE *file;
	uint64_t line;
	off_t bytes;
	bool marks;
	char text[LINE_MAX_LEN + 2];
};

struct field {
	char *text;	/* with a NUL behind it */
	size_t len;
};

static void close_csv(struct labelfile_reader *r)
{
	if (!r)
		return;
	if (r->file)
		fclose(r->file);
	free(r);
}

static int open_csv(struct labelfile_reader **out, const struct labelfile_common *common,
		    struct refusal *why)
{
	struct labelfile_reader *r = calloc(1, sizeof(*r));
	int fd = r ? fcntl(common->fd, F_DUPFD_CLOEXEC, 0) : -1;

	if (fd >= 0)
		r->file = fdopen(fd, "r");
	if (!r || !r->file) {
		int err = r ? errno : ENOMEM;

		if (fd >= 0)
			close(fd);
		free(r);
		refuse(why, "%s: %s", common->path, strerror(err));
		return -err;
	}
	r->common = *common;
	*out = r;
	return 0;
}

/* Put the end of the text where the blanks before it begin. */
static void trim(char *text, struct field *f)
{
	while (f->len && strchr(BLANKS, text[f->len - 1]))
		f->len--;
}

/* The field in quotes at p, of which "" is one quote. Returns what stands behind the field, or NULL when
 * no quote ends it. */
static char *take_quoted(char *p, struct field *f)
{
	char *to = ++p;

	f->text = to;
	while (*p && (*p != '"' || p[1] == '"')) {
		p += *p == '"';
		*to++ = *p++;
	}
	f->len = to - f->text;
	return *p ? p + 1 + strspn(p + 1, BLANKS) : NULL;
}

static char *take_plain(char *p, struct field *f)
{
	f->text = p;
	f->len = strcspn(p, ",");
	p += f->len;
	trim(f->text, f);
	return p;
}

/* Split a line into the two fields of a row. */
static int split(char *p, struct field fields[2], struct refusal *why)
{
	for (int i = 0; i < 2; i++) {
		char end;

		p += strspn(p, BLANKS);
		p = *p == '"' ? take_quoted(p, &fields[i]) : take_plain(p, &fields[i]);
		if (!p)
			return refuse(why, "a quote is not closed on this line");
		end = *p++;
		fields[i].text[fields[i].len] = '\0';
		if (end && end != ',')
			return refuse(why, "text stands behind a closing quote; a quote inside quotes is written twice");
		if (!i && !end)
			return refuse(why, QUOTED " stands alone; a row is NETWORK,LABEL or, below a line `mark,label', MARK,LABEL",
				      fields[0].text);
		if (i && end)
			return refuse(why, "a third field; a label with a comma in it stands in quotes");
	}
	return 0;
}

/* Whether the row says what the rows below it are. */
static bool is_header(struct labelfile_reader *r, const struct field fields[2])
{
	bool networks = !strcmp(fields[0].text, "network"), marks = !strcmp(fields[0].text, "mark");

	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): split() has set both fields */
	if (strcmp(fields[1].text, "label") || (!networks && !marks))
		return false;
	r->marks = marks;
	return true;
}

/* A network of addresses as IPv6 writes those of IPv4 (::ffff:10.0.0.0/104) is one of IPv4: its bits are
 * the same. Traffic of IPv6 does not have these addresses. */
static void unmap(struct flow_network *network)
{
	__u8 mapped[16];

	flow_addr_v4(mapped, network->addr + 12);
	if (network->bits >= 96 && !memcmp(network->addr, mapped, sizeof(mapped)))
		network->family = AF_INET;
}

static int take_row(struct labelfile_reader *r, char *line, struct refusal *why)
{
	struct field fields[2];
	struct flow_network network;
	struct flow_marks_item mark;
	int err = split(line, fields, why);

	if (err || is_header(r, fields))
		return err;
	err = r->marks ? options_marked(fields[0].text, &mark, why) :
			 options_network(fields[0].text, &network, why);
	if (err)
		return err;
	if (!r->marks)
		unmap(&network);
	return r->marks ?
		labelfile_add_mark(&r->common, &mark, fields[1].text, fields[1].len, why) :
		labelfile_add_network(&r->common, &network, fields[1].text, fields[1].len, why);
}

/* Read a line, without its end. Returns 1, 0 at the end of the file, or -errno. */
static int read_line(struct labelfile_reader *r, struct refusal *why)
{
	size_t len;

	errno = 0;
	if (!fgets(r->text, sizeof(r->text), r->file)) {
		int err = ferror(r->file) ? errno : 0;

		if (err)
			refuse(why, "%s", strerror(err));
		return -err;
	}
	r->line++;
	len = strlen(r->text);
	r->bytes += len;
	if (!len || (r->text[len - 1] != '\n' && (!feof(r->file) || ftello(r->file) != r->bytes)))
		return refuse(why, "the line has more than %d bytes, or a byte that is 0",
			      LINE_MAX_LEN);
	if (r->text[len - 1] == '\n')
		len--;
	if (len && r->text[len - 1] == '\r')
		len--;
	r->text[len] = '\0';
	return 1;
}

static int step_csv(struct labelfile_reader *r, struct refusal *why)
{
	struct refusal reason;
	int err = 1;

	for (int i = 0; i < LABELFILE_STEP && err > 0; i++) {
		char *p = r->text;

		err = read_line(r, &reason);
		if (err <= 0)
			break;
		if (r->line == 1 && !strncmp(p, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)))
			p += strlen(BYTE_ORDER_MARK);
		p += strspn(p, BLANKS);
		if (*p && *p != '#')
			err = take_row(r, p, &reason) ?: 1;
	}
	if (err < 0)
		refuse(why, "%s:%" PRIu64 ": %s", r->common.path, r->line, reason.why);
	return err;
}

const struct labelfile_functions labelfile_csv = { open_csv, step_csv, close_csv };
