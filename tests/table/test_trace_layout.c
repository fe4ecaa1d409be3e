/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <criterion/criterion.h>

#include "table/trace_layout.h"

/* --- a kernel, as its BTF describes it ------------------------------------------------- */

/* The numbers of the types, and what a test can have otherwise. Zero is as it is in Linux. */
struct kernel_types {
	struct btf *btf;
	int u8, u16, u32, u64, function, item;
	struct {
		bool short_address, wide_port, wide_offset, thin_mark, wide_state, swapped, padded, stop_first;
		bool third_parameter, other_parameter, long_result, no_tstamp;
	} other;
};

static int array(struct kernel_types *k, int of, unsigned int n)
{
	return btf__add_array(k->btf, k->u32, of, n);
}

static int type(struct kernel_types *k, const char *name, unsigned int bytes)
{
	return btf__add_struct(k->btf, name, bytes);
}

static void member(struct kernel_types *k, const char *name, int of, unsigned int at)
{
	cr_assert_eq(btf__add_field(k->btf, name, of, 8 * at, 0), 0);
}

/* A structure with one member. */
static int wrapped(struct kernel_types *k, const char *name, const char *what, int of, unsigned int bytes)
{
	int id = type(k, name, bytes);

	member(k, what, of, 0);
	return id;
}

static int tuple_hash(struct kernel_types *k)
{
	int words = array(k, k->other.short_address ? k->u16 : k->u32, 4);
	int address = wrapped(k, "nf_inet_addr", "all", words, 16);
	int port = wrapped(k, "nf_conntrack_man_proto", "all", k->other.wide_port ? k->u32 : k->u16, 4);
	int man, dst, tuple;

	man = type(k, "nf_conntrack_man", 24);
	member(k, "u3", address, 0);
	member(k, "u", port, 16);
	member(k, "l3num", k->u16, 20);
	dst = type(k, NULL, 24);
	member(k, "u3", address, 0);
	member(k, "u", port, 16);
	member(k, "protonum", k->u8, 20);
	tuple = type(k, "nf_conntrack_tuple", 48);
	member(k, "src", man, 0);
	member(k, "dst", dst, 24);
	return wrapped(k, "nf_conntrack_tuple_hash", "tuple", tuple, 48);
}

static void extensions(struct kernel_types *k)
{
	int atomic = wrapped(k, NULL, "counter", k->u64, 8), counter, id;

	counter = type(k, "nf_conn_counter", 16);
	member(k, k->other.swapped ? "bytes" : "packets", atomic, 0);
	member(k, k->other.swapped ? "packets" : "bytes", atomic, 8);
	id = array(k, counter, 2);
	wrapped(k, "nf_conn_acct", "counter", id, k->other.padded ? 40 : 32);
	type(k, "nf_conn_tstamp", 16);
	member(k, "start", k->u64, k->other.stop_first ? 8 : 0);
	member(k, "stop", k->u64, k->other.stop_first ? 0 : 8);
	btf__add_enum(k->btf, "nf_ct_ext_id", 4);
	btf__add_enum_value(k->btf, "NF_CT_EXT_ACCT", 3);
	if (!k->other.no_tstamp)
		btf__add_enum_value(k->btf, "NF_CT_EXT_TSTAMP", 5);
}

static void connection(struct kernel_types *k)
{
	int hash = tuple_hash(k), zone, net, netp, ext, extp, state, proto, hashes, ct;

	zone = type(k, "nf_conntrack_zone", 4);
	member(k, "id", k->u16, 0);
	member(k, "dir", k->u8, 3);
	net = wrapped(k, "net", "net_cookie", k->u64, 8);
	net = wrapped(k, NULL, "net", btf__add_ptr(k->btf, net), 8);
	netp = net;
	ext = array(k, k->other.wide_offset ? k->u16 : k->u8, 8);
	ext = wrapped(k, "nf_ct_ext", "offset", ext, 16);
	extp = btf__add_ptr(k->btf, ext);
	state = wrapped(k, "ip_ct_tcp", "state", k->other.wide_state ? k->u32 : k->u8, 4);
	proto = wrapped(k, "nf_conntrack_proto", "tcp", state, 4);
	hashes = array(k, hash, 2);
	ct = type(k, "nf_conn", 160);
	member(k, "zone", zone, 0);
	member(k, "tuplehash", hashes, 8);
	member(k, "status", k->u64, 104);
	member(k, "ct_net", netp, 112);
	member(k, "mark", k->other.thin_mark ? k->u16 : k->u32, 120);
	member(k, "ext", extp, 128);
	member(k, "proto", proto, 136);
	ct = btf__add_ptr(k->btf, ct);
	k->item = type(k, "nf_ct_event", 16);
	member(k, "ct", ct, 0);
	member(k, "portid", k->u32, 8);
}

