/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <string.h>

#include "cli/list.h"
#include "cli/number.h"
#include "cli/service.h"

/* The port of a service. Returns 0; -ENOENT for a name that is not known; or -EINVAL, with the
 * reason, for a name with several ports. */
static int find_service(const char *name, __u32 *port, struct refusal *why)
{
	static const char *const protocols[] = { "tcp", "udp", "sctp", "dccp" };
	const char *found = NULL;

	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		const struct servent *service = getservbyname(name, protocols[i]);
		__u32 number = service ? ntohs((__be16)service->s_port) : 0;

		if (!service)
			continue;
		if (found && number != *port)
			return refuse(why, QUOTED " is port %u of %s and port %u of %s; give the number",
				      name, *port, found, number, protocols[i]);
		found = protocols[i];
		*port = number;
	}
	return found ? 0 : -ENOENT;
}

/* A port by number or name; returns as find_service(). */
static int find_port(const char *text, __u32 *port, struct refusal *why)
{
	uint64_t number;
	int err;

	if (text[strspn(text, "0123456789")])
		return find_service(text, port, why);
	err = *text ? options_number(text, 0, UINT16_MAX, &number, why) : -ENOENT;
	if (!err)
		*port = number;
	return err;
}

static int unknown(const char *item, const char *name, struct refusal *why)
{
	if (!*name)
		return refuse(why, QUOTED ": a range has a port on both sides of the dash", item);
	if (!strcmp(item, name))
		return refuse(why, QUOTED " is neither a number nor a service in /etc/services", name);
	return refuse(why, QUOTED ": " QUOTED " is neither a number nor a service in /etc/services",
		      item, name);
}

/* Both ends of the range whose dash is at item[len]. Returns 0; -ENOENT when an end is not known,
 * with a reason that names this end; or -EINVAL with the reason. */
static int find_ends(const char *item, size_t len, struct flow_range *ports, struct refusal *why)
{
	char first[OPTIONS_ITEM_SIZE];
	int err;

	memcpy(first, item, len);
	first[len] = '\0';
	err = find_port(first, &ports->first, why);
	if (err == -ENOENT)
		unknown(item, first, why);
	if (err)
		return err;
	err = find_port(item + len + 1, &ports->last, why);
	if (err == -ENOENT)
		unknown(item, item + len + 1, why);
	return err;
}

int options_port_range(const char *item, struct flow_range *ports, struct refusal *why)
{
	int err = find_port(item, &ports->first, why);

	ports->last = ports->first;
	if (err != -ENOENT)
		return err;
	unknown(item, item, why);
	for (const char *dash = strchr(item, '-'); dash && err == -ENOENT; dash = strchr(dash + 1, '-'))
		err = find_ends(item, dash - item, ports, why);
	if (err)
		return -EINVAL;
	if (ports->first > ports->last)
		return refuse(why, QUOTED " ends before it begins: %u is less than %u", item,
			      ports->last, ports->first);
	return 0;
}
