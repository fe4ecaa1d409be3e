/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sends N UDP packets as fast as it can:
 *   packets --count N --to ADDRESS --port P [--ports K] [--gap US]
 *       through sockets, to the K ports from P on in turn; with pauses of US microseconds
 *   packets --count N --to IPV4 --port P --device D [--vlan ID]...
 *       as Ethernet frames out of device D, with these VLAN tags
 * Prints how many packets the kernel took. A packet that a rule drops on its way out is
 * taken too. */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <net/if.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#define MAX_TAGS 4
#define MAX_PORTS 4096

struct plan {
	unsigned long count;
	const char *to, *device;
	unsigned int port, ports, tags, gap_us;
	uint16_t tag[MAX_TAGS];
};

static void die(const char *what)
{
	fprintf(stderr, "packets: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int connected(const char *to, unsigned int port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST };
	struct addrinfo *found;
	char service[16];
	int fd;

	snprintf(service, sizeof(service), "%u", port);
	if (getaddrinfo(to, service, &hints, &found))
		die(to);
	fd = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen))
		die("socket");
	freeaddrinfo(found);
	return fd;
}

/* send() reports the answer to an earlier packet and does not send this one: try again. */
static int not_sent(int err)
{
	return err == ECONNREFUSED || err == EHOSTUNREACH || err == EACCES || err == EINTR ||
	       err == ENOBUFS;
}

static void pause_us(unsigned int us)
{
	const struct timespec time = { us / 1000000, us % 1000000 * 1000 };

	if (us)
		nanosleep(&time, NULL);
}

static unsigned long send_datagrams(const struct plan *plan)
{
	int fd[MAX_PORTS];
	unsigned long taken = 0;

	for (unsigned int i = 0; i < plan->ports; i++)
		fd[i] = connected(plan->to, plan->port + i);
	for (unsigned long i = 0; i < plan->count; i++) {
		/* cppcheck-suppress uninitvar; there is at least one port */
		int to = fd[i % plan->ports];
		ssize_t n;

		do
			n = send(to, "ctagg", 5, 0);
		while (n < 0 && not_sent(errno));
		if (n < 0 && errno != EPERM)	/* an output rule of the test has dropped it */
			die("send");
		taken++;
		pause_us(plan->gap_us);
	}
	return taken;
}

static void put16(unsigned char *p, unsigned int n)
{
	p[0] = n >> 8;
	p[1] = n;
}

/* Ethernet, tags, IPv4 and UDP. The checksums are 0: no rule looks at them. */
static size_t make_frame(const struct plan *plan, unsigned char *frame)
{
	static const unsigned char macs[] = { 2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8 };
	unsigned char *p = frame;

	memcpy(p, macs, sizeof(macs));
	p += sizeof(macs);
	for (unsigned int i = 0; i < plan->tags; i++, p += 4) {
		put16(p, ETH_P_8021Q);
		put16(p + 2, plan->tag[i]);
	}
	put16(p, ETH_P_IP);
	p += 2;
	memset(p, 0, 28);
	p[0] = 0x45;
	put16(p + 2, 33);
	p[8] = 64;
	p[9] = IPPROTO_UDP;
	inet_pton(AF_INET, "198.51.100.7", p + 12);
	if (inet_pton(AF_INET, plan->to, p + 16) != 1)
		die(plan->to);
	put16(p + 20, 4444);
	put16(p + 22, plan->port);
	put16(p + 24, 13);
	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): a packet */
	memcpy(p + 28, "ctagg", 5);
	return p + 33 - frame;
}

static unsigned long send_frames(const struct plan *plan)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = if_nametoindex(plan->device),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	unsigned char frame[256];
	size_t len = make_frame(plan, frame);

	if (fd < 0 || !to.sll_ifindex)
		die(plan->device);
	for (unsigned long i = 0; i < plan->count; i++)
		if (sendto(fd, frame, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0 &&
		    errno != ENOBUFS)	/* an egress rule of the test has dropped it */
			die("sendto");
	return plan->count;
}

int main(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "count", required_argument, NULL, 'c' }, { "to", required_argument, NULL, 't' },
		{ "port", required_argument, NULL, 'p' }, { "ports", required_argument, NULL, 'k' },
		{ "device", required_argument, NULL, 'd' }, { "vlan", required_argument, NULL, 'v' },
		{ "gap", required_argument, NULL, 'g' },
		{ 0 },
	};
	struct plan plan = { .ports = 1 };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			plan.count = strtoul(optarg, NULL, 10);
			break;
		case 't':
			plan.to = optarg;
			break;
		case 'p':
			plan.port = atoi(optarg);
			break;
		case 'k':
			plan.ports = atoi(optarg);
			break;
		case 'd':
			plan.device = optarg;
			break;
		case 'g':
			plan.gap_us = atoi(optarg);
			break;
		case 'v':
			if (plan.tags < MAX_TAGS)
				plan.tag[plan.tags++] = atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	if (!plan.to || !plan.ports || plan.ports > MAX_PORTS)
		return 2;
	printf("%lu\n", plan.device ? send_frames(&plan) : send_datagrams(&plan));
	return 0;
}
