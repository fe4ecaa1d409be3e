/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holds connections open, over loopback and of several protocols, and sends over them what it is told to:
 *   talks N
 * opens N connections each of UDP, TCP, ICMP echo and GRE, over IPv4 and over IPv6, and reads commands:
 *   say K   each connection sends 1 to K packets, of different lengths; every other one is answered
 *   reset   all connections of TCP are ended by RST and opened anew, with the same ports
 * After each command it prints a line. Connection i of a protocol is from port 20000 + i to port 10000 + i, or
 * has the ICMP id or the GRE key 100 + i. Ends with its input. */
#define _GNU_SOURCE
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX 1000
#define TO 10000
#define FROM 20000
#define KEY 100

/* The two ends of a connection; far is -1 where the kernel answers, or nobody. */
struct talk {
	int near, far;
};

static struct talk udp[2][MAX], tcp[2][MAX];
static int echo[2], gre[2];	/* raw sockets, one for all connections of a family */
static int n;

static void die(const char *what)
{
	fprintf(stderr, "talks: %s: %s\n", what, strerror(errno));
	exit(1);
}

static socklen_t here(struct sockaddr_storage *to, bool v6, int port)
{
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)to;
	struct sockaddr_in *four = (struct sockaddr_in *)to;

	memset(to, 0, sizeof(*to));
	if (v6) {
		six->sin6_family = AF_INET6;
		six->sin6_addr = in6addr_loopback;
		six->sin6_port = htons(port);
		return sizeof(*six);
	}
	four->sin_family = AF_INET;
	four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	four->sin_port = htons(port);
	return sizeof(*four);
}

static int bound(bool v6, int type, int port)
{
	struct sockaddr_storage at;
	socklen_t size = here(&at, v6, port);
	int fd = socket(v6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&at, size))
		die("bind");
	return fd;
}

static void join(int fd, bool v6, int port)
{
	struct sockaddr_storage to;
	socklen_t size = here(&to, v6, port);

	if (connect(fd, (struct sockaddr *)&to, size))
		die("connect");
}

static void open_udp(struct talk *t, bool v6, int i)
{
	t->near = bound(v6, SOCK_DGRAM, FROM + i);
	t->far = bound(v6, SOCK_DGRAM, TO + i);
	join(t->near, v6, TO + i);
	join(t->far, v6, FROM + i);
}

/* Closing sends RST, and at once, so that the ports are free. */
static void open_tcp(struct talk *t, bool v6, int i)
{
	const struct linger at_once = { .l_onoff = 1 };
	int listener = bound(v6, SOCK_STREAM, TO + i), on = 1;

	if (listen(listener, 1))
		die("listen");
	t->near = bound(v6, SOCK_STREAM, FROM + i);
	join(t->near, v6, TO + i);
	/* cppcheck-suppress nullPointer; accept4(2) takes NULL */
	t->far = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (t->far < 0 || setsockopt(t->near, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) ||
	    setsockopt(t->near, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
		die("accept");
	close(listener);
}

static int raw(bool v6, int protocol)
{
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		die("raw socket");
	return fd;
}

static void open_all(void)
{
	for (int v6 = 0; v6 < 2; v6++) {
		echo[v6] = raw(v6, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
		gre[v6] = raw(v6, IPPROTO_GRE);
		for (int i = 0; i < n; i++) {
			open_udp(&udp[v6][i], v6, i);
			open_tcp(&tcp[v6][i], v6, i);
		}
	}
}

/* What has arrived is of no interest, and must not fill the buffers. */
static void empty(int fd)
{
	char bytes[4096];

	while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

static void say_talk(const struct talk *t, int packet, size_t len)
{
	static const char bytes[1000];

	if (send(t->near, bytes, len, MSG_NOSIGNAL) < 0)
		die("send");
	empty(t->far);
	if (packet % 2 && send(t->far, bytes, len / 2, MSG_NOSIGNAL) < 0)
		die("answer");
	empty(t->near);
}

static void say_raw(int fd, bool v6, const void *packet, size_t len)
{
	struct sockaddr_storage to;
	socklen_t size = here(&to, v6, 0);

	if (sendto(fd, packet, len, 0, (struct sockaddr *)&to, size) < 0)
		die("send raw");
	empty(fd);
}

/* The header of ICMP echo is the same in both families but for the type. The kernel makes the checksum of
 * ICMPv6; that of ICMP is made here, of a packet whose data is all 0. */
static void say_echo(bool v6, int i, size_t len)
{
	unsigned char packet[1000] = { v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO };
	struct icmphdr *h = (struct icmphdr *)packet;

	h->un.echo.id = htons(KEY + i);
	if (!v6)
		h->checksum = htons(0xffff - ((ICMP_ECHO << 8) + KEY + i));
	say_raw(echo[v6], v6, packet, sizeof(*h) + len);
}

/* Version 1, as PPTP has it: the key is the call id, of which connection tracking knows. RFC 2637. */
static void say_gre(bool v6, int i, size_t len)
{
	unsigned char packet[1000] = { 0x30, 0x01, 0x88, 0x0b, 0, 0, (KEY + i) >> 8, (KEY + i) & 0xff };

	say_raw(gre[v6], v6, packet, 12 + len);
}

static void say(int most)
{
	for (int i = 0; i < n; i++)
		for (int packet = 0; packet <= i % most; packet++)
			for (int v6 = 0; v6 < 2; v6++) {
				size_t len = 10 + (i * 7 + packet * 13) % 900;

				say_talk(&udp[v6][i], packet, len);
				say_talk(&tcp[v6][i], packet, len);
				say_echo(v6, i, len);
				say_gre(v6, i, len);
			}
}

static void reset(void)
{
	for (int v6 = 0; v6 < 2; v6++)
		for (int i = 0; i < n; i++) {
			close(tcp[v6][i].near);
			close(tcp[v6][i].far);
			open_tcp(&tcp[v6][i], v6, i);
		}
}

int main(int argc, char *argv[])
{
	char line[80];

	n = argc == 2 ? atoi(argv[1]) : 0;
	if (n < 1 || n > MAX) {
		fputs("usage: talks N, from 1 to 1000\n", stderr);
		return 2;
	}
	open_all();
	while (fgets(line, sizeof(line), stdin)) {
		int most = 0;

		if (sscanf(line, "say %d", &most) == 1 && most > 0)
			say(most);
		else if (!strncmp(line, "reset", 5))
			reset();
		printf("done\n");
		fflush(stdout);
	}
	return 0;
}
