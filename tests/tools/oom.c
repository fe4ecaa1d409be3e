/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loaded before the C library into a program that is tested: one allocation fails, as if there were no memory.
 * malloc(), calloc(), realloc(), aligned_alloc(), posix_memalign() and memalign() count, by whomever they are called: strdup(),
 * asprintf(), fopen() and libraries call these.
 *   OOM_AT    which one, from 1; those before main() do not count: they belong to the loader and to libraries that set up
 *   OOM_WHEN  none that is made before this file is there; they do not count
 *   OOM_NOTE  a file that says when one has failed: by whom it was called, innermost first, as FILE+OFFSET for addr2line(1);
 *             and of a crash afterwards the same
 *   OOM_LOG   a file with a line for each: its number and by whom it was called, as addresses
 * Programs that the program starts are left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long made, at;
static int log_fd = -1, note_fd = -1;	/* open from the start: the program may confine itself */
static const char *when;
static void *(*next_malloc)(size_t), *(*next_calloc)(size_t, size_t), *(*next_realloc)(void *, size_t);
static void *(*next_aligned)(size_t, size_t);

/* dlsym() may allocate before next_calloc is known. */
static char early[65536];
static size_t early_used;

static void *take_early(size_t size)
{
	void *taken = early + early_used;

	early_used += (size + 15) & ~(size_t)15;
	return early_used <= sizeof(early) ? taken : NULL;
}

static int is_early(const void *p)
{
	return (const char *)p >= early && (const char *)p < early + sizeof(early);
}

static void find_next(void)
{
	static int finding;

	if (finding++)
		return;
	next_malloc = dlsym(RTLD_NEXT, "malloc");
	next_realloc = dlsym(RTLD_NEXT, "realloc");
	next_aligned = dlsym(RTLD_NEXT, "aligned_alloc");
	next_calloc = dlsym(RTLD_NEXT, "calloc");
}

/* Without the two functions of this file that come first. */
static void write_callers(int fd, void **callers, int n)
{
	for (int i = 2; i < n; i++) {
		Dl_info info;

		if (dladdr(callers[i], &info))
			dprintf(fd, "%s+%#lx\n", info.dli_fname, (unsigned long)((char *)callers[i] - (char *)info.dli_fbase - 1));
	}
}

static void write_note(const char *title)
{
	void *callers[24];
	int n;

	if (note_fd < 0)
		return;
	dprintf(note_fd, "%s\n", title);
	n = backtrace(callers, 24);	/* crashes when the stack is no longer one */
	write_callers(note_fd, callers, n);
}

/* What crashes afterwards goes to the same file. */
static void note_crash(int sig)
{
	signal(sig, SIG_DFL);
	write_note("crash");
	raise(sig);
}

static void write_log(long number)
{
	char line[512];
	void *callers[24];
	int n = backtrace(callers, 24), len = snprintf(line, sizeof(line), "%ld", number);

	for (int i = 2; i < n && len < (int)sizeof(line) - 24; i++)
		len += snprintf(line + len, sizeof(line) - len, " %p", callers[i]);
	line[len++] = '\n';
	if (write(log_fd, line, len) < 0)
		abort();
}

static int fails(void)
{
	static _Thread_local int inside;	/* backtrace() and dprintf() may allocate */
	long number;

	if (!atomic_load(&at) || inside || (when && access(when, F_OK)))
		return 0;
	number = atomic_fetch_add(&made, 1) + 1;
	inside = 1;
	if (log_fd >= 0)
		write_log(number);
	inside = 0;
	if (number != atomic_load(&at))
		return 0;
	inside = 1;
	write_note("failed");
	inside = 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	if (!next_calloc)
		find_next();
	if (!next_malloc)
		return take_early(size);
	return fails() ? NULL : next_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	if (!next_calloc)
		find_next();
	if (!next_calloc)
		return take_early(n * size);
	return fails() ? NULL : next_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	void *moved;

	if (!next_calloc)
		find_next();
	if (!is_early(p) && next_realloc)
		return fails() ? NULL : next_realloc(p, size);
	moved = malloc(size);
	if (moved && p)
		memcpy(moved, p, size);
	return moved;
}

void free(void *p)
{
	static void (*next)(void *);

	if (is_early(p))
		return;
	if (!next)
		next = dlsym(RTLD_NEXT, "free");
	next(p);
}

void *aligned_alloc(size_t to, size_t size)
{
	if (!next_calloc)
		find_next();
	return fails() ? NULL : next_aligned(to, size);
}

void *memalign(size_t to, size_t size);
void *memalign(size_t to, size_t size)
{
	return aligned_alloc(to, size);
}

int posix_memalign(void **p, size_t to, size_t size)
{
	void *found = aligned_alloc(to, size);

	if (!found)
		return ENOMEM;
	*p = found;
	return 0;
}

__attribute__((constructor)) static void prepare(void)
{
	void *first[1];

	backtrace(first, 1);	/* loads the library that it needs */
}

static int (*main_of_program)(int, char **, char **);

static int open_from_environment(const char *name)
{
	const char *path = getenv(name);

	return path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644) : -1;
}

static int count_from_here(int argc, char *argv[], char *envp[])
{
	const char *number = getenv("OOM_AT");

	when = getenv("OOM_WHEN");
	log_fd = open_from_environment("OOM_LOG");
	note_fd = open_from_environment("OOM_NOTE");
	if (note_fd >= 0) {
		static char stack[65536];	/* the program's own may be what is used up */
		const stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
		const struct sigaction noted = { .sa_handler = note_crash, .sa_flags = SA_ONSTACK };

		sigaltstack(&other, NULL);
		sigaction(SIGSEGV, &noted, NULL);
		sigaction(SIGABRT, &noted, NULL);
		sigaction(SIGTRAP, &noted, NULL);
	}
	unsetenv("LD_PRELOAD");
	atomic_store(&at, number ? atol(number) : 0);
	return main_of_program(argc, argv, envp);
}

/* The C library calls main() from here. */
int __libc_start_main(int (*start)(int, char **, char **), int argc, char *argv[], void (*init)(void), void (*fini)(void),
		      void (*loader_fini)(void), void *stack_end);
int __libc_start_main(int (*start)(int, char **, char **), int argc, char *argv[], void (*init)(void), void (*fini)(void),
		      void (*loader_fini)(void), void *stack_end)
{
	int (*next)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void), void *) =
		dlsym(RTLD_NEXT, "__libc_start_main");

	main_of_program = start;
	return next(count_from_here, argc, argv, init, fini, loader_fini, stack_end);
}
