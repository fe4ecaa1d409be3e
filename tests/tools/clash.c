/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Has two packets at a time open the same connection, from two processors at the same moment:
 *   clash --rounds N --to IPV4 --port P
 * Each round has a source port of its own, counted up from 10000 (at most 50000 rounds). Prints how many packets
 * the kernel took. */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_PORT 10000
#define MAX_ROUNDS 50000
#define THREADS 2

/* round_open  the round that is open, from 1; -1: there is none any more
 * done        how many threads have sent their packet of this round
 * fd          the socket of this round
 */
static _Atomic int round_open, done, fd;
static _Atomic unsigned long taken;

static void die(const char *what)
{
	fprintf(stderr, "clash: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Waits by going round, as a thread that sleeps would be too late. On a machine with one processor the
 * other thread would never get its turn: then give it away. */
static void wait_a_little(unsigned long turns)
{
	if (!(turns % 4096))
		sched_yield();
}

static void *sender(void *arg)
{
	unsigned long turns = 0;
	int seen = 0, now;

	(void)arg;
	for (;;) {
		while ((now = atomic_load(&round_open)) == seen)
			wait_a_little(++turns);
		if (now < 0)
			return NULL;
		seen = now;
		if (send(atomic_load(&fd), "ctagg", 5, 0) == 5)
			atomic_fetch_add(&taken, 1);
		atomic_fetch_add(&done, 1);
	}
}

static int connected(int round, const struct sockaddr_in *to)
{
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons(FIRST_PORT + round) };
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (s < 0 || bind(s, (const struct sockaddr *)&from, sizeof(from)) ||
	    connect(s, (const struct sockaddr *)to, sizeof(*to)))
		die("socket");
	return s;
}

static void play(int rounds, const struct sockaddr_in *to)
{
	pthread_t thread[THREADS];
	unsigned long turns = 0;

	for (int i = 0; i < THREADS; i++)
		if ((errno = pthread_create(&thread[i], NULL, sender, NULL)))
			die("thread");
	for (int round = 1; round <= rounds; round++) {
		int s = connected(round, to);

		atomic_store(&fd, s);
		atomic_store(&done, 0);
		atomic_store(&round_open, round);
		while (atomic_load(&done) < THREADS)
			wait_a_little(++turns);
		close(s);
	}
	atomic_store(&round_open, -1);
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
}

int main(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "rounds", required_argument, NULL, 'r' }, { "to", required_argument, NULL, 't' },
		{ "port", required_argument, NULL, 'p' }, { 0 },
	};
	struct sockaddr_in to = { .sin_family = AF_INET };
	int option, rounds = 0;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'r')
			rounds = atoi(optarg);
		else if (option == 'p')
			to.sin_port = htons(atoi(optarg));
		else if (option != 't' || inet_pton(AF_INET, optarg, &to.sin_addr) != 1)
			return 2;
	}
	if (rounds <= 0 || rounds > MAX_ROUNDS || !to.sin_port || !to.sin_addr.s_addr)
		return 2;
	play(rounds, &to);
	printf("%lu\n", atomic_load(&taken));
	return 0;
}
