/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes to ctagg-deliver from others: the answers of servers, which become a line for people, and the file
 * of headers. Two bytes are the status, what follows is the body, and once more a file. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "deliver/answer.h"
#include "deliver/http_text.h"
#include "deliver/thin.h"
#include "fuzz/folder.h"
#include "fuzz/targets.h"

static void check_answer(long status, const uint8_t *body, size_t len)
{
	struct transport_answer answer;
	bool later = status == 408 || status == 425 || status == 429 || status / 100 == 5;

	answer_set_http(&answer, status, 7, (const char *)body, len);
	must(answer.result == (status / 100 == 2 ? TRANSPORT_TAKEN : later ? TRANSPORT_LATER : TRANSPORT_NEVER));
	must(answer.server_error == (status / 100 == 5) && answer.retry_after_s == (later ? 7 : 0));
	must(*answer.text && memchr(answer.text, 0, sizeof(answer.text)));
	for (const char *p = answer.text; *p; p++)
		must(*p >= 0x20 && *p <= 0x7e);
}

/* A header cannot end its line, nor begin another. */
static void check_headers(const uint8_t *data, size_t len)
{
	const char *path = folder_path("headers");
	struct http_headers h;
	struct refusal why;

	folder_write("headers", data, len);
	memset(&why, 0, sizeof(why));
	if (http_headers_read(&h, path, &why)) {
		must(*why.why);
		return;
	}
	must(h.n <= HTTP_HEADERS_MAX);
	for (size_t i = 0; i < h.n; i++) {
		const char *colon = strchr(h.lines[i], ':');

		must(colon && colon > h.lines[i] && !strpbrk(h.lines[i], "\r\n"));
		for (const char *p = h.lines[i]; p < colon; p++)
			must(*p > 0x20 && *p < 0x7f);
	}
	http_headers_free(&h);
}

/* Whatever stands in the place of the name, the URL is the same before and behind. */
static void check_url(const char *text)
{
	char *url = http_url_of("https://h/{name}?a", text);

	must(url && !strncmp(url, "https://h/", 10) && !strcmp(url + strlen(url) - 2, "?a"));
	for (const char *p = url + 10; p < url + strlen(url) - 2; p++)
		must(isalnum((unsigned char)*p) || strchr("-._~%", *p));
	free(url);
}

static void check_rules(const char *text)
{
	struct thin_rules rules;
	struct refusal why;
	const uint64_t starts[] = { 0, 1, UINT64_C(1795222800000000000), UINT64_MAX };
	bool keep[4];

	memset(&why, 0, sizeof(why));
	if (thin_parse(&rules, text, &why)) {
		must(*why.why);
		return;
	}
	must(rules.n && rules.n <= THIN_PERIODS);
	for (size_t i = 1; i < rules.n; i++)
		must(rules.list[i].period > rules.list[i - 1].period &&
		     rules.list[i].max_age_ns > rules.list[i - 1].max_age_ns);
	thin_series(&rules, UINT64_C(1795222800000000000), starts, 4, keep);
	must(keep[0] && keep[3]);
}

int fuzz_answers(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	must(text);
	if (size >= 2)
		check_answer((data[0] << 8 | data[1]) % 1000, data + 2, size - 2);
	check_headers(data, size);
	memcpy(text, data, size);
	text[size] = '\0';
	check_url(text);
	check_rules(text);
	free(text);
	return 0;
}