static void function(struct kernel_types *k)
{
	int item = btf__add_const(k->btf, k->other.other_parameter ? k->u32 : k->item);
	int proto;

	item = btf__add_ptr(k->btf, item);
	proto = btf__add_func_proto(k->btf, k->other.long_result ? k->u64 : k->u32);
	btf__add_func_param(k->btf, "events", k->u32);
	btf__add_func_param(k->btf, "item", item);
	if (k->other.third_parameter)
		btf__add_func_param(k->btf, "more", k->u32);
	btf__add_func(k->btf, "ctnetlink_conntrack_event", BTF_FUNC_STATIC, proto);
}

/* What is said of such a kernel: "", or what is otherwise. */
static const char *said(struct kernel_types *k)
{
	char path[] = "/tmp/ctagg-layout-XXXXXX";
	const char *wrong = "";
	const void *raw;
	__u32 size;
	int fd = mkstemp(path), err;

	cr_assert_geq(fd, 0);
	k->btf = btf__new_empty();
	k->u8 = btf__add_int(k->btf, "unsigned char", 1, 0);
	k->u16 = btf__add_int(k->btf, "short unsigned int", 2, 0);
	k->u32 = btf__add_int(k->btf, "unsigned int", 4, 0);
	k->u64 = btf__add_int(k->btf, "long long unsigned int", 8, 0);
	connection(k);
	extensions(k);
	function(k);
	raw = btf__raw_data(k->btf, &size);
	cr_assert_eq(write(fd, raw, size), (ssize_t)size);
	close(fd);
	err = trace_layout_check(path, &wrong);
	unlink(path);
	btf__free(k->btf);
	if (err == -EPERM || getenv("CTAGG_NO_KERNEL"))
		cr_skip_test("no BPF for this user");
	cr_assert_eq(err, *wrong ? -EPROTO : 0, "%s: %s", strerror(-err), wrong);
	return wrong;
}

Test(trace_layout, a_kernel_as_linux_is)
{
	struct kernel_types k = { 0 };

	cr_expect_str_eq(said(&k), "");
	k.other.no_tstamp = true;
	cr_expect_str_eq(said(&k), "");
}

#define OTHERWISE(what, name)                                                                  \
	do {                                                                                   \
		struct kernel_types k = { .other.what = true };                                \
		const char *wrong = said(&k);                                                  \
		cr_expect_neq(*wrong, '\0', #what);                                            \
		cr_expect_not_null(strstr(wrong, name), "%s: %s", #what, wrong);               \
	} while (0)

Test(trace_layout, a_kernel_that_has_one_thing_otherwise)
{
	OTHERWISE(short_address, "addresses");
	OTHERWISE(wide_port, "ports");
	OTHERWISE(wide_offset, "nf_ct_ext");
	OTHERWISE(thin_mark, "mark");
	OTHERWISE(wide_state, "state");
	OTHERWISE(swapped, "nf_conn_acct");
	OTHERWISE(padded, "nf_conn_acct");
	OTHERWISE(stop_first, "nf_conn_tstamp");
	OTHERWISE(third_parameter, "ctnetlink_conntrack_event");
	OTHERWISE(other_parameter, "ctnetlink_conntrack_event");
	OTHERWISE(long_result, "ctnetlink_conntrack_event");
}

Test(trace_layout, a_file_that_is_no_kernel)
{
	const char *wrong = NULL;

	cr_expect_lt(trace_layout_check("/dev/null", &wrong), 0);
	cr_expect_null(wrong);
}
