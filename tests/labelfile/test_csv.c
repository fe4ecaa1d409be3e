/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/networks.h"
#include "labelfile/load.h"

#define MAX_FILES 4

static char paths[MAX_FILES][32];
static const char *files[MAX_FILES];
static size_t n_files;
static struct texts *names;
static struct netlabel_set *set;
static struct refusal why;

static void setup(void)
{
	cr_assert_eq(texts_open(&names), 0);
}

static void remove_files(void)
{
	while (n_files)
		unlink(paths[--n_files]);
	netlabel_set_drop(set);
	set = NULL;
}

static void teardown(void)
{
	remove_files();
	texts_close(names);
}

TestSuite(labelfile, .init = setup, .fini = teardown);

static void add_file(const char *text, size_t len)
{
	char *path = paths[n_files];
	int fd;

	strcpy(path, "/tmp/labels.XXXXXX");
	fd = mkstemp(path);
	cr_assert(fd >= 0 && write(fd, text, len) == (ssize_t)len && !close(fd));
	files[n_files++] = path;
}

static int read_files(void)
{
	return labelfile_read(files, n_files, names, &set, &why);
}

static void expect_read(const char *text)
{
	add_file(text, strlen(text));
	cr_assert_eq(read_files(), 0, "%s", why.why);
}

/* The reason, without the name of the last file. */
static void expect_bad(const char *text, const char *reason)
{
	add_file(text, strlen(text));
	cr_expect_eq(read_files(), -EINVAL);
	cr_assert_eq(strncmp(why.why, paths[n_files - 1], strlen(paths[0])), 0, "%s", why.why);
	cr_expect_str_eq(why.why + strlen(paths[0]), reason);
	cr_expect_null(set);
}

static void expect_text(uint32_t number, const char *label)
{
	size_t len;
	const char *text = texts_get(names, number, &len);

	cr_expect(len == strlen(label) && !memcmp(text, label, len), "'%.*s' is not '%s'", (int)len,
		  text, label);
}

static void expect_label(const char *address, const char *label)
{
	struct flow_network n;

	cr_assert_eq(options_network(address, &n, &why), 0);
	expect_text(netlabel_set_address(set, n.family, n.addr), label);
}

static void expect_mark(uint32_t mark, const char *label)
{
	uint32_t number;

	cr_assert(netlabel_set_mark(set, mark, UINT32_MAX, &number));
	expect_text(number, label);
}

Test(labelfile, rows_are_networks_and_labels)
{
	expect_read("10.0.0.0/8,site a\n10.1.0.0/16,site b\n192.0.2.1,one\n2001:db8::/32,six\n");
	expect_label("10.0.0.1", "site a");
	expect_label("10.1.0.1", "site b");
	expect_label("192.0.2.1", "one");
	expect_label("192.0.2.2", "");
	expect_label("2001:db8::1", "six");
	cr_expect_eq(set->networks.networks, 4);
}

/* As IPv6 writes IPv4; larger networks than all of IPv4 are IPv6. */
Test(labelfile, mapped_addresses_are_ipv4)
{
	expect_read("::ffff:10.0.0.0/104,site\n::ffff:192.0.2.1,one\n::ffff:0:0/96,all\n::/80,six\n");
	expect_label("10.0.0.1", "site");
	expect_label("192.0.2.1", "one");
	expect_label("192.0.2.2", "all");
	expect_label("::1", "six");
	expect_label("2001:db8::1", "");
	remove_files();
	expect_bad("10.0.0.0/8,a\n::ffff:10.0.0.0/104,b\n", ":2: the file has given this network another label before");
}

Test(labelfile, a_header_says_what_the_rows_are)
{
	expect_read("network,label\n10.0.0.0/8,a\nmark,label\n7,voice\n0x100/0xff00,guests\n"
		    "network,label\n10.1.0.0/16,b\n");
	expect_label("10.0.0.1", "a");
	expect_label("10.1.0.1", "b");
	expect_mark(7, "voice");
	expect_mark(0x1ff, "guests");
	expect_mark(8, "");
}

/* As spreadsheets write files, and people. */
Test(labelfile, files_are_forgiven_their_form)
{
	expect_read("\xef\xbb\xbfnetwork,label\r\n# a comment, with a comma\r\n\r\n \t\n  # another one\n"
		    "\"10.0.0.0/8\",\"one, two\"\r\n\t10.1.0.0/16 , three \n10.2.0.0/16,\"a \"\"b\"\"\" \n"
		    "10.3.0.0/16,say \"b\"\n10.4.0.0/16,\"\"\n10.5.0.0/16,\n10.6.0.0/16,last");
	expect_label("10.0.0.1", "one, two");
	expect_label("10.1.0.1", "three");
	expect_label("10.2.0.1", "a \"b\"");
	expect_label("10.3.0.1", "say \"b\"");
	expect_label("10.4.0.1", "");
	expect_label("10.5.0.1", "");
	expect_label("10.6.0.1", "last");
}

Test(labelfile, of_several_files_the_last_one_holds)
{
	add_file("10.0.0.0/8,a\n10.1.0.0/16,b\n", 27);
	expect_read("10.0.0.0/8,c\n");
	expect_label("10.0.0.1", "c");
	expect_label("10.1.0.1", "b");
}

/* A step reads some of them. */
Test(labelfile, many_rows_take_many_steps)
{
	static char text[800000];
	struct labelfile_load *load;
	int steps = 0, err;
	size_t len = 0;

	for (int i = 0; i < 20000; i++)
		len += sprintf(text + len, "10.%d.%d.0/24,label %d\n", i >> 8, i & 255, i % 1000);
	add_file(text, len);
	cr_assert_eq(labelfile_load_open(&load, files, n_files, names), 0);
	while ((err = labelfile_load_step(load, &set, &why)) > 0)
		steps++;
	labelfile_load_close(load);
	cr_assert_eq(err, 0, "%s", why.why);
	cr_expect(steps >= 20, "%d", steps);
	cr_expect_eq(set->networks.networks, 20000);
	cr_expect_eq(texts_count(names), 1000);
	expect_label("10.78.31.7", "label 999");
}

