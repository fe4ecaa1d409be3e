/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the tests that the macros of tests/cross/criterion/criterion.h have collected, but those that an
 * argument names: a pattern (fnmatch(3)) for SUITE::TEST. An argument I/N has every Nth of them run only,
 * from the Ith on. */
#include "config.h"

#include <fnmatch.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>

#include "criterion/criterion.h"

#define SKIPPED 77
#define TIMEOUT_S 300

enum result {
	GOOD,
	BAD,
	LEFT_OUT,
	RESULTS,
};

struct cross_test *cross_tests;
struct cross_suite *cross_suites;

static bool failed;

static void comment(const char *format, va_list args)
{
	fputs("# ", stdout);
	vprintf(format, args);
	fputc('\n', stdout);
	fflush(stdout);
}

void cross_failed(const char *file, int line, const char *what, const char *format, ...)
{
	va_list args;

	failed = true;
	printf("# %s:%d: %s\n", file, line, what);
	va_start(args, format);
	comment(format, args);
	va_end(args);
}

void cross_abort(void)
{
	fflush(stdout);
	_exit(1);
}

void cross_skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	comment(format, args);
	va_end(args);
	_exit(SKIPPED);
}

static const struct cross_settings *suite_of(const struct cross_test *test)
{
	static const struct cross_settings none;

	for (const struct cross_suite *suite = cross_suites; suite; suite = suite->next)
		if (!strcmp(suite->name, test->suite))
			return &suite->settings;
	return &none;
}

static void in_child(const struct cross_test *test)
{
	const struct cross_settings *suite = suite_of(test);
	void (*init)(void) = test->settings.init ? test->settings.init : suite->init;
	void (*fini)(void) = test->settings.fini ? test->settings.fini : suite->fini;

	alarm(TIMEOUT_S);
	if (init)
		init();
	test->run();
	if (fini)
		fini();
	fflush(stdout);
	_exit(failed);
}

/* Whether the test ended as its settings ask for: with a status, or by a signal. */
static bool ended_well(const struct cross_test *test, int status)
{
	if (test->settings.signal)
		return WIFSIGNALED(status) && WTERMSIG(status) == test->settings.signal;
	return WIFEXITED(status) && WEXITSTATUS(status) == test->settings.exit_code;
}

static enum result run(const struct cross_test *test)
{
	pid_t child;
	int status;
	bool good;

	fflush(stdout);
	child = fork();
	if (child == 0)
		in_child(test);
	if (child < 0 || waitpid(child, &status, 0) != child) {
		perror("cannot run a test");
		exit(1);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED) {
		printf("# left out: %s::%s\n", test->suite, test->name);
		return LEFT_OUT;
	}
	good = ended_well(test, status);
	printf("%s %s::%s\n", good ? "ok" : "not ok", test->suite, test->name);
	return good ? GOOD : BAD;
}

static bool is_named(const struct cross_test *test, char *const patterns[])
{
	char name[256];

	snprintf(name, sizeof(name), "%s::%s", test->suite, test->name);
	for (; *patterns; patterns++)
		if (!fnmatch(*patterns, name, 0))
			return true;
	return false;
}

int main(int argc, char *argv[])
{
	unsigned int part = 1, parts = 1, n = 0;
	int results[RESULTS] = { 0 };

	if (argc > 1 && sscanf(argv[1], "%u/%u", &part, &parts) == 2)
		argv++;
	for (const struct cross_test *test = cross_tests; test; test = test->next)
		if (!is_named(test, argv + 1) && n++ % parts == part - 1)
			results[run(test)]++;
	printf("1..%d\n", results[GOOD] + results[BAD]);
	return results[BAD] != 0;
}
