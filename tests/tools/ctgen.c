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
#include <getopt.h>
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
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#define BATCH 64
#define MESSAGE 512
#define FIRST_PORT 1024
#define PORTS 60000

struct options {
	uint64_t keys, events, live, timeout, rate, zone, mark, cpu;
	double zipf, duration;
	int l4;
	bool ipv6, mixed, hold, delete_only, per_key, nat, patient, here;
};

static struct options opt = {
	.keys = 1000, .events = 200000, .live = 4096, .timeout = 600, .l4 = IPPROTO_UDP,
	.zone = UINT64_MAX, .mark = UINT64_MAX, .cpu = UINT64_MAX,
};

/* One connection: its key, and what tells it from others of that key. */
struct conn {
	uint32_t key;
	uint16_t port;
	bool failed;
};

/* A message that is finished but for addresses and ports, and where in it these are. */
struct template {
	char bytes[MESSAGE];
	size_t len;
	uint16_t src[2], dst[2], sport[2], dport[2];	/* offsets of each occurrence; 0: none */
};

static struct template create[2], delete[2];	/* IPv4, IPv6 */
static struct mnl_socket *nl;
static uint64_t created, deleted, failed, *starts, *ends;
static uint32_t *ports;		/* used so far, by key */
static double *cumulative;	/* Zipf */
static volatile sig_atomic_t stop;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "ctgen: %s: %s\n", what, why);
	exit(1);
}

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

/* --- addresses of a key ---------------------------------------------------- */

static bool is_v6(uint32_t key)
{
	return opt.mixed ? key % 2 : opt.ipv6;
}

static void address(uint8_t addr[16], bool v6, bool source, uint32_t key)
{
	uint32_t host = htonl(source ? key : key % 1000);

	memset(addr, 0, 16);
	if (v6) {
		memcpy(addr, source ? "\xfd\x00" : "\x20\x01\x0d\xb8", source ? 2 : 4);
		memcpy(addr + 12, &host, 4);
	} else {
		host = htonl((source ? 0x0a000000 : 0xc6120000) + ntohl(host));
		memcpy(addr, &host, 4);
	}
}

static uint16_t dest_port(uint32_t key)
{
	return 1000 + key % 50000;
}

static bool has_ports(void)
{
	switch (opt.l4) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	}
	return false;
}

static bool is_icmp(void)
{
	return opt.l4 == IPPROTO_ICMP || opt.l4 == IPPROTO_ICMPV6;
}

/* --- templates ------------------------------------------------------------------
 * The library builds each message once, with addresses and ports that are marks; where
 * the marks are found, the values of each connection are put. */

static const uint8_t src_mark[16] = "\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xab\xac\xad\xae\xaf\xa0";
static const uint8_t dst_mark[16] = "\xb1\xb2\xb3\xb4\xb5\xb6\xb7\xb8\xb9\xba\xbb\xbc\xbd\xbe\xbf\xb0";
static const uint8_t sport_mark[2] = "\xc1\xc2", dport_mark[2] = "\xd1\xd2";

static void set_tuple(struct nf_conntrack *ct, bool v6, bool reply)
{
	const uint8_t *from = reply ? dst_mark : src_mark, *to = reply ? src_mark : dst_mark;
	static const uint8_t elsewhere[16] = "\xc0\xa8\x00\x01";
	uint16_t sport, dport;

	if (reply && opt.nat)
		from = elsewhere;
	memcpy(&sport, reply ? dport_mark : sport_mark, 2);
	memcpy(&dport, reply ? sport_mark : dport_mark, 2);
	nfct_set_attr_u8(ct, reply ? ATTR_REPL_L3PROTO : ATTR_ORIG_L3PROTO, v6 ? AF_INET6 : AF_INET);
	nfct_set_attr_u8(ct, reply ? ATTR_REPL_L4PROTO : ATTR_ORIG_L4PROTO, opt.l4);
	if (v6) {
		nfct_set_attr(ct, reply ? ATTR_REPL_IPV6_SRC : ATTR_ORIG_IPV6_SRC, from);
		nfct_set_attr(ct, reply ? ATTR_REPL_IPV6_DST : ATTR_ORIG_IPV6_DST, to);
	} else {
		nfct_set_attr(ct, reply ? ATTR_REPL_IPV4_SRC : ATTR_ORIG_IPV4_SRC, from);
		nfct_set_attr(ct, reply ? ATTR_REPL_IPV4_DST : ATTR_ORIG_IPV4_DST, to);
	}
	if (has_ports() || opt.l4 == IPPROTO_GRE) {
		nfct_set_attr_u16(ct, reply ? ATTR_REPL_PORT_SRC : ATTR_ORIG_PORT_SRC, sport);
		nfct_set_attr_u16(ct, reply ? ATTR_REPL_PORT_DST : ATTR_ORIG_PORT_DST, dport);
	}
}

