/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "report/html.h"
#include "sink/text.h"
#include "view/show.h"

#define TEXT_SIZE 4200	/* a line of ctagg has no longer text */
#define BDI_MAX 120	/* bytes */
#define SHORT 10000000
#define NS_PER_S UINT64_C(1000000000)

static void escaped(FILE *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		switch (text[i]) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			putc(text[i], out);
		}
}

/* Where a text of UTF-8 can be cut, at max bytes or before. */
static size_t cut(const char *text, size_t max)
{
	while (max && ((unsigned char)text[max] & 0xc0) == 0x80)
		max--;
	return max;
}

void html_text(FILE *out, const char *text, size_t len, size_t max)
{
	char harmless[TEXT_SIZE];
	size_t n = show_text(harmless, sizeof(harmless), text, len);

	if (n <= max) {
		escaped(out, harmless, n);
		return;
	}
	escaped(out, harmless, cut(harmless, max));
	fputs("\u2026", out);
}

void html_bdi(FILE *out, const char *text, size_t len)
{
	if (!len) {
		fputs("<i>(empty)</i>", out);
		return;
	}
	fputs("<bdi", out);
	if (len > BDI_MAX) {
		fputs(" title=\"", out);
		html_text(out, text, len, TEXT_SIZE);
		putc('"', out);
	}
	putc('>', out);
	html_text(out, text, len, BDI_MAX);
	fputs("</bdi>", out);
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* 1.2G as 1.2 G: show_count() with a narrow blank that does not break, before the unit or the
 * suffix. */
static size_t spaced(char *to, size_t size, uint64_t n, const char *suffix)
{
	char text[16];
	size_t len = show_count(text, sizeof(text), n);
	bool unit = text[len - 1] > '9';

	return snprintf(to, size, "%.*s%s%s%s", (int)(len - unit), text, unit || *suffix ? "\u202f" : "",
			unit ? text + len - 1 : "", suffix);
}

/* The number, `shown' so, and its digits as a title where that is not all of them. */
static void value(FILE *out, struct report_value v, const char *shown, bool rounded, const char *unit)
{
	char exact[32];

	if (!v.known) {
		fputs("<span title=\"no record has the number\">\u2013</span>", out);
		return;
	}
	show_exact(exact, sizeof(exact), v.n);
	fprintf(out, "<data value=\"%" PRIu64 "\"", v.n);
	if (rounded || v.least)
		fprintf(out, " title=\"%s%s%s\"", v.least ? "at least " : "", exact, unit);
	fprintf(out, ">%s%s</data>", v.least ? "\u2265\u202f" : "", rounded ? shown : exact);
}

void html_value(FILE *out, struct report_value v, bool bytes)
{
	char shown[48];

	spaced(shown, sizeof(shown), v.n, "B");
	value(out, v, shown, bytes, bytes ? " bytes" : "");
}

void html_short(FILE *out, struct report_value v, bool bytes)
{
	char shown[48];

	spaced(shown, sizeof(shown), v.n, bytes ? "B" : "");
	value(out, v, shown, bytes || v.n >= SHORT, bytes ? " bytes" : "");
}

void html_count(FILE *out, uint64_t n)
{
	html_value(out, (struct report_value){ n, true, n == REPORT_LARGEST }, false);
}

void html_bytes(FILE *out, uint64_t n)
{
	html_value(out, (struct report_value){ n, true, n == REPORT_LARGEST }, true);
}

size_t html_rate(char *to, size_t size, double rate, const char *suffix)
{
	if (rate >= 1000)
		return spaced(to, size, rate < 9e18 ? (uint64_t)rate : (uint64_t)INT64_MAX, suffix);
	return snprintf(to, size, rate >= 10 ? "%.0f%s%s" : "%.3g%s%s", rate, *suffix ? "\u202f" : "", suffix);
}

/* --- times ------------------------------------------------------------------------------------ */

void html_time(FILE *out, uint64_t ns)
{
	char shown[32], exact[32];

	show_time(shown, sizeof(shown), ns);
	*text_time(exact, ns) = '\0';
	fprintf(out, "<time datetime=\"%s\">%s</time>", exact, shown);
}

void html_length(FILE *out, uint64_t ns)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	uint64_t seconds = (ns + NS_PER_S / 2) / NS_PER_S;
	size_t i = 0;

	if (ns < 10 * NS_PER_S) {
		fprintf(out, "%.3g\u202fs", (double)ns / (double)NS_PER_S);
		return;
	}
	while (seconds < units[i].seconds)
		i++;
	fprintf(out, "%" PRIu64 "\u202f%s", seconds / units[i].seconds, units[i].name);
	seconds %= units[i].seconds;
	if (i < 3 && seconds / units[i + 1].seconds)
		fprintf(out, " %" PRIu64 "\u202f%s", seconds / units[i + 1].seconds, units[i + 1].name);
}

void html_percent(FILE *out, uint64_t part, uint64_t whole)
{
	double share = whole ? (double)part / (double)whole * 100 : 0;

	if (!whole)
		return;
	if (share > 100)
		share = 100;
	if (part < whole && share >= 99.9)
		share = 99.9;
	if (part && share < 0.1)
		fputs("<span class=\"percent\">&lt;\u202f0.1\u202f%</span>", out);
	else
		fprintf(out, "<span class=\"percent\">%.1f\u202f%%</span>", (double)(uint64_t)(share * 10 + 1e-9) / 10);
}

void html_share(FILE *out, uint64_t part, uint64_t whole)
{
	double share = whole ? (double)part / (double)whole * 100 : 0;

	if (whole)
		fprintf(out, "<span class=\"bar\"><i style=\"width:%.1f%%\"></i></span>", share < 100 ? share : 100);
	html_percent(out, part, whole);
}
