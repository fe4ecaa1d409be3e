/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deliver/http_text.h"

/* --- the URL ---------------------------------------------------------------- */

static void url_becomes(const char *url, const char *name, const char *expected)
{
	char *got = http_url_of(url, name);

	cr_expect_str_eq(got, expected);
	free(got);
}

Test(http_text, the_name_takes_each_of_its_places)
{
	url_becomes("http://h/", "n", "http://h/");
	url_becomes("http://h/{name}", "a-Z.0_9", "http://h/a-Z.0_9");
	url_becomes("http://h/{name}?token={name}{name}&x={nam}{", "ab", "http://h/ab?token=abab&x={nam}{");
	url_becomes("http://h/{name}x", "", "http://h/x");
}

Test(http_text, a_name_is_percent_encoded)
{
	url_becomes("http://h/{name}", "a b&c/d?%~", "http://h/a%20b%26c%2Fd%3F%25~");
	url_becomes("http://h/{name}", "\xc3\xa9", "http://h/%C3%A9");
	url_becomes("http://h/{name}", "{name}", "http://h/%7Bname%7D");
}

/* --- the file of headers ------------------------------------------------------- */

static char path[] = "/tmp/ctagg-headers-XXXXXX";
static struct refusal why;
static struct http_headers headers;

static int read_text(const char *text, size_t n)
{
	int fd = mkstemp(path), err;

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, n), (ssize_t)n);
	close(fd);
	memset(&why, 0, sizeof(why));
	err = http_headers_read(&headers, path, &why);
	unlink(path);
	strcpy(path + strlen(path) - 6, "XXXXXX");
	return err;
}

static void refused(const char *text, const char *reason)
{
	cr_expect_eq(read_text(text, strlen(text)), -EINVAL, "%s", text);
	cr_expect_str_eq(why.why, reason);
}

/* The second request would have no header, or wait for ever for somebody who writes one. */
Test(http_text, a_pipe_cannot_be_read_again)
{
	int fd = mkstemp(path);

	close(fd);
	unlink(path);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_expect_eq(http_headers_read(&headers, path, &why), -EINVAL);
	cr_expect_str_eq(why.why, "is no regular file, which can be read again");
	unlink(path);
	strcpy(path + strlen(path) - 6, "XXXXXX");
}

Test(http_text, headers_are_lines)
{
	static const char text[] = "Authorization: Bearer a:b\r\n\n  \nX-Empty:\nx-last: \t1 2 \t";

	cr_assert_eq(read_text(text, strlen(text)), 0);
	cr_assert_eq(headers.n, 3u);
	cr_expect_str_eq(headers.lines[0], "Authorization: Bearer a:b");
	cr_expect_str_eq(headers.lines[1], "X-Empty:");
	cr_expect_str_eq(headers.lines[2], "x-last: \t1 2");
	cr_expect(http_headers_have(&headers, "AUTHORIZATION"));
	cr_expect(http_headers_have(&headers, "X-Last"));
	cr_expect_not(http_headers_have(&headers, "X"));
	cr_expect_eq(headers.mode & 0777, 0600u);
	http_headers_free(&headers);
}

Test(http_text, an_empty_file_is_no_headers)
{
	cr_assert_eq(read_text("", 0), 0);
	cr_expect_eq(headers.n, 0u);
	http_headers_free(&headers);
}

/* A header that could be read as two would let a file's line be a request of its own. */
Test(http_text, what_is_no_header_is_refused_without_showing_it)
{
	refused("secret", "line 1 is not `Name: value'");
	refused("A: b\nsecret value: c", "line 2 is not `Name: value'");
	refused(": secret", "line 1 is not `Name: value'");
	refused("A: b\rC: d", "line 1 has a control character");
	refused("A: \x7f", "line 1 has a control character");
	cr_expect_eq(read_text("A: b\0c", 6), -EINVAL);
	cr_expect_str_eq(why.why, "holds a byte 0");
}

Test(http_text, headers_that_say_how_the_body_is_sent_are_refused)
{
	static const char *const own[] = {
		"Content-Encoding", "content-length", "EXPECT", "Idempotency-Key", "Transfer-Encoding",
	};
	char line[64];

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		snprintf(line, sizeof(line), "%s: x", own[i]);
		refused(line, "line 1 names a header that ctagg-deliver writes itself");
	}
	cr_expect_eq(read_text("Content-Type: text/plain", 24), 0);
	http_headers_free(&headers);
}

Test(http_text, a_file_has_bounds)
{
	static char text[HTTP_HEADERS_ROOM];

	for (size_t i = 0; i < HTTP_HEADERS_MAX; i++)
		strcat(text, "A: b\n");
	cr_expect_eq(read_text(text, strlen(text)), 0);
	http_headers_free(&headers);
	strcat(text, "A: b\n");
	refused(text, "has more than 64 headers");
	memset(text, 'x', sizeof(text));
	cr_expect_eq(read_text(text, sizeof(text)), -EINVAL);
	cr_expect_str_eq(why.why, "has 65536 bytes or more");
	text[1] = ':';
	cr_expect_eq(read_text(text, sizeof(text) - 1), 0);
	http_headers_free(&headers);
}

Test(http_text, a_file_that_is_not_there_is_an_error)
{
	cr_expect_eq(http_headers_read(&headers, "/no/such/file", &why), -ENOENT);
	cr_expect_str_eq(why.why, strerror(ENOENT));
	cr_expect_eq(http_headers_read(&headers, "/", &why), -EINVAL);
}
