/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ctgen: make connection tracking events, and say exactly which.
 *
 * Creates and deletes conntrack entries through ctnetlink, many messages a system
 * call, in the network namespace it is started in. No packet is sent. Connections
 * are spread over keys (source, destination, destination port, protocol); those
 * of one key differ in their source port. The last line on standard output says
 * what was done, counted from the kernel's answers:
 *
 *   {"created":100000,"deleted":100000,"failed":0,"keys":1000,"seconds":0.41,...}
 *
 * With --per-key a line for each key comes before the last line. An entry is always
 * deleted by its complete tuple: a delete message without one empties the whole table.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

#include "tools/ctgen_message.h"
#include "tools/ctgen_options.h"

#define BATCH 64
#define FIRST_PORT 1024
#define PORTS 60000

static struct template create[2], delete[2];	/* IPv4, IPv6 */
static struct mnl_socket *nl;
static uint64_t created, deleted, failed, *starts, *ends;
static uint32_t *ports;		/* used so far, by key */
static double *cumulative;	/* Zipf */
static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static double seconds_of(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static double now(void)
{
	return seconds_of(CLOCK_MONOTONIC);
}

/* The kernel delivers an event, through the listeners' filters too, inside the system
 * call that caused it: its cost is in the processor time of this process, which other
 * load on the machine changes less than the time on the wall. */
static double processor_time(void)
{
	return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

static void *alloc(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		die("memory", strerror(errno));
	return p;
}

/* --- sending --------------------------------------------------------------- */

/* The kernel does the work inside sendmsg() and answers messages that fail, so all answers
 * have come when sendmsg() returns. An answer has the sequence number of its message:
 * the index into conns. */
static void collect_failures(struct conn *conns)
{
	char buf[65536];
	ssize_t n;

	while ((n = recv(mnl_socket_get_fd(nl), buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		const struct nlmsghdr *nlh = (const void *)buf;

		for (int left = n; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
			const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);

			if (nlh->nlmsg_type != NLMSG_ERROR || !err->error)
				continue;
			if (!failed++)
				fprintf(stderr, "ctgen: the kernel refuses: %s\n", strerror(-err->error));
			conns[nlh->nlmsg_seq].failed = true;
		}
	}
	if (n < 0 && errno != EAGAIN)
		die("answers of the kernel", strerror(errno));
}

static void send_batch(struct conn *conns, size_t from, size_t n, const struct template templates[2])
{
	static char buf[BATCH * MESSAGE];
	size_t len = 0;

	for (size_t i = from; i < from + n; i++)
		if (!conns[i].failed)
			len += fill_message(buf + len, &templates[is_v6(conns[i].key)], &conns[i], i);
	if (len && mnl_socket_sendto(nl, buf, len) < 0)
		die("sending", strerror(errno));
	collect_failures(conns);
}

static void keep_rate(double begin)
{
	uint64_t done = created + deleted;
	double ahead = opt.rate ? begin + (double)done / opt.rate - now() : 0;
	struct timespec ts = { (time_t)ahead, (long)((ahead - (time_t)ahead) * 1e9) };

	if (ahead > 0)
		nanosleep(&ts, NULL);
}

/* Whether a message waits in a netlink socket that has joined groups: the listeners
 * have some, we have none. Each line of the table begins: sk Eth Pid Groups Rmem. */
static bool something_waits(void)
{
	FILE *table = fopen("/proc/net/netlink", "re");
	unsigned int groups, waiting;
	bool found = false;
	char line[256];

	if (!table)
		die("/proc/net/netlink", strerror(errno));
	/* cppcheck-suppress nullPointerRedundantCheck; die() does not return */
	while (!found && fgets(line, sizeof(line), table))
		found = sscanf(line, "%*s %*d %*u %x %u", &groups, &waiting) == 2 && groups && waiting;
	fclose(table);
	return found;
}

/* A listener that is slower than we are loses nothing when what we make in between
 * (--live events) has room in its buffer. */
static void wait_for_listeners(void)
{
	static const struct timespec pause = { .tv_nsec = 1000000 };

	while (opt.patient && !stop && something_waits())
		nanosleep(&pause, NULL);
}

static void run_batches(struct conn *conns, size_t n, bool is_delete, double begin)
{
	for (size_t i = 0; i < n; i += BATCH) {
		size_t some = n - i < BATCH ? n - i : BATCH;
		bool before[BATCH];

		if (stop && !is_delete) {
			for (; i < n; i++)
				conns[i].failed = true;	/* never made */
			return;
		}
		for (size_t k = 0; k < some; k++)
			before[k] = conns[i + k].failed;
		send_batch(conns, i, some, is_delete ? delete : create);
		for (size_t k = 0; k < some; k++) {
			if (before[k] || conns[i + k].failed)
				continue;
			*(is_delete ? &deleted : &created) += 1;
			(is_delete ? ends : starts)[conns[i + k].key]++;
		}
		keep_rate(begin);
	}
}

/* --- which connections ------------------------------------------------------- */

static double random_unit(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15ULL;	/* the same every run */

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) / 9007199254740992.0;
}

static void prepare_zipf(void)
{
	double sum = 0;

	cumulative = alloc(opt.keys, sizeof(*cumulative));
	for (uint64_t i = 0; i < opt.keys; i++)
		cumulative[i] = sum += pow(i + 1, -opt.zipf);
	for (uint64_t i = 0; i < opt.keys; i++)
		cumulative[i] /= sum;
}

static uint32_t choose_key(uint64_t n)
{
	size_t low = 0, high = opt.keys - 1;
	double u;

	if (!cumulative)
		return n % opt.keys;
	u = random_unit();
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (cumulative[mid] < u)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void choose(struct conn *conns, size_t n, uint64_t first)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t key = choose_key(first + i);

		conns[i] = (struct conn){ .key = key, .port = FIRST_PORT + ports[key]++ % PORTS };
	}
}

static void run(void)
{
	uint64_t total = opt.hold || opt.delete_only ? opt.events : opt.events / 2, done = 0;
	struct conn *conns = alloc(opt.live, sizeof(*conns));
	double begin = now();

	while (!stop && (opt.duration ? now() - begin < opt.duration : done < total)) {
		size_t n = opt.live;

		if (!opt.duration && total - done < n)
			n = total - done;
		choose(conns, n, done);
		if (!opt.delete_only) {
			run_batches(conns, n, false, begin);
			wait_for_listeners();
		}
		if (!opt.hold) {
			run_batches(conns, n, true, begin);
			wait_for_listeners();
		}
		done += n;
	}
	free(conns);
}

/* --- saying what was done ----------------------------------------------------- */

static const char *proto_text(char text[8])
{
	switch (opt.l4) {
	case IPPROTO_TCP: return "tcp";
	case IPPROTO_UDP: return "udp";
	case IPPROTO_UDPLITE: return "udplite";
	case IPPROTO_SCTP: return "sctp";
	case IPPROTO_DCCP: return "dccp";
	case IPPROTO_ICMP: return "icmp";
	case IPPROTO_ICMPV6: return "icmpv6";
	case IPPROTO_GRE: return "gre";
	}
	snprintf(text, 8, "%d", opt.l4);
	return text;
}

static void print_key(uint32_t key)
{
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN], proto[8];
	int family = is_v6(key) ? AF_INET6 : AF_INET;
	uint8_t addr[16];

	address(addr, is_v6(key), true, key);
	inet_ntop(family, addr, src, sizeof(src));
	address(addr, is_v6(key), false, key);
	inet_ntop(family, addr, dst, sizeof(dst));
	printf("{\"src_ip\":\"%s\",\"dst_ip\":\"%s\",", src, dst);
	if (has_ports())
		printf("\"dst_port\":%u,", dest_port(key));
	printf("\"proto\":\"%s\",\"starts\":%" PRIu64 ",\"ends\":%" PRIu64 "}\n", proto_text(proto),
	       starts[key], ends[key]);
}

