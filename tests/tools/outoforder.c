/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens a connection of TCP over the loopback device, sends 63 segments with gaps in front of each, out of order, and then
 * one that covers them all: the kernel keeps the 63 in a tree, and drops them then (TCP_OFOMERGE, and TCPOFOMerge in
 * /proc/net/netstat). Then what was missing in front of all is sent, and the tool ends when the other end of the
 * connection has all bytes: a busy kernel takes them later. Needs CAP_NET_ADMIN and CAP_NET_RAW. */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define SEGMENTS 63
#define STEP 40		/* bytes from the beginning of one segment to that of the next */
#define BYTES 10	/* of each segment */
#define ALL_BYTES (SEGMENTS * STEP + STEP)
#define MOST_SECONDS 60

static struct sockaddr_in from, to;
static uint32_t seq, ack;
static int raw, accepted;

static void must(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

/* RFC 1071 */
static uint16_t checksum(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* len is even. */
static void send_segment(uint32_t at, size_t len)
{
	struct {
		struct {
			struct in_addr from, to;
			uint8_t zero, protocol;
			uint16_t len;
		} pseudo;	/* RFC 9293, 3.1 */
		struct tcphdr tcp;
		uint8_t data[ALL_BYTES];
	} s = { 0 };

	s.pseudo.from = from.sin_addr;
	s.pseudo.to = to.sin_addr;
	s.pseudo.protocol = IPPROTO_TCP;
	s.pseudo.len = htons(sizeof(s.tcp) + len);
	s.tcp.th_sport = from.sin_port;
	s.tcp.th_dport = to.sin_port;
	s.tcp.th_seq = htonl(seq + at);
	s.tcp.th_ack = htonl(ack);
	s.tcp.th_off = sizeof(s.tcp) / 4;
	s.tcp.th_flags = TH_ACK;
	s.tcp.th_win = htons(1000);
	s.tcp.th_sum = htons(checksum((const uint8_t *)&s, sizeof(s.pseudo) + sizeof(s.tcp) + len));
	must(sendto(raw, &s.tcp, sizeof(s.tcp) + len, 0, (struct sockaddr *)&to, sizeof(to)) > 0, "sendto");
}

static uint32_t next_number(int fd, int queue)
{
	uint32_t number = 0;
	socklen_t size = sizeof(number);

	must(!setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof(queue)), "TCP_REPAIR_QUEUE");
	must(!getsockopt(fd, IPPROTO_TCP, TCP_QUEUE_SEQ, &number, &size), "TCP_QUEUE_SEQ");
	return number;
}

static void connect_both(void)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	socklen_t size = sizeof(to);

	to.sin_family = AF_INET;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(!bind(listener, (struct sockaddr *)&to, size) && !listen(listener, 1), "listen");
	must(!getsockname(listener, (struct sockaddr *)&to, &size), "getsockname");
	must(!connect(fd, (struct sockaddr *)&to, size), "connect");
	accepted = accept(listener, NULL, NULL);
	must(accepted >= 0, "accept");
	close(listener);
	must(!getsockname(fd, (struct sockaddr *)&from, &size), "getsockname");
	must(!setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)), "TCP_REPAIR");
	seq = next_number(fd, TCP_SEND_QUEUE);
	ack = next_number(fd, TCP_RECV_QUEUE);
}

/* Segments that are sent on one processor come in the order in which they were sent. */
static void stay_here(void)
{
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	must(!sched_setaffinity(0, sizeof(here), &here), "sched_setaffinity");
}

static void wait_for_all(void)
{
	const struct timeval most = { .tv_sec = MOST_SECONDS };
	char bytes[ALL_BYTES];

	must(!setsockopt(accepted, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most)), "SO_RCVTIMEO");
	must(recv(accepted, bytes, sizeof(bytes), MSG_WAITALL) == sizeof(bytes), "recv");
}

int main(void)
{
	stay_here();
	connect_both();
	raw = socket(AF_INET, SOCK_RAW, IPPROTO_TCP);
	must(raw >= 0, "socket");
	for (uint32_t i = 0; i < SEGMENTS; i++)
		send_segment((i * 37 % SEGMENTS + 1) * STEP, BYTES);
	send_segment(STEP / 2, ALL_BYTES - STEP / 2);
	send_segment(0, STEP / 2);
	wait_for_all();
	return 0;
}
