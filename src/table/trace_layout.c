/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "table/kernel_trace.h"
#include "table/trace_layout.h"

#define CTAGG_LAYOUT_SKELETON "src/table/bpf/layout.skel.h"
#include CTAGG_LAYOUT_SKELETON

static const char *const names[TRACE_LAYOUTS] = {
	[TRACE_LAYOUT_ADDRESS] = "struct nf_conntrack_tuple, addresses",
	[TRACE_LAYOUT_PORT] = "struct nf_conntrack_tuple, ports or protocols",
	[TRACE_LAYOUT_STATUS] = "struct nf_conn, status",
	[TRACE_LAYOUT_ZONE] = "struct nf_conntrack_zone",
	[TRACE_LAYOUT_MARK] = "struct nf_conn, mark",
	[TRACE_LAYOUT_NETNS] = "struct net, net_cookie",
	[TRACE_LAYOUT_STATE] = "struct nf_conn, proto.tcp.state",
	[TRACE_LAYOUT_EXT] = "struct nf_ct_ext",
	[TRACE_LAYOUT_ACCT] = "struct nf_conn_acct",
	[TRACE_LAYOUT_TSTAMP] = "struct nf_conn_tstamp",
	[TRACE_LAYOUT_EVENT] = "struct nf_ct_event",
};

static int check_structures(const char *btf_path, const char **wrong)
{
	unsigned char packet[64] = { 0 };	/* the kernel wants one to run the program on */
	LIBBPF_OPTS(bpf_object_open_opts, open, .btf_custom_path = btf_path);
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet));
	struct layout *skel = layout__open_opts(&open);
	int err;

	if (!skel)
		return -errno;
	err = layout__load(skel);
	if (!err)
		err = bpf_prog_test_run_opts(bpf_program__fd(skel->progs.layout), &run);
	layout__destroy(skel);
	if (err || run.retval == TRACE_LAYOUT_KNOWN)
		return err;
	*wrong = run.retval < TRACE_LAYOUTS ? names[run.retval] : "its structures";
	return -EPROTO;
}

/* A type without what only C programmers see. */
static const struct btf_type *bare(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t)))
		t = btf__type_by_id(btf, t->type);
	return t;
}

static bool is_int(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = bare(btf, id);

	return t && btf_is_int(t) && t->size == 4;
}

static bool is_pointer_to(const struct btf *btf, __u32 id, const char *name)
{
	const struct btf_type *t = bare(btf, id);

	t = t && btf_is_ptr(t) ? bare(btf, t->type) : NULL;
	return t && btf_is_struct(t) && !strcmp(btf__name_by_offset(btf, t->name_off), name);
}

/* ctnetlink_conntrack_event(unsigned int events, const struct nf_ct_event *item), and its result. */
static bool is_known(const struct btf *btf, __s32 id)
{
	const struct btf_type *function = bare(btf, btf__type_by_id(btf, id)->type);

	return function && btf_is_func_proto(function) && btf_vlen(function) == 2 && is_int(btf, function->type) &&
	       is_int(btf, btf_params(function)[0].type) &&
	       is_pointer_to(btf, btf_params(function)[1].type, "nf_ct_event");
}

static bool is_called(__u32 id, const char *name)
{
	char found[64] = "";
	struct bpf_btf_info info = { .name = (uintptr_t)found, .name_len = sizeof(found) };
	__u32 size = sizeof(info);
	int fd = bpf_btf_get_fd_by_id(id), err;

	if (fd < 0)
		return false;
	err = bpf_obj_get_info_by_fd(fd, &info, &size);
	close(fd);
	return !err && !strcmp(found, name);
}

/* The description of a module, as libbpf finds it for a program: the kernel has it also where /sys does not
 * show it. NULL: there is none. */
static struct btf *module_btf(struct btf *base, const char *module)
{
	__u32 id = 0;

	while (!bpf_btf_get_next_id(id, &id))
		if (is_called(id, module))
			return btf__load_from_kernel_by_id_split(id, base);
	return NULL;
}

/* The function is in a module, or the kernel has it built in. */
static int check_function(const char *btf_path, const char **wrong)
{
	struct btf *btf = btf_path ? btf__parse(btf_path, NULL) : btf__load_vmlinux_btf(), *module;
	__s32 id;
	bool known;

	if (!btf)
		return -errno;
	module = btf_path ? NULL : module_btf(btf, "nf_conntrack_netlink");
	id = btf__find_by_name_kind(module ? module : btf, "ctnetlink_conntrack_event", BTF_KIND_FUNC);
	known = id >= 0 && is_known(module ? module : btf, id);
	btf__free(module);
	btf__free(btf);
	if (!known)
		*wrong = "ctnetlink_conntrack_event(), its parameters";
	return known ? 0 : -EPROTO;
}

int trace_layout_check(const char *btf_path, const char **wrong)
{
	int err = check_structures(btf_path, wrong);

	return err ? err : check_function(btf_path, wrong);
}

/* Whether a network namespace has a listener was a member of struct netns_ct. */
bool kernel_trace_listens_alone(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int id = btf ? btf__find_by_name_kind(btf, "netns_ct", BTF_KIND_STRUCT) : -ENOENT;
	const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(btf, id);
	bool found = false;

	for (int i = 0; type && i < btf_vlen(type) && !found; i++)
		found = !strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), "ctnetlink_has_listener");
	btf__free(btf);
	return found;
}
