/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "json/unicode.h"
#include "report/html_case.h"

#define DEEPEST 64

static const char *const elements[] = {
	"a", "bdi", "body", "caption", "code", "data", "dd", "desc", "details", "div", "dl", "dt", "footer",
	"h1", "h2", "h3", "head", "header", "html", "i", "li", "line", "main", "p", "path", "rect", "section",
	"span", "strong", "style", "summary", "svg", "table", "tbody", "td", "text", "th", "thead", "time",
	"title", "tr", "ul", NULL
};

static char fault[200];

static const char *say(const char *what, const char *where)
{
	snprintf(fault, sizeof(fault), "%s: %.80s", what, where);
	return fault;
}

static bool is_element(const char *name, size_t len)
{
	for (size_t i = 0; elements[i]; i++)
		if (strlen(elements[i]) == len && !memcmp(elements[i], name, len))
			return true;
	return false;
}

/* The end of a tag that begins behind `<': behind its `>'. Attributes stand in double quotes. NULL:
 * there is none, or an attribute is bad. */
static const char *tag_end(const char *p, const char *end)
{
	bool quoted = false;

	for (; p < end; p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (*p == '<' || (*p == '>' && quoted))
			return NULL;
		else if (*p == '>')
			return p + 1;
		else if (!quoted && *p == ' ' && end - p > 3 && !memcmp(p + 1, "on", 2))
			return NULL;
	}
	return NULL;
}

static const char *bytes_fault(const char *p, const char *end)
{
	while (p < end) {
		uint32_t point;
		size_t n = utf8_decode((const unsigned char *)p, end - p, &point);

		if (!n || (point < 0x20 && point != '\n') || (point >= 0x7f && point < 0xa0) ||
		    (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069))
			return say("a character that is not shown", p);
		p += n;
	}
	return NULL;
}

/* An element that is open: its name lies in the text. */
struct open {
	const char *name;
	size_t len;
};

/* Read the tag at p, behind its `<'. Returns a fault or NULL. */
static const char *tag(const char *p, const char *behind, struct open *open, size_t *deep)
{
	bool closes = *p == '/';
	const char *name = p + closes;
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz123456789");

	if (len == 4 && !memcmp(name, "meta", 4))
		return NULL;
	if (!is_element(name, len))
		return say("no element of a report", p - 1);
	if (closes) {
		if (!*deep || open[*deep - 1].len != len || memcmp(open[*deep - 1].name, name, len))
			return say("closes what is not open", p - 1);
		--*deep;
	} else if (behind[-2] != '/') {
		if (*deep == DEEPEST)
			return say("too deep", p - 1);
		open[(*deep)++] = (struct open){ name, len };
	}
	return NULL;
}

const char *html_fault(const char *html, size_t len)
{
	static const char doctype[] = "<!doctype html>";
	const char *end = html + len, *p = html, *wrong = bytes_fault(html, end);
	struct open open[DEEPEST];
	size_t deep = 0;

	if (!wrong && (len < strlen(doctype) || memcmp(html, doctype, strlen(doctype))))
		wrong = say("no doctype", html);
	for (p += strlen(doctype); !wrong && p < end;) {
		bool style = deep && open[deep - 1].len == 5 && !memcmp(open[deep - 1].name, "style", 5);
		const char *behind;

		if (*p == '>' && !style)
			return say("a > outside of a tag", p);
		if (*p++ != '<')
			continue;
		behind = tag_end(p, end);
		wrong = behind ? tag(p, behind, open, &deep) : say("a tag that does not end well", p - 1);
		p = behind;
	}
	return wrong ? wrong : deep ? say("not closed", open[deep - 1].name) : NULL;
}
