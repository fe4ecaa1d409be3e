/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>

#include "fuzz/targets.h"
#include "source/message.h"
#include "view/written.h"

/* Where the seeds of a target go. */
struct seeds {
	seed_fn *fn;
	void *arg;
	int n;
};

static void give(struct seeds *to, const void *bytes, size_t len)
{
	to->fn(bytes, len, to->arg);
	to->n++;
}

static void conntrack_seeds(struct seeds *to)
{
	struct random r = random_from(1);
	struct message_spec s;
	struct message m;

	for (int i = 0; i < 200; i++) {
		message_random(&s, &r);
		message_build(&m, &s);
		give(to, m.bytes, m.len);
	}
}

static void text_seeds(struct seeds *to)
{
	static const char *const texts[] = {
		"DROP in=eth0 \"new\" \\ /", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\x1b[31m\x7f\n",
		"\xed\xa0\x80\xf4\x90\x80\x80\xc0\x80\xe0\x80\x80", "\xe2\x82", "\xff\xfe",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		give(to, texts[i], strlen(texts[i]));
}

/* Event lines: those of the format's description, and what else a line can have. */
static void line_seeds(struct seeds *to)
{
	static const char *const texts[] = {
		("{\"type\":\"event\",\"schema\":1,\"kind\":\"end\",\"time\":\"2026-11-21T01:00:03.120001Z\","
		"\"proto\":\"tcp\",\"src_ip\":\"10.0.0.7\",\"src_port\":40000,\"dst_ip\":\"192.0.2.10\",\"dst_port\":443,"
		"\"orig_packets\":10,\"orig_bytes\":1000,\"reply_packets\":7,\"reply_bytes\":5000,\"replied\":true,"
		"\"started\":\"2026-11-21T02:00:02+01:00\",\"tcp_state\":\"time_wait\",\"zone\":1,\"mark\":2,"
		"\"conntrack_id\":3,\"direction\":\"out\",\"reply_src_ip\":\"10.9.9.9\",\"reply_dst_port\":5}"),
		("{\"type\":\"event\",\"kind\":\"drop\",\"time\":\"2026-11-21T01:00:03Z\",\"proto\":\"udp\",\"src_ip\":\"::1\","
		"\"dst_ip\":\"2001:db8::1\",\"src_port\":null,\"dst_port\":null,\"log_prefix\":\"\\u00e9 \\ud83d\\ude00\","
		"\"rule\":\"inet/filter/input/8\",\"bytes\":60,\"iif\":\"eth0\",\"oif\":null,\"x\":-1.5e3}"),
		("{\"type\":\"event\",\"kind\":\"logged\",\"time\":\"2026-11-21T01:00:03Z\",\"proto\":\"icmp\","
		"\"src_ip\":\"10.0.0.7\",\"dst_ip\":\"10.0.0.8\",\"icmp_type\":8,\"icmp_code\":0}"),
		"{\"type\":\"loss\",\"time\":\"2026-11-21T01:00:03Z\",\"lost_events\":5,\"lost_drops\":null}",
		"{\"a\":1,\"\\u0061\":2}", "{\"a\":9223372036854775808}", "{\"a\":[{}]}", "{\"a\":\"\\ud800\"}",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		give(to, texts[i], strlen(texts[i]));
}

/* Packets of IPv4 and IPv6 with everything that may stand before the ports: an Ethernet
 * type, tags, options, extension headers. */
static const unsigned char packets[][100] = {
	{ 8, 0, 0x46, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 7, 192, 0, 2, 10, 1, 1, 1, 1,
	  0, 53, 0, 54, 0, 0, 0, 0 },
	{ 0x81, 0, 0, 9, 8, 0, 0x45, 0, 0, 28, 0, 1, 0x20, 0, 64, 1, 0, 0, 10, 0, 0, 7, 192, 0, 2,
	  10, 8, 0 },
	{ 0x86, 0xdd, 0x60, 0, 0, 0, 0, 28, 0, 64, [26] = 1, [42] = 2, 43, 0, 5, 2, 0, 0, 1, 0, 44,
	  0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 1, 0, 0, 0, 1, 0, 53, 0, 54 },
};

static void packet_seeds(struct seeds *to)
{

	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++)
		give(to, packets[i], sizeof(packets[i]));
}

static void put_nflog(struct nlmsghdr *nlh, const unsigned char *packet)
{
	struct nfulnl_msg_packet_hdr hdr = { .hook = 1 };
	struct nfulnl_msg_packet_timestamp ts = { .sec = 1, .usec = 2 };

	memcpy(&hdr.hw_protocol, packet, 2);
	mnl_attr_put(nlh, NFULA_PACKET_HDR, sizeof(hdr), &hdr);
	mnl_attr_put_strz(nlh, NFULA_PREFIX, "dropped ");
	mnl_attr_put(nlh, NFULA_TIMESTAMP, sizeof(ts), &ts);
	mnl_attr_put_u32(nlh, NFULA_SEQ, 77);
	mnl_attr_put(nlh, NFULA_PAYLOAD, sizeof(packets[0]) - 2, packet + 2);
}

static void nflog_seeds(struct seeds *to)
{
	static const unsigned char families[] = { NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_BRIDGE };
	char buf[1024] __attribute__((aligned(8)));

	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		for (size_t f = 0; f < sizeof(families); f++) {
			struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
			struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));

			nlh->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET;
			nfg->nfgen_family = families[f];
			put_nflog(nlh, packets[i]);
			give(to, buf, nlh->nlmsg_len);
		}
	}
}

/* Windows as ctagg writes them, one of them cut off. */
static void record_seeds(struct seeds *to)
{
	static struct written w;

	for (int i = 0; i < 8; i++) {
		written_begin(&w, i % 2 ? "gw1" : "gw2");
		if (i == 0)
			written_records(&w);
		if (i == 1)
			written_snapshot(&w);
		if (i == 2)
			written_events(&w);
		written_flow(&w, 1, 1);
		written_window(&w, i / 2);
		written_flow(&w, 2, 1);
		written_end(&w, i + 1, w.lines);
		give(to, w.text, i == 7 ? w.len / 2 : w.len);
	}
}

int seeds_each(const char *target, seed_fn *fn, void *arg)
{
	static const struct {
		const char *target;
		void (*give)(struct seeds *to);
	} kinds[] = {
		{ "conntrack", conntrack_seeds }, { "csv", record_seeds }, { "filter", conntrack_seeds },
		{ "flat", line_seeds }, { "lines", line_seeds },
		{ "nflog", nflog_seeds }, { "packet", packet_seeds }, { "records", record_seeds },
		{ "text", text_seeds },
	};
	struct seeds to = { .fn = fn, .arg = arg };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i].target, target))
			kinds[i].give(&to);
	}
	return to.n;
}
