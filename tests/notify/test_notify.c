/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a service manager hears. The stand-in for it is a socket, of which each test reads what has
 * come. Each test is a process of its own, and so has its own connection. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "notify/notify.h"

#define NS_PER_S 1000000000ULL

static int manager = -1;
static char name[64];

/* A socket with an abstract name, which is gone with the process. */
static void begin(const char *watchdog_usec, const char *watchdog_pid)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int len = snprintf(name, sizeof(name), "@ctagg-test-%d", (int)getpid());

	memcpy(address.sun_path + 1, name + 1, len - 1);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	cr_assert_geq(manager, 0);
	cr_assert_eq(bind(manager, (struct sockaddr *)&address,
			  offsetof(struct sockaddr_un, sun_path) + len), 0);
	setenv("NOTIFY_SOCKET", name, 1);
	if (watchdog_usec)
		setenv("WATCHDOG_USEC", watchdog_usec, 1);
	if (watchdog_pid)
		setenv("WATCHDOG_PID", watchdog_pid, 1);
}

/* The next message; "": there is none. */
static const char *heard(void)
{
	static char text[1024];
	ssize_t n = recv(manager, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static const char *own_pid(void)
{
	static char text[16];

	snprintf(text, sizeof(text), "%d", (int)getpid());
	return text;
}

/* Fill the socket until it takes no more. Returns how many messages it has. */
static int fill(void)
{
	struct sockaddr_un address;
	socklen_t len = sizeof(address);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0), n = 0;

	cr_assert_eq(getsockname(manager, (struct sockaddr *)&address, &len), 0);
	while (sendto(fd, "x", 1, 0, (struct sockaddr *)&address, len) == 1)
		n++;
	close(fd);
	return n;
}

Test(notify, each_change_of_state_is_a_message)
{
	begin(NULL, NULL);
	cr_assert_not(notify_is_open());
	cr_assert_eq(notify_open(), 0);
	cr_assert(notify_is_open());
	notify_ready();
	cr_expect_str_eq(heard(), "READY=1");
	notify_stopping();
	cr_expect_str_eq(heard(), "STOPPING=1");
	notify_extend(30 * NS_PER_S);
	cr_expect_str_eq(heard(), "EXTEND_TIMEOUT_USEC=30000000");
	cr_expect_str_eq(heard(), "");
	notify_close();
	notify_ready();
	cr_expect_str_eq(heard(), "", "nobody is told any more");
}

static uint64_t monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (uint64_t)1000000 + now.tv_nsec / 1000;
}

Test(notify, reloading_says_when)
{
	uint64_t before, said = 0;

	begin(NULL, NULL);
	cr_assert_eq(notify_open(), 0);
	before = monotonic_us();
	notify_reloading();
	cr_assert_eq(sscanf(heard(), "RELOADING=1\nMONOTONIC_USEC=%" SCNu64, &said), 1);
	cr_expect_geq(said, before);
	cr_expect_leq(said, monotonic_us());
}

Test(notify, a_status_is_one_line_whatever_it_has)
{
	begin(NULL, NULL);
	cr_assert_eq(notify_open(), 0);
	notify_status("%d files, %s", 7, "a\nREADY=1\t\xc3\xa9\x7f~");
	cr_expect_str_eq(heard(), "STATUS=7 files, a?READY=1????~");
}

Test(notify, a_status_is_cut)
{
	char text[1000];

	begin(NULL, NULL);
	cr_assert_eq(notify_open(), 0);
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	notify_status("%s", text);
	cr_expect_eq(strlen(heard()), strlen("STATUS=") + 256);
}

Test(notify, the_environment_is_taken)
{
	begin("1000000", own_pid());
	cr_assert_eq(notify_open(), 0);
	cr_expect_null(getenv("NOTIFY_SOCKET"));
	cr_expect_null(getenv("WATCHDOG_USEC"));
	cr_expect_null(getenv("WATCHDOG_PID"));
}

Test(notify, a_path_is_a_socket_too)
{
	char dir[] = "/tmp/ctagg-notify-XXXXXX";
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	cr_assert_not_null(mkdtemp(dir));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", dir);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	cr_assert_eq(bind(manager, (struct sockaddr *)&address, sizeof(address)), 0);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	cr_expect_eq(notify_open(), 0);
	notify_ready();
	cr_expect_str_eq(heard(), "READY=1");
	unlink(address.sun_path);
	rmdir(dir);
}

Test(notify, without_a_manager_nothing_happens)
{
	setenv("WATCHDOG_USEC", "1000000", 1);
	cr_assert_eq(notify_open(), 0);
	cr_expect_null(getenv("WATCHDOG_USEC"));
	cr_expect_eq(notify_alive_ns(), 0);
	cr_expect_eq(notify_wait_ms(-1), -1);
	notify_ready();
	notify_status("nobody");
	notify_alive();
}

