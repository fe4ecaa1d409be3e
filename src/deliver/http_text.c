/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deliver/http_text.h"

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define PLACE "{name}"

/* --- the URL --------------------------------------------------------------- */

static size_t places(const char *url)
{
	size_t n = 0;

	while ((url = strstr(url, PLACE))) {
		url += strlen(PLACE);
		n++;
	}
	return n;
}

/* "unreserved" of RFC 3986, 2.3, stands for itself. */
static char *encode(char *p, const char *name)
{
	for (; *name; name++) {
		if (strchr(ALNUM "-._~", *name))
			*p++ = *name;
		else
			p += sprintf(p, "%%%02X", (unsigned char)*name);
	}
	return p;
}

char *http_url_of(const char *url, const char *name)
{
	char *out = malloc(strlen(url) + places(url) * 3 * strlen(name) + 1), *p = out;
	const char *place;

	if (!out)
		return NULL;
	while ((place = strstr(url, PLACE))) {
		memcpy(p, url, place - url);
		p = encode(p + (place - url), name);
		url = place + strlen(PLACE);
	}
	strcpy(p, url);
	return out;
}

/* --- the file of headers ---------------------------------------------------- */

/* These say how the body is sent, which ctagg-deliver decides. */
static const char *const own[] = {
	"Content-Encoding", "Content-Length", "Expect", "Idempotency-Key", "Transfer-Encoding",
};

static bool is_named(const char *line, const char *name)
{
	size_t n = strlen(name);

	return !strncasecmp(line, name, n) && line[n] == ':';
}

/* Name and value as RFC 9110 (5.1, 5.5, 5.6.2) has them. Returns why the line is none, or NULL. */
static const char *fault_of(const char *line)
{
	size_t name = strspn(line, ALNUM "!#$%&'*+-.^_`|~");
	const char *p;

	if (!name || line[name] != ':')
		return "is not `Name: value'";
	for (p = line + name + 1; *p; p++)
		if ((*p < 0x20 && *p != '\t') || *p == 0x7f)
			return "has a control character";
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (is_named(line, own[i]))
			return "names a header that ctagg-deliver writes itself";
	return NULL;
}

static void cut_end(char *line)
{
	size_t n = strlen(line);

	while (n && strchr(" \t\r", line[n - 1]))
		line[--n] = '\0';
}

static int split(struct http_headers *h, struct refusal *why)
{
	char *rest = h->text, *line;
	const char *fault;

	for (int number = 1; (line = strsep(&rest, "\n")); number++) {
		cut_end(line);
		if (!*line)
			continue;
		fault = fault_of(line);
		if (fault)
			return refuse(why, "line %d %s", number, fault);
		if (h->n == HTTP_HEADERS_MAX)
			return refuse(why, "has more than %d headers", HTTP_HEADERS_MAX);
		h->lines[h->n++] = line;
	}
	return 0;
}

/* The whole file, which is small, into h->text. */
static int read_all(struct http_headers *h, int fd, struct refusal *why)
{
	size_t n = 0;
	ssize_t got;

	h->text = malloc(HTTP_HEADERS_ROOM);
	if (!h->text)
		return -ENOMEM;
	while ((got = read(fd, h->text + n, HTTP_HEADERS_ROOM - n)) > 0)
		n += got;
	if (got < 0)
		return -errno;
	if (n == HTTP_HEADERS_ROOM)
		return refuse(why, "has %d bytes or more", HTTP_HEADERS_ROOM);
	h->text[n] = '\0';
	return strlen(h->text) == n ? split(h, why) : refuse(why, "holds a byte 0");
}

int http_headers_read(struct http_headers *out, const char *path, struct refusal *why)
{
	struct http_headers h = { 0 };
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), err;
	struct stat st;

	if (fd < 0) {
		err = -errno;
		refuse(why, "%s", strerror(-err));
		return err;
	}
	refuse(why, "cannot be read");
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = refuse(why, "is no regular file, which can be read again");
	else
		err = read_all(&h, fd, why);
	close(fd);
	if (err) {
		http_headers_free(&h);
		return err;
	}
	h.mode = st.st_mode;
	*out = h;
	return 0;
}

void http_headers_free(struct http_headers *h)
{
	free(h->text);
	*h = (struct http_headers){ 0 };
}

bool http_headers_have(const struct http_headers *h, const char *name)
{
	for (size_t i = 0; i < h->n; i++)
		if (is_named(h->lines[i], name))
			return true;
	return false;
}
