/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of a value that is refused: what is wrong with which part of it. */
#include "config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "cli/options_case.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* An option with its value in one word, or in two; then the message. */
struct refused_case {
	const char *words[4];
	const char *message;
};

static void expect_all(const struct refused_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *text = refused(cases[i].words);

		cr_expect_str_eq(text, cases[i].message, "%s", text);
	}
}

Test(refusals, of_network_namespaces)
{
	static const struct refused_case cases[] = {
		{ { "--netns=all" }, "--netns=all: only a program in the kernel sees every network namespace; add --source=trace" },
		{ { "--key=netns" }, "--key netns: the connections of one network namespace are counted; add --netns=all" },
		{ { "--distinct=netns" }, "--distinct netns: the connections of one network namespace are counted; add --netns=all" },
		{ { "--key=netns", "--read=f" }, "--key netns: event lines are read without it; leave it out" },
		{ { "--netns=all", "--source=trace", "--enable=hooks" }, "--netns=all and --enable=hooks: a socket in each network namespace would keep it alive when it is deleted; leave one of them out" },
		{ { "--netns=all", "--source=trace", "-g5" }, "--netns=all and --nflog-group: that speaks of one network namespace; leave one of them out" },
		{ { "--netns=all", "--source=trace", "--rules" }, "--netns=all and --rules: that speaks of one network namespace; leave one of them out" },
	};

	expect_all(cases, LENGTH(cases));
}

Test(refusals, of_windows)
{
	static const struct refused_case cases[] = {
		{ { "-w", "10,15" }, "-w 10,15: 15s is not a multiple of 10s" },
		{ { "-w15s,20s" }, "-w 15s,20s: 20s is not a multiple of 15s" },
		{ { "--window=1m,90" }, "--window 1m,90: 90s is not a multiple of 1m" },
		{ { "-w", "1,2,3" }, "-w 1,2,3: 3s is not a multiple of 2s" },
		{ { "-w10s,1" }, "-w 10s,1: 1s is shorter than 10s, which stands before it" },
		{ { "-w10,10" }, "-w 10,10: 10s is given twice" },
		{ { "-w60,1m" }, "-w 60,1m: 1m is given twice" },
		{ { "-w1,2,4,8,16,32,64,128,256,512" },
		  "-w 1,2,4,8,16,32,64,128,256,512: the list has more than 9 durations" },
		{ { "-w0" }, "-w 0: '0' is shorter than 1ms" },
		{ { "-w1,367d" }, "-w 1,367d: '367d' is longer than 366d" },
		{ { "-w99999999999999999999" },
		  "-w 99999999999999999999: '99999999999999999999' is longer than 366d" },
		{ { "-wsoon" }, "-w soon: 'soon' is not a duration (500ms, 60, 5m, 1h30m)" },
		{ { "-w5x" }, "-w 5x: '5x': 'x' is not one of the units ms, s, m, min, h and d" },
		{ { "-w1.5s" },
		  "-w 1.5s: '1.5s': numbers are whole, and '.5s' is not one of the units ms, s, m, min, h and d" },
		{ { "-w1m30" }, "-w 1m30: '1m30': '30' has no unit" },
		{ { "-w10,,60" }, "-w 10,,60: an item of the list is empty" },
		{ { "-w", "" }, "-w '': an item of the list is empty" },
	};

	expect_all(cases, LENGTH(cases));
}