static void set_rest(struct nf_conntrack *ct)
{
	uint16_t id;

	if (is_icmp()) {
		memcpy(&id, sport_mark, 2);
		nfct_set_attr_u8(ct, ATTR_ICMP_TYPE, opt.l4 == IPPROTO_ICMP ? 8 : 128);
		nfct_set_attr_u8(ct, ATTR_ICMP_CODE, 0);
		nfct_set_attr_u16(ct, ATTR_ICMP_ID, id);
	}
	nfct_set_attr_u32(ct, ATTR_TIMEOUT, opt.timeout);
	if (opt.l4 == IPPROTO_TCP)
		nfct_set_attr_u8(ct, ATTR_TCP_STATE, TCP_CONNTRACK_ESTABLISHED);
	if (opt.zone != UINT64_MAX)
		nfct_set_attr_u16(ct, ATTR_ZONE, opt.zone);
	if (opt.mark != UINT64_MAX)
		nfct_set_attr_u32(ct, ATTR_MARK, opt.mark);
}

static void find_marks(const struct template *t, const uint8_t *mark, size_t len, uint16_t at[2])
{
	int found = 0;

	for (size_t i = 20; i + len <= t->len && found < 2; i += 4)
		if (!memcmp(t->bytes + i, mark, len))
			at[found++] = i;
}

static void build(struct template *t, bool is_delete, bool v6)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(t->bytes);
	struct nf_conntrack *ct = nfct_new();
	struct nfgenmsg *nfg;
	size_t addr_len = v6 ? 16 : 4;

	if (!ct)
		die("nfct_new", strerror(errno));
	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | (is_delete ? IPCTNL_MSG_CT_DELETE : IPCTNL_MSG_CT_NEW);
	nlh->nlmsg_flags = NLM_F_REQUEST | (is_delete ? 0 : NLM_F_CREATE | NLM_F_EXCL);
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = v6 ? AF_INET6 : AF_INET;
	nfg->version = NFNETLINK_V0;
	set_tuple(ct, v6, false);
	if (!is_delete)
		set_tuple(ct, v6, true);
	set_rest(ct);
	if (nfct_nlmsg_build(nlh, ct) < 0)
		die("a message cannot be built", strerror(errno));
	nfct_destroy(ct);
	t->len = nlh->nlmsg_len;
	find_marks(t, src_mark, addr_len, t->src);
	find_marks(t, dst_mark, addr_len, t->dst);
	find_marks(t, sport_mark, 2, t->sport);
	find_marks(t, dport_mark, 2, t->dport);
	if (!t->src[0] || !t->dst[0])
		die("a message", "has no tuple");	/* sent as a delete, it would empty the table */
}

static void put(char *bytes, const uint16_t at[2], const void *value, size_t len)
{
	for (int i = 0; i < 2 && at[i]; i++)
		memcpy(bytes + at[i], value, len);
}

static size_t fill(char *bytes, const struct template *t, const struct conn *c, uint32_t seq)
{
	bool v6 = is_v6(c->key);
	uint16_t sport = htons(c->port), dport = htons(dest_port(c->key));
	uint8_t addr[16];

	memcpy(bytes, t->bytes, t->len);
	((struct nlmsghdr *)(void *)bytes)->nlmsg_seq = seq;
	address(addr, v6, true, c->key);
	put(bytes, t->src, addr, v6 ? 16 : 4);
	address(addr, v6, false, c->key);
	put(bytes, t->dst, addr, v6 ? 16 : 4);
	put(bytes, t->sport, &sport, 2);
	put(bytes, t->dport, &dport, 2);
	return t->len;
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
			len += fill(buf + len, &templates[is_v6(conns[i].key)], &conns[i], i);
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

static uint64_t number(const char *option, const char *text, uint64_t max)
{
	char *end;
	uint64_t n;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || n > max) {
		fprintf(stderr, "ctgen: %s: '%s' is not a number up to %" PRIu64 "\n", option, text, max);
		exit(2);
	}
	return n;
}

static double real(const char *option, const char *text)
{
	char *end;
	double d = strtod(text, &end);

	if (end == text || *end || !(d > 0) || d > 1e6) {
		fprintf(stderr, "ctgen: %s: '%s' is not a positive number\n", option, text);
		exit(2);
	}
	return d;
}

