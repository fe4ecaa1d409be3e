/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole reports, of files with hostile texts in them. */
#include "config.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "report/html_case.h"
#include "report/report.h"

static char folder[] = "/tmp/ctagg-report-XXXXXX", lines[64], page[64];
static char *text;
static size_t len;

static void make_folder(void)
{
	cr_assert_not_null(mkdtemp(folder));
	snprintf(lines, sizeof(lines), "%s/lines", folder);
	snprintf(page, sizeof(page), "%s/page", folder);
}

static void remove_folder(void)
{
	unlink(lines);
	unlink(page);
	cr_expect_eq(rmdir(folder), 0, "no other file is left");
	free(text);
}

TestSuite(report, .init = make_folder, .fini = remove_folder, .timeout = 120);

/* --- lines ------------------------------------------------------------------------ */

#define HEAD "\"schema\":1,\"host\":\"%s\",\"run\":\"r\",\"window_ms\":60000,\"slot\":\"2026-11-21T01:%02u:00.000000Z\"," \
	     "\"window_start\":\"2026-11-21T01:%02u:00.000000Z\",\"window_end\":\"2026-11-21T01:%02u:00.000000Z\""

/* A window of a flow and a rule, with texts as they stand in JSON. */
static void write_window(FILE *to, const char *host, unsigned int minute, const char *hostile, unsigned int lost)
{
	fprintf(to, "{\"type\":\"flow\"," HEAD ",\"direction\":\"in\",\"proto\":\"tcp\",\"src_ip\":\"10.0.0.1\",\"dst_ip\":\"192.0.2.1\",\"dst_port\":443,"
		"\"src_label\":\"%s\",\"dst_label\":\"%s\",\"starts\":1,\"ends\":1,\"drops\":2,\"drop_bytes\":80,\"logged\":0,\"unreplied\":1,"
		"\"orig_packets\":1,\"orig_bytes\":100,\"reply_packets\":1,\"reply_bytes\":200}\n",
		host, minute, minute, minute + 1, hostile, hostile);
	fprintf(to, "{\"type\":\"rule\"," HEAD ",\"log_prefix\":\"%s\",\"rule\":\"%s\",\"rule_comment\":\"%s\",\"drops\":2,\"drop_bytes\":80,\"logged\":0}\n",
		host, minute, minute, minute + 1, hostile, hostile, hostile);
	fprintf(to, "{\"type\":\"window\"," HEAD ",\"seq\":%u,\"closed_by\":\"timer\",\"status\":\"%s\",\"records\":2,"
		"\"starts\":1,\"ends\":1,\"drops\":2,\"drop_bytes\":80,\"logged\":0,\"unreplied\":1,"
		"\"orig_packets\":1,\"orig_bytes\":100,\"reply_packets\":1,\"reply_bytes\":200,\"lost_events\":%u,\"lost_drops\":0}\n",
		host, minute, minute, minute + 1, minute + 1, lost ? "partial" : "ok", lost);
}

static void write_lines(const char *host, const char *hostile)
{
	FILE *to = fopen(lines, "w");

	cr_assert_not_null(to);
	for (unsigned int minute = 0; minute < 20; minute++)
		if (minute != 7)
			write_window(to, host, minute, hostile, minute == 9);
	for (unsigned int minute = 0; minute < 20; minute++)
		write_window(to, "other", minute, "label", 0);
	cr_assert_eq(fclose(to), 0);
}

static void read_page(void)
{
	FILE *in = fopen(page, "r");
	size_t room = 1 << 20;

	cr_assert_not_null(in);
	free(text);
	text = malloc(room);
	cr_assert_not_null(text);
	len = fread(text, 1, room - 1, in);
	text[len] = '\0';
	fclose(in);
}

static int report(const char *path)
{
	char *files[] = { lines };
	static struct report_options o;
	struct capture said = capture_begin(STDERR_FILENO);
	char message[4096];
	int status;

	o = (struct report_options){ .files = files, .n = 1, .path = path };
	status = report_write(&o);
	capture_end(&said, message, sizeof(message));
	cr_expect_eq(status != 0, *message != '\0', "who fails says why: %s", message);
	return status;
}

static void has(const char *what)
{
	cr_expect_not_null(strstr(text, what), "the page lacks %s", what);
}

/* --- pages ------------------------------------------------------------------------ */