Test(refusals, of_keys)
{
	static const struct refused_case cases[] = {
		{ { "--key", "src/33" },
		  "--key src/33: 'src/33': an IPv4 prefix ends at 32; that of IPv6 comes second, as in 32/64" },
		{ { "-ksrc/33/64" }, "-k src/33/64: 'src/33/64': an IPv4 prefix ends at 32" },
		{ { "-ksrc/24/129" }, "-k src/24/129: 'src/24/129': an IPv6 prefix ends at 128" },
		{ { "-kproto,dst/x" },
		  "-k proto,dst/x: 'dst/x': 'x' is not a whole number in decimal digits" },
		{ { "-ksrc/" }, "-k src/: 'src/': '' is not a whole number in decimal digits" },
		{ { "-kdport/8" }, "-k dport/8: 'dport/8': only addresses have a prefix, and only a mark has a mask" },
		{ { "-kmark/0x" }, "-k mark/0x: 'mark/0x': '0x' is not a whole number in hexadecimal digits" },
		{ { "-kmark/1/2" },
		  "-k mark/1/2: 'mark/1/2': '1/2' is not a number, decimal or hexadecimal (0x...)" },
		{ { "-kmark/" }, "-k mark/: 'mark/': '' is not a number, decimal or hexadecimal (0x...)" },
		{ { "-ksrc,dst,src/8" }, "-k src,dst,src/8: 'src' is given twice" },
		{ { "-ksrc,foo" },
		  "-k src,foo: 'foo' is not src, dst, sport, dport, proto, icmp, icmp-code, dir, nat-src, nat-sport, nat-dst, nat-dport, zone, mark, rule, iif, oif, src-label, dst-label, netns or drop_reason" },
		{ { "-ksrc-label,dport" }, "--key src-label: nothing says which labels there are; add --labels=FILE" },
		{ { "--distinct=dst-label" }, "--distinct dst-label: nothing says which labels there are; add --labels=FILE" },
		{ { "--key=" }, "--key '': an item of the list is empty" },
	};

	expect_all(cases, LENGTH(cases));
}

Test(refusals, of_selections)
{
	static const struct refused_case cases[] = {
		{ { "--src=10.0.0.0/33" }, "--src 10.0.0.0/33: '10.0.0.0/33': an IPv4 prefix ends at 32" },
		{ { "--dst=!::/0,fe80::/129" },
		  "--dst !::/0,fe80::/129: 'fe80::/129': an IPv6 prefix ends at 128" },
		{ { "--src=::/x" }, "--src ::/x: '::/x': 'x' is not a whole number in decimal digits" },
		{ { "--src=10.0.0.1,gw" }, "--src 10.0.0.1,gw: 'gw' is not an IP address (names are not looked up)" },
		{ { "--dst=10.0.0.9-10.0.0.1" },
		  "--dst 10.0.0.9-10.0.0.1: '10.0.0.9-10.0.0.1' ends before it begins" },
		{ { "--dst=10.0.0.1-10.0.0.9/8" },
		  "--dst 10.0.0.1-10.0.0.9/8: '10.0.0.1-10.0.0.9/8': a range has no prefix" },
		{ { "--dst=10.0.0.1-fe80::1" },
		  "--dst 10.0.0.1-fe80::1: '10.0.0.1-fe80::1': one end is IPv4 and the other is IPv6" },
		{ { "--dst=!10.0.0.1,!10.0.0.2" },
		  "--dst !10.0.0.1,!10.0.0.2: '!10.0.0.2': a ! stands once, before the whole list" },
		{ { "--dport=80-70" }, "--dport 80-70: '80-70' ends before it begins: 70 is less than 80" },
		{ { "--dport=80,70000" }, "--dport 80,70000: '70000' is more than 65535" },
		{ { "--sport=80-" }, "--sport 80-: '80-': a range has a port on both sides of the dash" },
		{ { "--sport=!!80" }, "--sport !!80: '!80': a ! stands once, before the whole list" },
		{ { "--addr=10.0.0.1,gw" }, "--addr 10.0.0.1,gw: 'gw' is not an IP address (names are not looked up)" },
		{ { "--port=80,70000" }, "--port 80,70000: '70000' is more than 65535" },
		{ { "--port=80-70" }, "--port 80-70: '80-70' ends before it begins: 70 is less than 80" },
		{ { "--proto=tpc" },
		  "--proto tpc: 'tpc' is not a number, nor icmp, igmp, ipip, tcp, udp, dccp, ipv6, gre, esp, ah, icmpv6, ospf, pim, vrrp, l2tp, sctp or udplite" },
		{ { "--proto=256" }, "--proto 256: '256' is more than 255" },
		{ { "--direction=in,up" }, "--direction in,up: 'up' is not in, out, forward or local" },
		{ { "--zone=9-8" }, "--zone 9-8: '9-8' ends before it begins: 8 is less than 9" },
		{ { "--zone=65536" }, "--zone 65536: '65536' is more than 65535" },
		{ { "--zone=-8" }, "--zone -8: '-8': a range has a number on both sides of the dash" },
		{ { "--mark=0x10/0xf" },
		  "--mark 0x10/0xf: '0x10/0xf': no mark has this value under the mask, which clears bits of the value" },
		{ { "--mark=1,0x1g" }, "--mark 1,0x1g: '0x1g' is not a whole number in hexadecimal digits" },
		{ { "--mark=0x" }, "--mark 0x: '0x' is not a whole number in hexadecimal digits" },
		{ { "--mark=0x100000000" }, "--mark 0x100000000: '0x100000000' is more than 0xffffffff" },
		{ { "--mark=1/0x10000000000000000" },
		  "--mark 1/0x10000000000000000: '0x10000000000000000' is more than 0xffffffff" },
		{ { "--mark=4294967296" }, "--mark 4294967296: '4294967296' is more than 4294967295" },
		{ { "--mark=ff" }, "--mark ff: 'ff' is not a number, decimal or hexadecimal (0x...)" },
		{ { "--mark=1/" }, "--mark 1/: '' is not a number, decimal or hexadecimal (0x...)" },
		{ { "--mark=1/2/3" }, "--mark 1/2/3: '2/3' is not a number, decimal or hexadecimal (0x...)" },
		{ { "--mark=1-2/3" }, "--mark 1-2/3: '1-2/3': a range has no mask" },
		{ { "--mark=0x20-0x10" }, "--mark 0x20-0x10: '0x20-0x10' ends before it begins: 0x10 is less than 0x20" },
		{ { "--mark=5-" }, "--mark 5-: '5-': a range has a number on both sides of the dash" },
		{ { "--mark=!" }, "--mark !: an item of the list is empty" },
	};

	expect_all(cases, LENGTH(cases));
}

