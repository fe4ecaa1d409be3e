/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal is put back when a library ends the program. Crashes: tests/e2e/view_terminal.sh. */
#include "config.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "screen/terminal_end.h"

/* tests/cross/run: an emulator of programs has no terminals. */
static void need_terminals(void)
{
	if (getenv("CTAGG_NO_KERNEL"))
		cr_skip_test("wants a terminal of the kernel's");
}

/* Change the modes of the terminal as ncurses does, and end by exit(3). */
static void change_and_exit(int terminal, bool done)
{
	struct termios modes;

	terminal_end_prepare(terminal);
	terminal_end_text("put back");
	tcgetattr(terminal, &modes);
	modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(terminal, TCSANOW, &modes);
	if (done)
		terminal_end_done();
	exit(0);
}

/* What the terminal is sent; its modes from then on in *modes. */
static void run(bool done, char *sent, size_t size, struct termios *modes)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), terminal, status;
	pid_t pid;
	ssize_t n;

	cr_assert(master >= 0 && !grantpt(master) && !unlockpt(master));
	terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
	cr_assert_geq(terminal, 0);
	pid = fork();
	cr_assert_geq(pid, 0);
	if (!pid)
		change_and_exit(terminal, done);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0);
	tcgetattr(terminal, modes);
	fcntl(master, F_SETFL, O_NONBLOCK);
	n = read(master, sent, size - 1);
	sent[n > 0 ? n : 0] = '\0';
	close(terminal);
	close(master);
}

Test(terminal_end, exit_puts_the_terminal_back, .timeout = 60)
{
	struct termios modes;
	char sent[64];

	need_terminals();
	run(false, sent, sizeof(sent), &modes);
	cr_expect_str_eq(sent, "put back");
	cr_expect(modes.c_lflag & ICANON);
	cr_expect(modes.c_lflag & ECHO);
}

Test(terminal_end, nothing_is_put_back_twice, .timeout = 60)
{
	struct termios modes;
	char sent[64];

	need_terminals();
	run(true, sent, sizeof(sent), &modes);
	cr_expect_str_eq(sent, "");
	cr_expect_not(modes.c_lflag & ECHO);
}