Test(report, a_page_says_what_was_there_and_what_is_missing)
{
	write_lines("gw1", "a rule");
	cr_assert_eq(report(page), 0);
	read_page();
	cr_expect_null(html_fault(text, len), "%s", html_fault(text, len));
	has("<strong>Incomplete.</strong>");
	has("<data value=\"1\">1</data> window missing");
	has("18 of 20 windows are complete;");
	has("lines in <data value=\"1\">1</data> file.");
	has("<data value=\"1\">1</data> event lost, in <data value=\"1\">1</data> window");
	has("<data value=\"3900\" title=\"3,900 bytes\">3.9\u202fkB</data>");
	has("<bdi>a rule</bdi>");
	has("Content-Security-Policy");
}

Test(report, a_page_of_whole_windows_says_so)
{
	FILE *to = fopen(lines, "w");

	cr_assert_not_null(to);
	for (unsigned int minute = 0; minute < 5; minute++)
		write_window(to, "gw1", minute, "x", 0);
	fclose(to);
	cr_assert_eq(report(page), 0);
	read_page();
	has("<strong>Complete.</strong>");
	cr_expect_null(strstr(text, "id=\"incidents\""));
}

Test(report, records_that_are_not_selected_are_counted_once)
{
	static struct report_options o;
	char *files[] = { lines };
	FILE *to = fopen(lines, "w");

	cr_assert_not_null(to);
	write_window(to, "gw1", 1, "x", 0);
	for (int i = 0; i < 2; i++)
		fprintf(to, "{\"type\":\"other\"," HEAD ",\"reason\":\"%s\",\"folded_flows\":3,\"starts\":1}\n",
			"gw1", 2u, 2u, 3u, i ? "top" : "table_full");
	write_window(to, "gw1", 2, "x", 0);
	cr_assert_eq(fclose(to), 0);
	o = (struct report_options){ .files = files, .n = 1, .path = page };
	o.select.dport.list[0] = (struct flow_range){ 80, 80 };
	o.select.dport.n = 1;
	cr_assert_eq(report_write(&o), 0);
	read_page();
	has("<data value=\"2\">2</data> flow records are not selected.");
	has("<data value=\"2\">2</data> records of type other have no key");
}

/* A window of a year of each host: more nanoseconds together than 64 bits can count. */
#define HOSTS 700

Test(report, many_hosts_cover_a_long_time_together)
{
	FILE *to = fopen(lines, "w");
	const char *row;

	cr_assert_not_null(to);
	for (unsigned int host = 0; host < HOSTS; host++)
		fprintf(to, "{\"type\":\"window\",\"host\":\"h%u\",\"run\":\"r\",\"window_ms\":31536000000,\"window_start\":\"2025-01-01T00:00:00Z\","
			"\"window_end\":\"2026-01-01T00:00:00Z\",\"seq\":1,\"status\":\"ok\",\"records\":0,\"starts\":1}\n", host);
	/* One of them has half a year more, so that the others cover two thirds of the time. */
	fputs("{\"type\":\"window\",\"host\":\"h0\",\"run\":\"r\",\"window_ms\":31536000000,\"window_start\":\"2026-01-01T00:00:00Z\","
	      "\"window_end\":\"2026-07-02T12:00:00Z\",\"seq\":2,\"status\":\"ok\",\"records\":0,\"starts\":1}\n", to);
	cr_assert_eq(fclose(to), 0);
	cr_assert_eq(report(page), 0);
	read_page();
	row = strstr(text, "id=\"hosts\"");
	cr_assert_not_null(row);
	row = strstr(row, "200 more</th>");
	cr_assert_not_null(row);
	cr_expect_not_null(strstr(row, ">66.6\u202f%"));
	row = strstr(row, ">All</th>");
	cr_assert_not_null(row);
	cr_expect_not_null(strstr(row, ">66.7\u202f%"), "of all: %.400s", row);
}