Test(refusals, of_numbers)
{
	static const struct refused_case cases[] = {
		{ { "-m0" }, "-m 0: '0' is less than 1; give a number from 1 to 16777216" },
		{ { "-m16777217" }, "-m 16777217: '16777217' is more than 16777216; give a number from 1 to 16777216" },
		{ { "--max-flows=1K" },
		  "--max-flows 1K: '1K' is not a whole number in decimal digits; give a number from 1 to 16777216" },
		{ { "-c0" }, "-c 0: '0' is less than 1; give a number of windows, 1 or more" },
		{ { "-c-1" }, "-c -1: '-1' is not a whole number in decimal digits; give a number of windows, 1 or more" },
		{ { "--early-close=101" }, "--early-close 101: '101' is more than 100; give a percentage from 1 to 100" },
		{ { "--buffer-size=1k" },
		  "--buffer-size 1k: '1k': 'k' is not one of the suffixes K, M and G; give a number of bytes from 1 to 1G (16384, 512K, 16M)" },
		{ { "--buffer-size=2G" },
		  "--buffer-size 2G: '2G' is more than 1073741824; give a number of bytes from 1 to 1G (16384, 512K, 16M)" },
		{ { "--buffer-size=K" },
		  "--buffer-size K: 'K' does not begin with a digit; give a number of bytes from 1 to 1G (16384, 512K, 16M)" },
		{ { "--buffer-size=0" },
		  "--buffer-size 0: '0' is less than 1; give a number of bytes from 1 to 1G (16384, 512K, 16M)" },
		{ { "-t0" }, "-t 0: '0' is less than 1" },
		{ { "-t10,foo" }, "-t 10,foo: 'foo' is not starts, ends, drops, kernel_drops, bytes or packets" },
		{ { "--top=10," }, "--top 10,: '' is not starts, ends, drops, kernel_drops, bytes or packets" },
		{ { "-g70000" }, "-g 70000: '70000' is more than 65535" },
		{ { "-g5,5" }, "-g 5,5: group 5 is given twice" },
		{ { "-g5", "-g6,5" }, "-g 6,5: group 5 is given twice" },
		{ { "-g1=drop" }, "-g 1=drop: '1=drop': only =accept can follow the number of a group" },
		{ { "-g=accept" }, "-g =accept: '' is not a whole number in decimal digits" },
		{ { "-g1," }, "-g 1,: an item of the list is empty" },
	};

	expect_all(cases, LENGTH(cases));
}

