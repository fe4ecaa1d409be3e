/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>

#include "source/message.h"
#include "table/load.h"

#define MAX_CPUS 64
#define BATCH 64		/* requests in one system call */
#define PORTS 64		/* sockets a CPU sends from */
#define ADDRESSES 2000		/* that it sends to */
#define ENOUGH 60000		/* live connections */
#define PACKET_PORT 9

struct cpu {
	int n;
	pthread_t creator, sender;
	uint64_t created;
	int sockets[PORTS];
	uint64_t sent;
	int err;
};

static struct cpu cpus[MAX_CPUS];
static pthread_t evictor;
static bool with_packets;
static volatile bool stop;

static void sleep_ms(unsigned int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

int load_cpus(void)
{
	cpu_set_t set;
	int n;

	if (sched_getaffinity(getpid(), sizeof(set), &set))
		return 1;
	n = CPU_COUNT(&set);
	return n < MAX_CPUS ? n : MAX_CPUS;
}

void load_pin(int n)
{
	cpu_set_t all, one;

	CPU_ZERO(&one);
	if (sched_getaffinity(getpid(), sizeof(all), &all))
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all) || n--)
			continue;
		CPU_SET(cpu, &one);
		pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
		return;
	}
}

/* --- through ctnetlink ------------------------------------------------------------- */

/* All CPUs count in the same few rows; their connections differ by their port. */
static void connection(struct message_spec *s, int cpu, unsigned int n)
{
	bool v6 = n & 1;
	unsigned int key = n % LOAD_KEYS;

	*s = message_spec(MESSAGE_NEW, n & 2 ? IPPROTO_TCP : IPPROTO_UDP,
			  v6 ? "2001:db8::7" : "10.0.0.7", v6 ? "2001:db8::10" : "192.0.2.10");
	s->orig.dport = s->reply.sport = 1000 + key;
	s->orig.sport = s->reply.dport = 1024 + cpu * 1000 + n;
	s->timeout_s = 600;
}

static size_t append(unsigned char *to, const struct message *m, unsigned int seq)
{
	memcpy(to, m->bytes, m->len);
	((struct nlmsghdr *)(void *)to)->nlmsg_seq = seq;
	return NLMSG_ALIGN(m->len);
}

static int open_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
}

/* The kernel works while we send, and answers only what fails. */
static int failures(int fd, unsigned int *count)
{
	char buf[8192] __attribute__((aligned(8)));
	ssize_t n;

	for (*count = 0; (n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) >= 0; (*count)++)
		if (((struct nlmsghdr *)(void *)buf)->nlmsg_type != NLMSG_ERROR)
			return -EPROTO;
	return errno == EAGAIN ? 0 : -errno;
}

struct requests {
	size_t len;
	unsigned char bytes[BATCH * 512] __attribute__((aligned(8)));
};

/* Returns how many of them failed, or -errno. */
static int request(int fd, const struct requests *r)
{
	unsigned int failed;
	int err;

	if (send(fd, r->bytes, r->len, 0) < 0)
		return -errno;
	err = failures(fd, &failed);
	return err ? err : (int)failed;
}

static void prepare_requests(struct requests *create, struct requests *remove, int cpu)
{
	create->len = remove->len = 0;
	for (unsigned int i = 0; i < BATCH; i++) {
		struct message_spec s;
		struct message m;

		connection(&s, cpu, i);
		message_create(&m, &s);
		create->len += append(create->bytes + create->len, &m, i);
		message_delete(&m, &s);
		remove->len += append(remove->bytes + remove->len, &m, i);
	}
}

static void *create_and_delete(void *arg)
{
	static __thread struct requests create, remove;
	struct cpu *c = arg;
	int fd = open_netlink(), failed;

	load_pin(c->n);
	prepare_requests(&create, &remove, c->n);
	while (!stop && !c->err) {
		failed = request(fd, &create);
		if (failed >= 0) {
			c->created += BATCH - failed;
			failed = request(fd, &remove);
		}
		if (failed)	/* none should: nobody else knows these */
			c->err = failed < 0 ? failed : -EPROTO;
	}
	close(fd);
	return NULL;
}

