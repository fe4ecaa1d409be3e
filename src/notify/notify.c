/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "notify/notify.h"
#include "window/clock.h"

#define NS_PER_US ((uint64_t)1000)
#define NS_PER_MS ((uint64_t)1000000)
#define MESSAGE_MAX 320
#define STATUS_MAX 256

/* The connection to the service manager.
 *
 * fd           -1: nobody is told
 * watchdog_ns  how long this program may be silent; 0: as long as it likes
 * alive_ns     when notify_alive() sent its last message
 * owed         a change of state that found the socket full; "": none
 */
static struct {
	int fd;
	uint64_t watchdog_ns, alive_ns;
	char owed[MESSAGE_MAX];
} manager = { .fd = -1 };

/* --- the environment ------------------------------------------------------------------ */

/* Returns the value of a variable, to be freed, and removes the variable; NULL: there is none, or
 * no memory. */
static char *take_variable(const char *name)
{
	const char *value = getenv(name);
	char *copy = value ? strdup(value) : NULL;

	unsetenv(name);
	return copy;
}

/* A decimal number above 0, and nothing else. */
static int parse_number(const char *text, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno || *end || text[0] < '0' || text[0] > '9' || !*out ? -EINVAL : 0;
}

static int parse_watchdog(const char *usec, const char *pid, uint64_t *out)
{
	uint64_t us, whose = getpid();
	int err = parse_number(usec, &us);

	if (!err && pid)
		err = parse_number(pid, &whose);
	if (!err && us > UINT64_MAX / NS_PER_US)
		err = -EINVAL;
	if (!err && whose == (uint64_t)getpid())
		*out = us * NS_PER_US;
	return err;
}

static int connect_to(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = strlen(name);
	int fd, err;

	if ((name[0] != '/' && name[0] != '@') || len < 2 || len >= sizeof(address.sun_path))
		return -EINVAL;
	memcpy(address.sun_path, name, len);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* An abstract name ends with its last byte, a path may. */
	if (!connect(fd, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + len))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int set_up(const char *socket_name, const char *usec, const char *pid)
{
	int err = usec ? parse_watchdog(usec, pid, &manager.watchdog_ns) : 0;
	int fd = err ? err : connect_to(socket_name);

	if (fd < 0) {
		manager.watchdog_ns = 0;
		return fd;
	}
	manager.fd = fd;
	return 0;
}

int notify_open(void)
{
	char *socket_name = take_variable("NOTIFY_SOCKET");
	char *usec = take_variable("WATCHDOG_USEC"), *pid = take_variable("WATCHDOG_PID");
	int err = socket_name ? set_up(socket_name, usec, pid) : 0;

	free(socket_name);
	free(usec);
	free(pid);
	return err;
}

void notify_close(void)
{
	if (manager.fd >= 0)
		close(manager.fd);
	manager.fd = -1;
	manager.watchdog_ns = manager.alive_ns = 0;
	manager.owed[0] = '\0';
}

bool notify_is_open(void)
{
	return manager.fd >= 0;
}

/* --- messages ------------------------------------------------------------------------- */

/* Returns whether the message need not be sent again: a service manager that is gone hears nothing
 * more. */
static bool send_text(const char *text)
{
	return send(manager.fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0 ||
	       (errno != EAGAIN && errno != ENOBUFS);
}

static void send_owed(void)
{
	if (manager.owed[0] && send_text(manager.owed))
		manager.owed[0] = '\0';
}

/* A message may overtake a change of state that is owed: none depends on one. */
static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *fmt, ...)
{
	char text[MESSAGE_MAX];
	va_list args;

	if (manager.fd < 0)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	send_owed();
	send_text(text);
}

static void change_state(const char *text)
{
	if (manager.fd < 0)
		return;
	snprintf(manager.owed, sizeof(manager.owed), "%s", text);
	send_owed();
}

void notify_ready(void)
{
	change_state("READY=1");
}

void notify_reloading(void)
{
	char text[64];

	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		 clock_monotonic_ns() / NS_PER_US);
	change_state(text);
}

void notify_stopping(void)
{
	change_state("STOPPING=1");
}

void notify_status(const char *fmt, ...)
{
	char text[STATUS_MAX + 1];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	for (char *p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	say("STATUS=%s", text);
}

void notify_extend(uint64_t ns)
{
	say("EXTEND_TIMEOUT_USEC=%" PRIu64, ns / NS_PER_US);
}

/* --- the watchdog --------------------------------------------------------------------- */

/* The message is due: the first one, or a quarter of the watchdog's time after the last one. */
static bool is_due(uint64_t now)
{
	return !manager.alive_ns || now - manager.alive_ns >= manager.watchdog_ns / 4;
}

void notify_alive(void)
{
	uint64_t now = clock_monotonic_ns();

	if (manager.owed[0])
		send_owed();
	if (!manager.watchdog_ns || !is_due(now))
		return;
	manager.alive_ns = now;
	say("WATCHDOG=1");
}

/* A call that comes just before a quarter has passed sends nothing, and the next one comes a third
 * later: the messages are then seven twelfths of the watchdog's time apart. */
uint64_t notify_alive_ns(void)
{
	return manager.watchdog_ns / 3;
}

int notify_wait_ms(int timeout_ms)
{
	uint64_t ms = notify_alive_ns() / NS_PER_MS;

	if (!notify_alive_ns() || (timeout_ms >= 0 && (uint64_t)timeout_ms <= ms))
		return timeout_ms;
	return ms < INT_MAX ? (int)ms + !ms : INT_MAX;
}