Test(notify, no_socket_of_a_service_manager)
{
	char longer[200];

	memset(longer, '/', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	const struct {
		const char *name;
		int err;
	} cases[] = { { "", -EINVAL }, { "@", -EINVAL }, { "relative", -EINVAL },
		      { "vsock:2:1234", -EINVAL }, { longer, -EINVAL },
		      { "/nowhere/to/be/found", -ENOENT },
		      { "@ctagg-nobody-listens-here", -ECONNREFUSED } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setenv("NOTIFY_SOCKET", cases[i].name, 1);
		cr_expect_eq(notify_open(), cases[i].err, "%s", cases[i].name);
		cr_expect_not(notify_is_open(), "%s", cases[i].name);
		cr_expect_null(getenv("NOTIFY_SOCKET"), "%s", cases[i].name);
	}
}

/* --- the watchdog ----------------------------------------------------------------------- */

Test(notify, no_watchdog_of_ours)
{
	static const char *const cases[][2] = { { NULL, NULL }, { "1000000", "1" } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(cases[i][0], cases[i][1]);
		cr_assert_eq(notify_open(), 0);
		cr_expect_eq(notify_alive_ns(), 0);
		cr_expect_eq(notify_wait_ms(-1), -1);
		cr_expect_eq(notify_wait_ms(5000), 5000);
		notify_alive();
		cr_expect_str_eq(heard(), "");
		notify_close();
		close(manager);
	}
}

Test(notify, no_time_of_a_watchdog)
{
	static const char *const cases[][2] = {
		{ "", NULL }, { "0", NULL }, { "-5", NULL }, { " 5", NULL }, { "5s", NULL },
		{ "18446744073709551616", NULL }, { "18446744073709551615", NULL },
		{ "5000000", "" }, { "5000000", "me" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(cases[i][0], cases[i][1]);
		cr_expect_eq(notify_open(), -EINVAL, "%s", cases[i][0]);
		cr_expect_not(notify_is_open());
		cr_expect_null(getenv("WATCHDOG_PID"));
		close(manager);
	}
}

Test(notify, how_long_a_wait_may_be)
{
	begin("30000000", own_pid());
	cr_assert_eq(notify_open(), 0);
	cr_expect_eq(notify_alive_ns(), 10 * NS_PER_S);
	cr_expect_eq(notify_wait_ms(-1), 10000);
	cr_expect_eq(notify_wait_ms(10001), 10000);
	cr_expect_eq(notify_wait_ms(9999), 9999);
	cr_expect_eq(notify_wait_ms(0), 0);
	notify_close();
	close(manager);
	begin("300", NULL);
	cr_assert_eq(notify_open(), 0);
	cr_expect_eq(notify_wait_ms(-1), 1, "no busy loop");
	notify_close();
	close(manager);
	begin("18446744073709551", NULL);	/* five hundred years */
	cr_assert_eq(notify_open(), 0);
	cr_expect_eq(notify_wait_ms(-1), INT_MAX);
}

/* A minute is enough for all of the first calls on any machine, so only one message is due. */
Test(notify, being_alive_is_not_said_at_each_call)
{
	begin("240000000", NULL);
	cr_assert_eq(notify_open(), 0);
	for (int i = 0; i < 10; i++)
		notify_alive();
	cr_expect_str_eq(heard(), "WATCHDOG=1");
	cr_expect_str_eq(heard(), "");
}

Test(notify, being_alive_is_said_again)
{
	begin("4000", NULL);
	cr_assert_eq(notify_open(), 0);
	notify_alive();
	cr_expect_str_eq(heard(), "WATCHDOG=1");
	while (!*heard())
		notify_alive();		/* the test's time runs out if this never comes */
}

/* --- a service manager that reads nothing --------------------------------------------------- */

Test(notify, a_change_of_state_is_not_lost)
{
	int n;

	begin(NULL, NULL);
	cr_assert_eq(notify_open(), 0);
	n = fill();
	notify_reloading();
	notify_ready();
	notify_status("lost");
	while (n--)
		cr_expect_str_eq(heard(), "x");
	cr_expect_str_eq(heard(), "");
	notify_status("later");
	cr_expect_str_eq(heard(), "READY=1", "the last one");
	cr_expect_str_eq(heard(), "STATUS=later");
	cr_expect_str_eq(heard(), "", "once");
}

Test(notify, a_change_of_state_comes_with_the_watchdog)
{
	int n;

	begin(NULL, NULL);
	cr_assert_eq(notify_open(), 0);
	n = fill();
	notify_stopping();
	while (n--)
		heard();
	notify_alive();
	cr_expect_str_eq(heard(), "STOPPING=1");
}

Test(notify, a_manager_that_has_gone)
{
	begin("1000", NULL);
	cr_assert_eq(notify_open(), 0);
	close(manager);
	notify_ready();
	notify_status("nobody");
	notify_alive();
	notify_close();
}
