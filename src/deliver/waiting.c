/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "deliver/waiting.h"
#include "notify/notify.h"
#include "window/clock.h"

#define NS_PER_MS 1000000ULL
#define NS_PER_S 1000000000ULL

/* Files come into new/ by rename(2) or link(2), dead letters by rename(2) again. */
#define FILES (IN_MOVED_TO | IN_CREATE)

/* Without inotify(7), of which a user has a bounded number of instances, the directory is looked at
 * every second. */
int waiting_open(struct waiting *w, const char *dir)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	if (sigprocmask(SIG_BLOCK, &signals, NULL))
		return -errno;
	w->stop_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (w->stop_fd < 0)
		return -errno;
	w->files_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->files_fd >= 0 && inotify_add_watch(w->files_fd, dir, FILES) < 0) {
		close(w->files_fd);
		w->files_fd = -1;
	}
	return 0;
}

void waiting_close(struct waiting *w)
{
	close(w->stop_fd);
	if (w->files_fd >= 0)
		close(w->files_fd);
}

bool waiting_is_over(const struct waiting *w)
{
	struct pollfd stop = { .fd = w->stop_fd, .events = POLLIN };

	return poll(&stop, 1, 0) > 0;
}

static void read_events(int fd)
{
	char events[4096];

	while (read(fd, events, sizeof(events)) > 0)
		;
}

/* Wait for so long at most. Returns whether there is no need to wait any more. */
static bool wait_a_while(const struct waiting *w, uint64_t ns, bool for_files)
{
	struct pollfd fds[] = {
		{ .fd = w->stop_fd, .events = POLLIN },
		{ .fd = for_files ? w->files_fd : -1, .events = POLLIN },
	};
	uint64_t ms = ns / NS_PER_MS + (ns % NS_PER_MS != 0);

	if (poll(fds, 2, notify_wait_ms(ms < INT_MAX ? (int)ms : INT_MAX)) <= 0)
		return false;
	if (fds[1].revents)
		read_events(w->files_fd);
	return true;
}

void waiting_until(const struct waiting *w, uint64_t until_ns, bool for_files)
{
	uint64_t now = clock_monotonic_ns();

	if (for_files && w->files_fd < 0 && until_ns > now + NS_PER_S)
		until_ns = now + NS_PER_S;
	while (!wait_a_while(w, until_ns > now ? until_ns - now : 0, for_files)) {
		notify_alive();
		now = clock_monotonic_ns();
		if (now >= until_ns)
			break;
	}
}