Test(labelfile, says_which_line_is_bad)
{
	expect_bad("10.0.0.0/8,a\n\n10.0.0.0/33,b\n",
		   ":3: '10.0.0.0/33': an IPv4 prefix ends at 32");
}

Test(labelfile, names_are_not_looked_up)
{
	expect_bad("example.org,b\n", ":1: 'example.org' is not an IP address (names are not looked up)");
}

Test(labelfile, a_row_has_two_fields)
{
	expect_bad("10.0.0.0/8\n", ":1: '10.0.0.0/8' stands alone; a row is NETWORK,LABEL or, below a line `mark,label', MARK,LABEL");
	remove_files();
	expect_bad("10.0.0.0/8,a,b\n", ":1: a third field; a label with a comma in it stands in quotes");
}

Test(labelfile, quotes_are_closed)
{
	expect_bad("10.0.0.0/8,\"a\n", ":1: a quote is not closed on this line");
	remove_files();
	expect_bad("10.0.0.0/8,\"a\"b\n", ":1: text stands behind a closing quote; a quote inside quotes is written twice");
}

Test(labelfile, a_network_has_one_label_in_a_file)
{
	expect_bad("10.0.0.0/8,a\n10.0.0.1/8,b\n", ":2: the file has given this network another label before");
}

Test(labelfile, a_mark_is_a_number)
{
	expect_bad("mark,label\n7x,a\n", ":2: '7x' is not a number, decimal or hexadecimal (0x...)");
}

Test(labelfile, a_mark_has_one_label_in_a_file)
{
	expect_bad("mark,label\n7,a\n0x7,b\n", ":3: the file has given this mark another label before");
}

Test(labelfile, marks_are_bounded)
{
	static char text[700000] = "mark,label\n";
	size_t len = strlen(text);

	for (int i = 0; i <= NETLABEL_MAX_MARKS; i++)
		len += sprintf(text + len, "%d,a\n", i);
	expect_bad(text, ":65538: more than 65536 marks, or in all readings of the files more than 1048576 labels or 64 MiB of these");
}

Test(labelfile, an_empty_file_is_bad)
{
	expect_bad("# nothing\nnetwork,label\n", ": neither a network nor a mark is in the file");
}

Test(labelfile, lines_are_bounded)
{
	char text[5000];

	memset(text, 'x', sizeof(text));
	memcpy(text, "10.0.0.0/8,", 11);
	add_file(text, 4096);
	cr_expect_eq(read_files(), 0, "%s", why.why);
	remove_files();
	text[4999] = '\0';
	expect_bad(text, ":1: the line has more than 4096 bytes, or a byte that is 0");
}

Test(labelfile, a_byte_of_0_is_bad)
{
	add_file("10.0.0.0/8,a\0b\n", 15);
	cr_expect_eq(read_files(), -EINVAL);
	remove_files();
	/* Also in a last line that has no end: a crash can leave such files. */
	add_file("10.0.0.0/8,a\n10.0.0.0/16,b\0\0\0", 29);
	cr_expect_eq(read_files(), -EINVAL);
}

/* A file that is replaced is read to its end; one that is written to would be half of two files. */
Test(labelfile, a_file_that_changes_while_it_is_read_is_bad)
{
	struct labelfile_load *load;
	FILE *f;

	add_file("10.0.0.0/8,a\n", 13);
	cr_assert_eq(labelfile_load_open(&load, files, n_files, names), 0);
	cr_assert_eq(labelfile_load_step(load, &set, &why), 1);
	f = fopen(paths[0], "a");
	cr_assert(f && fputs("10.0.0.0/9,b\n", f) >= 0 && !fclose(f));
	cr_expect_eq(labelfile_load_step(load, &set, &why), -EINVAL);
	cr_expect_str_eq(why.why + strlen(paths[0]),
			 ": the file was written to while it was read; write another one, and rename that (mv)");
	labelfile_load_close(load);
}

Test(labelfile, no_file_is_said)
{
	files[0] = "/nonexistent/labels";
	n_files = 1;
	cr_expect_eq(read_files(), -ENOENT);
	cr_expect_str_eq(why.why, "/nonexistent/labels: No such file or directory");
	n_files = 0;
}

/* A pipe could not be read again. It is not waited for. */
Test(labelfile, a_pipe_is_refused)
{
	strcpy(paths[0], "/tmp/labels.XXXXXX");
	cr_assert(mkdtemp(paths[0]) && !rmdir(paths[0]) && !mkfifo(paths[0], 0600));
	files[0] = paths[0];
	n_files = 1;
	cr_expect_eq(read_files(), -EINVAL);
}

Test(labelfile, the_field_of_a_database_is_named)
{
	size_t len;

	files[0] = "/nonexistent/a.mmdb";
	n_files = 1;
	cr_expect_eq(read_files(), -EINVAL);
	cr_expect_str_eq(why.why, "/nonexistent/a.mmdb: which field of it has the label? Name it behind the file, as in /nonexistent/a.mmdb:country.iso_code");
	n_files = 0;
	cr_expect_str_eq(labelfile_field("a.mmdb:b.c", &len), "b.c");
	cr_expect_eq(len, 6);
	cr_expect_null(labelfile_field("a:b.csv", &len));
	cr_expect_eq(len, 7);
}
