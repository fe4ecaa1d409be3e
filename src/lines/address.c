/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/address.h"
#include "lines/address.h"

/* Read a number up to `most', without further zeros before it. Returns where it ends, or NULL. */
static const char *number(const char *p, const char *end, unsigned int most, unsigned int *n)
{
	const char *start = p;

	for (*n = 0; p < end && *p >= '0' && *p <= '9' && *n <= most; p++)
		*n = 10 * *n + (*p - '0');
	if (p == start || *n > most || (*start == '0' && p - start > 1))
		return NULL;
	return p;
}

/* Four numbers with a point between each two of them. */
static bool ipv4(const char *p, const char *end, __u8 addr[4])
{
	unsigned int n;

	for (unsigned int i = 0; i < 4; i++) {
		if (i && (p == end || *p++ != '.'))
			return false;
		p = number(p, end, 255, &n);
		if (!p)
			return false;
		addr[i] = (__u8)n;
	}
	return p == end;
}

bool line_ip(const char *text, size_t len, __u8 addr[16], __u8 *family)
{
	char copy[INET6_ADDRSTRLEN];
	__u8 ip4[4];

	if (ipv4(text, text + len, ip4)) {
		flow_addr_v4(addr, ip4);
		*family = AF_INET;
		return true;
	}
	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	*family = AF_INET6;
	return inet_pton(AF_INET6, copy, addr) == 1;
}

bool line_network(const char *text, size_t len, __u8 addr[16], __u8 *family, unsigned int *bits)
{
	const char *end = text + len, *slash = memchr(text, '/', len);

	if (!line_ip(text, slash ? (size_t)(slash - text) : len, addr, family))
		return false;
	*bits = *family == AF_INET ? 32 : 128;
	return !slash || number(slash + 1, end, *bits, bits) == end;
}