/* --- by packets --------------------------------------------------------------------- */

static unsigned int live_connections(void)
{
	FILE *f = fopen("/proc/sys/net/netfilter/nf_conntrack_count", "r");
	unsigned int n = 0;

	if (f) {
		if (fscanf(f, "%u", &n) != 1)
			n = 0;
		fclose(f);
	}
	return n;
}

/* No two packets of one connection while it lives: it takes seconds until an
 * address and a port meet again, and a packet that finds its connection alive is
 * told from others by the rule that counts. */
static void *send_packets(void *arg)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PACKET_PORT) };
	struct cpu *c = arg;

	load_pin(c->n);
	for (; !stop; c->sent++) {
		to.sin_addr.s_addr = htonl(0x0a400000 + c->sent % ADDRESSES);
		if (sendto(c->sockets[c->sent / ADDRESSES % PORTS], "", 1, 0,
			   (struct sockaddr *)&to, sizeof(to)) < 0 && errno != ENOBUFS)
			c->err = -errno;
		if (c->sent % 100 == 0)
			sleep_ms(2);
		while (c->sent % 100 == 0 && live_connections() > ENOUGH && !stop)
			sleep_ms(20);
	}
	return NULL;
}

static int dump(int fd)
{
	static char buf[1 << 16] __attribute__((aligned(8)));
	struct {
		struct nlmsghdr nlh;
		struct nfgenmsg nfg;
	} req = {
		.nlh = {
			.nlmsg_len = sizeof(req),
			.nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
	};
	ssize_t n;

	if (send(fd, &req, sizeof(req), 0) < 0)
		return -errno;
	do
		n = recv(fd, buf, sizeof(buf), 0);
	while (n > 0 && ((struct nlmsghdr *)(void *)buf)->nlmsg_type != NLMSG_DONE);
	return n < 0 ? -errno : 0;
}

/* Connections whose time is over end when someone comes across them. */
static void *evict(void *arg)
{
	int fd = open_netlink();

	(void)arg;
	for (; !stop; sleep_ms(200))
		dump(fd);
	close(fd);
	return NULL;
}

/* --- the namespaces ------------------------------------------------------------------ */

static int run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int run(const char *format, ...)
{
	char command[512];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return system(command);
}

static int own_namespace(void)
{
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

/* A socket stays in the namespace it was made in. */
static int open_sockets(void)
{
	for (int n = 0; n < load_cpus(); n++) {
		for (int i = 0; i < PORTS; i++) {
			struct sockaddr_in any = { .sin_family = AF_INET };
			int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

			if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)))
				return -errno;
			cpus[n].sockets[i] = fd;
		}
	}
	return 0;
}

/* Receive packet steering wants the /sys of this namespace. Packets come without
 * it too, on the CPU that sends them. */
static void steer_packets(void)
{
	char mask[16];
	int fd, len;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("sysfs", "/sys", "sysfs", 0, NULL))
		return;
	fd = open("/sys/class/net/v0/queues/rx-0/rps_cpus", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	len = snprintf(mask, sizeof(mask), "%x", (1U << (load_cpus() < 31 ? load_cpus() : 31)) - 1);
	if (write(fd, mask, len) != len)
		printf("# no packet steering here\n");
	close(fd);
}

/* A socket for what arrives, which nobody reads: no answer goes back. */
static int open_sink(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(PACKET_PORT) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) ? -errno : 0;
}

