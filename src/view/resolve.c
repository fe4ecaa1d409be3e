/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "view/resolve.h"
#include "view/show.h"

static int ask(char name[NI_MAXHOST], const uint8_t addr[16])
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };

	memcpy(&six.sin6_addr, addr, sizeof(six.sin6_addr));
	if (!IN6_IS_ADDR_V4MAPPED(&six.sin6_addr))
		return getnameinfo((void *)&six, sizeof(six), name, NI_MAXHOST, NULL, 0, NI_NAMEREQD);
	memcpy(&four.sin_addr, addr + 12, sizeof(four.sin_addr));
	return getnameinfo((void *)&four, sizeof(four), name, NI_MAXHOST, NULL, 0, NI_NAMEREQD);
}

size_t resolve_address(char *to, size_t size, const uint8_t addr[16])
{
	char name[NI_MAXHOST];

	if (ask(name, addr)) {
		if (size)
			*to = '\0';
		return 0;
	}
	return show_text(to, size, name, strlen(name));
}
