/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "deliver/address.h"

static struct address a;
static struct refusal why;

static void parts(const char *text, const char *host, const char *port)
{
	cr_assert_eq(address_parse(&a, text, &why), 0, "%s", text);
	cr_expect_str_eq(a.host, host);
	cr_expect_str_eq(a.port, port);
}

static void refused(const char *text, const char *reason)
{
	cr_expect_eq(address_parse(&a, text, &why), -EINVAL, "%s", text);
	cr_expect_str_eq(why.why, reason);
}

Test(address, a_host_and_a_port)
{
	parts("192.0.2.1:514", "192.0.2.1", "514");
	parts("collector.example:65535", "collector.example", "65535");
	parts("[2001:db8::1]:1", "2001:db8::1", "1");
	parts("[fe80::1%eth0]:0514", "fe80::1%eth0", "0514");
}

Test(address, a_connection_is_asked_for)
{
	cr_assert_eq(address_parse_any(&a, "tcp:192.0.2.1:4739", &why), 0);
	cr_expect_str_eq(a.host, "192.0.2.1");
	cr_expect_str_eq(a.port, "4739");
	cr_expect_eq(a.type, SOCK_STREAM);
	cr_assert_eq(address_parse_any(&a, "tcp:[2001:db8::1]:1", &why), 0);
	cr_expect_str_eq(a.host, "2001:db8::1");
	cr_expect_eq(a.type, SOCK_STREAM);
	/* a host of that name */
	cr_assert_eq(address_parse_any(&a, "tcp:4739", &why), 0);
	cr_expect_str_eq(a.host, "tcp");
	cr_expect_eq(a.type, SOCK_DGRAM);
	cr_assert_eq(address_parse_any(&a, "h:1", &why), 0);
	cr_expect_eq(a.type, SOCK_DGRAM);
	cr_expect_eq(address_parse_any(&a, "tcp:h:0", &why), -EINVAL);
}

Test(address, what_is_none_is_refused)
{
	char text[300];

	refused("host", "there is no port");
	refused(":514", "there is no host");
	refused("host:", "'' is no port from 1 to 65535");
	refused("host:0", "'0' is no port from 1 to 65535");
	refused("host:65536", "'65536' is no port from 1 to 65535");
	refused("host:514x", "'514x' is no port from 1 to 65535");
	refused("host:-1", "'-1' is no port from 1 to 65535");
	refused("host:syslog", "'syslog' is no port from 1 to 65535");
	refused("2001:db8::1:514", "an IPv6 address stands in brackets: [ADDRESS]:PORT");
	memset(text, 'x', 256);
	strcpy(text + 256, ":514");
	refused(text, "the host has more than 255 bytes");
	cr_expect_eq(address_parse(&a, text + 1, &why), 0);
	cr_expect_eq(strlen(a.host), 255u);
}
