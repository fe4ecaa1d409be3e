/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports by the names of services. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "cli/ranges.h"
#include "cli/service.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* The linker has every call of getservbyname() come here (--wrap), so that these tests do not
 * depend on /etc/services. */
struct servent *__wrap_getservbyname(const char *name, const char *protocol);

struct servent *__wrap_getservbyname(const char *name, const char *protocol)
{
	static const struct {
		const char *name, *protocol;
		uint16_t port;
	} services[] = {
		{ "ftp", "tcp", 21 }, { "ftp-data", "tcp", 20 }, { "ssh", "tcp", 22 },
		{ "domain", "tcp", 53 }, { "domain", "udp", 53 }, { "ntp", "udp", 123 },
		{ "http", "tcp", 80 }, { "https", "tcp", 443 }, { "https", "udp", 443 },
		{ "torn", "tcp", 7 }, { "torn", "udp", 8 }, { "signalling", "sctp", 2905 },
	};
	static struct servent found;

	for (size_t i = 0; i < LENGTH(services); i++) {
		if (strcmp(services[i].name, name) || strcmp(services[i].protocol, protocol))
			continue;
		found = (struct servent){ .s_port = htons(services[i].port) };
		return &found;
	}
	return NULL;
}

Test(services, have_ports_of_any_protocol)
{
	static const struct {
		const char *item;
		__u32 first, last;
	} cases[] = {
		{ "http", 80, 80 }, { "domain", 53, 53 }, { "ntp", 123, 123 }, { "65535", 65535, 65535 },
		{ "signalling", 2905, 2905 }, { "0", 0, 0 }, { "80-443", 80, 443 },
		{ "http-https", 80, 443 }, { "http-443", 80, 443 }, { "80-https", 80, 443 },
		{ "ftp-data", 20, 20 }, { "ftp-data-ftp", 20, 21 }, { "ftp-ssh", 21, 22 },
		{ "1-ftp-data", 1, 20 }, { "ftp-data-ftp-data", 20, 20 },
	};
	struct flow_range range;
	struct refusal why;

	for (size_t i = 0; i < LENGTH(cases); i++) {
		cr_assert_eq(options_port_range(cases[i].item, &range, &why), 0, "%s", cases[i].item);
		cr_expect_eq(range.first, cases[i].first, "%s", cases[i].item);
		cr_expect_eq(range.last, cases[i].last, "%s", cases[i].item);
	}
}

Test(services, that_are_wrong_are_refused)
{
#define UNKNOWN " is neither a number nor a service in /etc/services"
	static const struct {
		const char *item, *why;
	} cases[] = {
		{ "htpt", "'htpt'" UNKNOWN }, { "HTTP", "'HTTP'" UNKNOWN }, { "8o", "'8o'" UNKNOWN },
		{ "-1", "'-1': a range has a port on both sides of the dash" },
		{ "http-", "'http-': a range has a port on both sides of the dash" },
		{ "http-foo", "'http-foo': 'foo'" UNKNOWN }, { "foo-http", "'foo-http': 'foo'" UNKNOWN },
		{ "ftp-data-foo", "'ftp-data-foo': 'foo'" UNKNOWN },
		{ "https-http", "'https-http' ends before it begins: 80 is less than 443" },
		{ "http-65536", "'65536' is more than 65535" }, { "65536", "'65536' is more than 65535" },
		{ "torn", "'torn' is port 7 of tcp and port 8 of udp; give the number" },
		{ "1-torn", "'torn' is port 7 of tcp and port 8 of udp; give the number" },
		{ "1-2-3", "'1-2-3': '1-2'" UNKNOWN },
	};
	struct flow_range range;
	struct refusal why;

	for (size_t i = 0; i < LENGTH(cases); i++) {
		cr_expect_eq(options_port_range(cases[i].item, &range, &why), -EINVAL, "%s", cases[i].item);
		cr_expect_str_eq(why.why, cases[i].why, "%s", why.why);
	}
}

Test(services, stand_in_lists)
{
	struct flow_numbers n;
	struct refusal why;

	cr_assert_eq(options_ports("!domain,8000-8999,http-https", &n, &why), 0);
	cr_expect(n.inverted);
	cr_assert_eq(n.n, 3);
	cr_expect_eq(n.list[0].first, 53);
	cr_expect_eq(n.list[1].last, 8999);
	cr_expect_eq(n.list[2].first, 80);
	cr_expect_eq(n.list[2].last, 443);
	cr_expect_eq(options_ports("80,", &n, &why), -EINVAL);
}