static const char *prepare_peer(int ours)
{
	int peer;

	if (unshare(CLONE_NEWNET))
		return "no second network namespace";
	peer = own_namespace();
	if (setns(ours, CLONE_NEWNET) ||
	    run("ip link add v0 type veth peer name v1 && ip link set v1 netns /proc/%d/fd/%d && "
		"ip addr add 10.9.0.1/16 dev v0 && ip link set v0 up && "
		"ip route add local 10.64.0.0/10 dev lo", getpid(), peer) ||
	    setns(peer, CLONE_NEWNET) ||
	    run("ip link set v1 up && ip addr add 10.9.0.2/16 dev v1 && "
		"ip route add default via 10.9.0.1") ||
	    open_sockets() || setns(ours, CLONE_NEWNET))
		return "no pair of namespaces can be set up";
	close(peer);
	return NULL;
}

/* The rule counts the packets with which a connection begins: one that has been
 * confirmed is known since an earlier one. */
static const char *prepare_packets(void)
{
	int ours = own_namespace();
	const char *why = prepare_peer(ours);

	close(ours);
	if (why)
		return why;
	if (run("nft 'add table ip t; add counter ip t fresh; "
		"add chain ip t in { type filter hook input priority 0; }; "
		"add rule ip t in iifname v0 udp dport %d ct status and confirmed == 0 counter name fresh'",
		PACKET_PORT))
		return "nft does not work here";
	if (open_sink())
		return "no socket to send to";
	steer_packets();
	return NULL;
}

static int set_sysctl(const char *name, const char *value)
{
	return run("echo %s > /proc/sys/net/netfilter/%s", value, name);
}

const char *load_prepare(bool packets)
{
	with_packets = packets;
	memset(cpus, 0, sizeof(cpus));
	if (unshare(CLONE_NEWNET))
		return "no network namespace can be made";
	if (run("ip link set lo up") || set_sysctl("nf_conntrack_acct", "1") ||
	    set_sysctl("nf_conntrack_timestamp", "1") || set_sysctl("nf_conntrack_udp_timeout", "1"))
		return "the namespace cannot be set up";
	return packets ? prepare_packets() : NULL;
}

/* --- both ------------------------------------------------------------------------------ */

int load_start(void)
{
	int err = 0;

	stop = false;
	for (int n = 0; n < load_cpus() && !err; n++) {
		cpus[n].n = n;
		err = -pthread_create(&cpus[n].creator, NULL, create_and_delete, &cpus[n]);
		if (!err && with_packets)
			err = -pthread_create(&cpus[n].sender, NULL, send_packets, &cpus[n]);
	}
	if (!err && with_packets)
		err = -pthread_create(&evictor, NULL, evict, NULL);
	return err;
}

/* Without a tuple it is all connections: of this namespace, which load_prepare()
 * has made. */
static int end_all(void)
{
	struct {
		struct nlmsghdr nlh;
		struct nfgenmsg nfg;
	} req = {
		.nlh = {
			.nlmsg_len = sizeof(req),
			.nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE,
			.nlmsg_flags = NLM_F_REQUEST,
		},
	};
	int fd = open_netlink(), err = 0;

	if (fd < 0 || send(fd, &req, sizeof(req), 0) < 0)
		err = -errno;
	close(fd);
	return err ? err : live_connections() ? -EBUSY : 0;
}

static int read_counter(uint64_t *packets)
{
	FILE *f = popen("nft list counter ip t fresh", "r");
	char line[256];
	int found = 0;

	while (f && fgets(line, sizeof(line), f))
		found += sscanf(line, " packets %" SCNu64, packets) == 1;
	return f && !pclose(f) && found ? 0 : -EIO;
}

int load_stop(struct load_done *done)
{
	int err = 0;

	memset(done, 0, sizeof(*done));
	stop = true;
	for (int n = 0; n < load_cpus(); n++) {
		pthread_join(cpus[n].creator, NULL);
		if (with_packets)
			pthread_join(cpus[n].sender, NULL);
		done->by_netlink += cpus[n].created;
		err = err ? err : cpus[n].err;
	}
	if (with_packets) {
		pthread_join(evictor, NULL);
		sleep_ms(300);	/* packets on their way */
	}
	if (!err)
		err = end_all();
	if (!err && with_packets)
		err = read_counter(&done->by_packets);
	return err;
}