Test(refusals, of_words_and_texts)
{
#define TAG "KEY=VALUE with a KEY of a-z, 0-9 and _ (site=fra)"
	static const struct refused_case cases[] = {
		{ { "--table=bfp" }, "--table bfp: 'bfp' is not auto, bpf or hash" },
		{ { "--check=xml" }, "--check xml: 'xml' is not json" },
		{ { "--check", "--fail-on=bad" },
		  "--fail-on bad: 'bad' is not error, warning or note" },
		{ { "--enable=acct,acc" }, "--enable acct,acc: 'acc' is not acct, timestamp, events or hooks" },
		{ { "--tag=site" }, "--tag site: 'site' has no =; give " TAG },
		{ { "--tag", "=fra" }, "--tag =fra: '=fra' begins with no KEY; give " TAG },
		{ { "--tag=a-b=c" }, "--tag a-b=c: 'a-b=c': '-' cannot stand in a KEY; give " TAG },
		{ { "--tag=a=1", "--tag=a=2" }, "--tag a=2: 'a' is given twice; give " TAG },
		{ { "--changes=apeared" }, "--changes apeared: 'apeared' is not appeared, vanished or changed" },
		{ { "--changes=vanished,vanished" }, "--changes vanished,vanished: 'vanished' is given twice" },
		{ { "--changes=vanished:5%" }, "--changes vanished:5%: 'vanished:5%': only changed has a percentage" },
		{ { "--changes=changed:x%" },
		  "--changes changed:x%: 'changed:x%': 'x%' is not a percentage (5%, 0.125%)" },
		{ { "--changes=changed:0.1234%" },
		  "--changes changed:0.1234%: 'changed:0.1234%': '0.1234%' is not a percentage (5%, 0.125%)" },
		{ { "--changes=changed:5%%" },
		  "--changes changed:5%%: 'changed:5%%': '5%%' is not a percentage (5%, 0.125%)" },
		{ { "--changes=changed:." },
		  "--changes changed:.: 'changed:.': '.' is not a percentage (5%, 0.125%)" },
		{ { "--changes=changed:0%" },
		  "--changes changed:0%: 'changed:0%': a percentage is from 0.001% to 1000000%" },
		{ { "--changes=changed:1000001" },
		  "--changes changed:1000001: 'changed:1000001': a percentage is from 0.001% to 1000000%" },
		{ { "--changes=" }, "--changes '': an item of the list is empty" },
		{ { "--output=" }, "--output '': the value is empty; give the name of a file" },
		{ { "--netns", "" }, "--netns '': the value is empty; give a name, a path or a process id" },
	};

	expect_all(cases, LENGTH(cases));
}

/* Room for items is limited, and so is their number. */
Test(refusals, of_what_is_too_long)
{
	char words[1400] = "--dport=", long_item[200] = "--dport=", message[256];

	for (int i = 0; i <= 256; i++)
		strcat(words, i ? ",80" : "80");
	cr_expect_not_null(strstr(refused((const char *const[]){ words, NULL }),
				  "80,8...: the list has more than 256 items"));
	memset(long_item + 8, 'y', 128);
	snprintf(message, sizeof(message), "--dport %.64s...: '%.64s'... is longer than an item can be, 127 characters",
		 long_item + 8, long_item + 8);
	cr_expect_str_eq(refused((const char *const[]){ long_item, NULL }), message);
}