static int protocol(const char *text)
{
	static const struct { const char *name; int l4; } names[] = {
		{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP }, { "udplite", IPPROTO_UDPLITE },
		{ "sctp", IPPROTO_SCTP }, { "dccp", IPPROTO_DCCP }, { "icmp", IPPROTO_ICMP },
		{ "icmpv6", IPPROTO_ICMPV6 }, { "gre", IPPROTO_GRE },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(text, names[i].name))
			return names[i].l4;
	return number("--proto", text, 255);
}

static const char help[] =
"Usage: ctgen [OPTION]...\n"
"Create and delete conntrack entries in this network namespace, and say how many.\n"
"  -k, --keys=N      distinct source, destination, port, protocol (1000)\n"
"  -n, --events=N    creates and deletes together (200000)\n"
"  -6, --ipv6        IPv6; --mixed every other key\n"
"  -p, --proto=P     tcp udp udplite sctp dccp icmp icmpv6 gre or a number (udp)\n"
"      --live=N      entries that exist at one time (4096)\n"
"      --hold        only create; --delete-only deletes what that has made\n"
"      --timeout=S   of the entries (600)\n"
"      --rate=N      events a second (as fast as it goes)\n"
"      --duration=S  run so long instead of --events\n"
"      --zipf=S      choose keys by a Zipf law with that exponent\n"
"      --zone=N --mark=N --nat (replies come from elsewhere)\n"
"      --patient     wait for the listeners, twice every --live connections\n"
"      --cpu=N       run on that CPU\n"
"      --per-key     print a line for each key\n"
"      --here        also in the first namespace of the machine\n";

static void parse(int argc, char *argv[])
{
	enum { MIXED = 256, LIVE, HOLD, DELETE_ONLY, TIMEOUT, RATE, DURATION, ZIPF, ZONE, MARK, NAT, PATIENT, CPU, PER_KEY, HERE };
	static const struct option longs[] = {
		{ "keys", 1, 0, 'k' }, { "events", 1, 0, 'n' }, { "ipv6", 0, 0, '6' },
		{ "mixed", 0, 0, MIXED }, { "proto", 1, 0, 'p' }, { "live", 1, 0, LIVE },
		{ "hold", 0, 0, HOLD }, { "delete-only", 0, 0, DELETE_ONLY },
		{ "timeout", 1, 0, TIMEOUT }, { "rate", 1, 0, RATE }, { "duration", 1, 0, DURATION },
		{ "zipf", 1, 0, ZIPF }, { "zone", 1, 0, ZONE }, { "mark", 1, 0, MARK },
		{ "nat", 0, 0, NAT }, { "cpu", 1, 0, CPU }, { "per-key", 0, 0, PER_KEY },
		{ "here", 0, 0, HERE }, { "patient", 0, 0, PATIENT }, { "help", 0, 0, 'h' }, { 0 },
	};
	int o;

	while ((o = getopt_long(argc, argv, "k:n:6p:h", longs, NULL)) != -1) {
		switch (o) {
		case 'k': opt.keys = number("--keys", optarg, 1 << 24); break;
		case 'n': opt.events = number("--events", optarg, UINT32_MAX); break;
		case '6': opt.ipv6 = true; break;
		case MIXED: opt.mixed = true; break;
		case 'p': opt.l4 = protocol(optarg); break;
		case LIVE: opt.live = number("--live", optarg, 1 << 24); break;
		case HOLD: opt.hold = true; break;
		case DELETE_ONLY: opt.delete_only = true; break;
		case TIMEOUT: opt.timeout = number("--timeout", optarg, 1 << 20); break;
		case RATE: opt.rate = number("--rate", optarg, UINT32_MAX); break;
		case DURATION: opt.duration = real("--duration", optarg); break;
		case ZIPF: opt.zipf = real("--zipf", optarg); break;
		case ZONE: opt.zone = number("--zone", optarg, 65535); break;
		case MARK: opt.mark = number("--mark", optarg, UINT32_MAX); break;
		case NAT: opt.nat = true; break;
		case PATIENT: opt.patient = true; break;
		case CPU: opt.cpu = number("--cpu", optarg, CPU_SETSIZE - 1); break;
		case PER_KEY: opt.per_key = true; break;
		case HERE: opt.here = true; break;
		case 'h': fputs(help, stdout); exit(0);
		default: fputs("ctgen: see ctgen --help\n", stderr); exit(2);
		}
	}
	if (optind < argc || !opt.keys || !opt.live || (opt.hold && opt.delete_only)) {
		fputs("ctgen: wrong usage: see ctgen --help\n", stderr);
		exit(2);
	}
	if (!has_ports() && !is_icmp() && opt.l4 != IPPROTO_GRE && opt.live > opt.keys)
		opt.live = opt.keys;	/* nothing tells two of a key apart */
}

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
		build(&create[v6], false, v6);
		build(&delete[v6], true, v6);
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

	parse(argc, argv);
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