static void print_summary(double seconds, double cpu_seconds)
{
	uint64_t used = 0;

	for (uint32_t key = 0; key < opt.keys; key++)
		used += starts[key] || ends[key];
	printf("{\"created\":%" PRIu64 ",\"deleted\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"keys\":%" PRIu64
	       ",\"seconds\":%.3f,\"events_per_second\":%.0f,\"cpu_seconds\":%.6f}\n",
	       created, deleted, failed, used, seconds, (created + deleted) / seconds, cpu_seconds);
}

/* --- setting up --------------------------------------------------------------- */

/* Nobody shall flood a machine's own table by mistake. The inode numbers of the machine's
 * first namespaces are fixed: that of the network namespace since Linux 6.18. On older
 * kernels process 1 is in the first network namespace, if we are in the first pid
 * namespace and so see the machine's process 1. */
static void refuse_first_namespace(void)
{
	struct stat own, first, pid;
	bool is_first;

	if (opt.here || stat("/proc/self/ns/net", &own) || stat("/proc/self/ns/pid", &pid))
		return;
	is_first = own.st_ino == 0xeffffff9 ||
		   (pid.st_ino == 0xeffffffc && !stat("/proc/1/ns/net", &first) &&
		    own.st_ino == first.st_ino);
	if (is_first)
		die("this is the machine's own network namespace", "use unshare -n, or --here");
}

static void set_up(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	int bytes = 4 << 20;
	cpu_set_t set;

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	if (opt.cpu != UINT64_MAX) {
		CPU_ZERO(&set);
		CPU_SET(opt.cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			die("--cpu", strerror(errno));
	}
	nl = mnl_socket_open(NETLINK_NETFILTER);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID))
		die("netlink", strerror(errno));
	if (setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	for (int v6 = 0; v6 < 2; v6++) {
		build_template(&create[v6], false, v6);
		build_template(&delete[v6], true, v6);
	}
	starts = alloc(opt.keys, sizeof(*starts));
	ends = alloc(opt.keys, sizeof(*ends));
	ports = alloc(opt.keys, sizeof(*ports));
	if (opt.zipf)
		prepare_zipf();
}

int main(int argc, char *argv[])
{
	double seconds, cpu_seconds;

	parse_options(argc, argv);
	refuse_first_namespace();
	set_up();
	seconds = now();
	cpu_seconds = processor_time();
	run();
	seconds = now() - seconds;
	cpu_seconds = processor_time() - cpu_seconds;
	for (uint32_t key = 0; opt.per_key && key < opt.keys; key++)
		if (starts[key] || ends[key])
			print_key(key);
	print_summary(seconds, cpu_seconds);
	return fflush(stdout) ? 1 : 0;
}