/* An hour by a clock that was wrong, which the time axis leaves out; then an hour, a gap and an hour. */
Test(report, a_host_covers_what_its_windows_cover_of_the_time_that_is_shown)
{
	static const char *const bounds[][2] = {
		{ "2001-01-01T00:00:00Z", "2001-01-01T01:00:00Z" },
		{ "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z" },
		{ "2026-01-01T02:00:00Z", "2026-01-01T03:00:00Z" },
	};
	FILE *to = fopen(lines, "w");
	const char *row;

	cr_assert_not_null(to);
	for (size_t i = 0; i < 3; i++)
		fprintf(to, "{\"type\":\"window\",\"host\":\"h\",\"run\":\"r\",\"window_ms\":3600000,\"window_start\":\"%s\","
			"\"window_end\":\"%s\",\"seq\":%zu,\"status\":\"ok\",\"records\":0,\"starts\":1}\n", bounds[i][0], bounds[i][1], i + 1);
	cr_assert_eq(fclose(to), 0);
	cr_assert_eq(report(page), 0);
	read_page();
	has("66.7 percent of the time is covered");
	row = strstr(text, "id=\"hosts\"");
	cr_assert_not_null(row);
	cr_expect_not_null(strstr(row, ">66.6\u202f%"), "a share is rounded down");
}

Test(report, hostile_texts_are_shown_and_do_nothing)
{
	static const char *const hostile[] = {
		"<script>alert(1)</script>", "\\\"><img src=x onerror=alert(1)>", "'--></style></title><b>",
		"\\u001b[31m\\u0007\\u0001", "\\u202eevil\\u2066", "&lt;script&gt;&#60;", "\\ud83d\\ude00\\u0301\\u0301",
		"</bdi></td></tr></table>", "javascript:alert(1)", "a\\u2028b\\u0085c\\u007f",
	};

	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		write_lines(hostile[i], hostile[i]);
		cr_expect_eq(report(page), 0);
		read_page();
		cr_expect_null(html_fault(text, len), "%s: %s", hostile[i], html_fault(text, len));
		has("\"traffic\"");
	}
}

Test(report, long_texts_are_cut_and_still_there)
{
	char long_text[3001];

	memset(long_text, 'W', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	write_lines(long_text, "x");
	cr_assert_eq(report(page), 0);
	read_page();
	cr_expect_null(html_fault(text, len), "%s", html_fault(text, len));
	has(long_text);
	cr_expect_null(strstr(text, "WWW</bdi>"));
}

Test(report, without_a_window_the_report_says_so_and_fails)
{
	FILE *to = fopen(lines, "w");

	cr_assert_not_null(to);
	fputs("no record\n", to);
	fclose(to);
	cr_expect_eq(report(page), 1);
	read_page();
	cr_expect_null(html_fault(text, len), "%s", html_fault(text, len));
	has("<strong>No windows.</strong>");
	has("<data value=\"1\">1</data> line could not be read");
}

/* --- where it goes ---------------------------------------------------------------- */

/* A limit of the size of files stands for a full disk. */
Test(report, an_old_report_stays_when_the_new_one_cannot_be_written)
{
	struct rlimit limit = { 1000, RLIM_INFINITY };
	FILE *old = fopen(page, "w");

	cr_assert_not_null(old);
	fputs("<old>", old);
	fclose(old);
	write_lines("gw1", "x");
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_expect_eq(report(page), 1);
	limit.rlim_cur = RLIM_INFINITY;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	read_page();
	cr_expect_str_eq(text, "<old>");
}

Test(report, lines_are_not_replaced)
{
	write_lines("gw1", "x");
	cr_expect_eq(rename(lines, page), 0);
	write_lines("gw1", "y");
	cr_expect_eq(report(page), 1);
	read_page();
	cr_expect_eq(text[0], '{');
	cr_expect_eq(truncate(page, 0), 0);
	cr_expect_eq(report(page), 0, "an empty file is");
}

Test(report, a_report_is_not_written_through_a_link)
{
	char target[80];
	struct stat st;

	write_lines("gw1", "x");
	snprintf(target, sizeof(target), "%s-target", lines);
	cr_assert_eq(symlink(target, page), 0);
	cr_expect_eq(report(page), 1);
	cr_expect_neq(stat(target, &st), 0);
}

Test(report, its_mode_is_that_of_other_outputs)
{
	struct stat st;

	umask(022);
	write_lines("gw1", "x");
	cr_assert_eq(report(page), 0);
	cr_assert_eq(stat(page, &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0640);
}

Test(report, a_dash_is_standard_output)
{
	struct capture out;
	static char shown[1 << 20];

	write_lines("gw1", "x");
	cr_assert_eq(report(page), 0);
	read_page();
	out = capture_begin(STDOUT_FILENO);
	cr_expect_eq(report("-"), 0);
	capture_end(&out, shown, sizeof(shown));
	cr_expect_str_eq(shown, text);
}
