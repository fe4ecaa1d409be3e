/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/netns.h"
#include "table/kernel_parts.h"
#include "table/filter_config.h"

/* Rows drained by one system call, to begin with. All rows of one bucket have to fit. */
#define FIRST_BATCH 1024

int kernel_grow_batch(struct kernel *k, uint32_t batch)
{
	uint8_t *keys = realloc(k->keys, (size_t)batch * k->key_bytes);
	union value *values;

	if (!keys)
		return -ENOMEM;
	k->keys = keys;
	values = realloc(k->values, batch * sizeof(*values));
	if (!values)
		return -ENOMEM;
	k->values = values;
	k->batch = batch;
	return 0;
}

/* Give `window' a map that shows which maps it takes, of one entry: since 5.10 a table in `window' may
 * have another size than that, and the filter's atomics need 5.12 anyway. The map that libbpf would make
 * has keys of the usual size; libbpf 1.5 crashes when told another size for it. Returns the map,
 * which is needed until the filter is loaded, or -errno. */
static int set_template(const struct kernel *k)
{
	const struct bpf_map *rows = k->skel->maps.rows_a;
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = bpf_map__map_flags(rows));
	int fd = bpf_map_create(bpf_map__type(rows), NULL, k->key_bytes, bpf_map__value_size(rows), 1, &opts), err;

	if (fd < 0)
		return fd;
	err = bpf_map__set_inner_map_fd(k->skel->maps.window, fd);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static int set_sizes(const struct kernel *k)
{
	const struct agg *skel = k->skel;
	struct bpf_map *rows[] = { skel->maps.rows_a, skel->maps.rows_b };
	struct bpf_map *labels[] = { skel->maps.labels_a, skel->maps.labels_b };
	int err = 0;

	for (int i = 0; i < 2 && !err; i++) {
		err = bpf_map__set_max_entries(rows[i], k->max_flows + OWN_ROWS);
		if (!err)
			err = bpf_map__set_key_size(rows[i], k->key_bytes);
		if (!err && k->has_labels)
			err = bpf_map__set_max_entries(labels[i], KERNEL_MAX_NETWORKS);
	}
	return err;
}

struct flow_key kernel_own_key(enum own_row which)
{
	struct flow_key key;

	memset(&key, 0xff, sizeof(key));
	key.saddr[0] = which;
	return key;
}

/* Write what the verifier takes for constants: call before loading. */
static int set_config(struct agg *skel, const struct flow_spec *spec,
		      const struct flow_select *select)
{
	int err = filter_config_make((struct filter_config *)&skel->rodata->config, spec, select);

	for (int i = 0; i < OWN_ROWS; i++)
		*(struct flow_key *)&skel->rodata->own_keys[i] = kernel_own_key(i);
	if (err || !select)
		return err;
	filter_config_ports((__u64 *)skel->rodata->sport_bits, &select->sport);
	filter_config_ports((__u64 *)skel->rodata->dport_bits, &select->dport);
	filter_config_ports((__u64 *)skel->rodata->port_bits, &select->port);
	return 0;
}

static int add_networks(struct agg *skel, const struct flow_networks *list,
			enum filter_select which)
{
	__u32 value = 1;
	int err = 0;

	for (size_t i = 0; i < list->n && !err; i++) {
		struct filter_network key = filter_config_network(&list->list[i], which);

		err = bpf_map_update_elem(bpf_map__fd(skel->maps.networks), &key, &value, BPF_ANY);
	}
	return err;
}

/* Load take(), which is shorter, where it will do; otherwise take_any(). */
static int choose_filter(struct kernel *k, const struct flow_select *select)
{
	bool plain = k->is_default && (!select || !flow_select_any(select)) &&
		     !(k->flags & KERNEL_INTERIM);

	k->filter = plain ? k->skel->progs.take : k->skel->progs.take_any;
	return bpf_program__set_autoload(plain ? k->skel->progs.take_any : k->skel->progs.take,
					 false);
}

/* Where no map can be made, libbpf fails for the same reason, and says more about the reason. */
static int load_filter(const struct kernel *k)
{
	int template = set_template(k);
	int err = agg__load(k->skel);

	if (template >= 0)
		close(template);
	return err;
}

static int load(struct kernel *k, const struct flow_spec *spec, const struct flow_select *select)
{
	uint64_t cookie = 0;
	int err;

	k->skel = agg__open();
	if (!k->skel)
		return -errno;
	err = set_sizes(k);
	if (!err)
		err = set_config(k->skel, spec, select);
	k->skel->rodata->config.interim = !!(k->flags & KERNEL_INTERIM);
	k->skel->rodata->config.count_rows = !!(k->flags & KERNEL_COUNT_ROWS);
	k->skel->rodata->config.pass_all = !!(k->flags & KERNEL_PASS_ALL);
	k->skel->rodata->config.netns_all = !!(k->flags & KERNEL_NETNS_ALL);
	if (!err && k->flags & KERNEL_TRACE)
		err = netns_cookie(&cookie);
	k->skel->rodata->config.netns_cookie = cookie;
	if (!err)
		err = choose_filter(k, select);
	if (!err)
		err = load_filter(k);
	if (!err && !k->skel->data)	/* libbpf believes that the kernel cannot map an array */
		err = -EOPNOTSUPP;
	if (!err && select)
		err = add_networks(k->skel, &select->src, SELECT_SRC);
	if (!err && select)
		err = add_networks(k->skel, &select->dst, SELECT_DST);
	if (!err && select)
		err = add_networks(k->skel, &select->addr, SELECT_ADDR);
	if (err)
		return err;
	k->rows_fd[0] = bpf_map__fd(k->skel->maps.rows_a);
	k->rows_fd[1] = bpf_map__fd(k->skel->maps.rows_b);
	return 0;
}

static int attach_program(int fd, const struct bpf_program *prog)
{
	int prog_fd = bpf_program__fd(prog);

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &prog_fd, sizeof(prog_fd)))
		return -errno;
	return 0;
}

/* For a program of a few instructions no memory means that net.core.optmem_max has no room for
 * any program. */
int kernel_attach_small(int fd, const struct bpf_program *prog)
{
	int err = attach_program(fd, prog);

	return err == -ENOMEM ? -ENOBUFS : err;
}

int kernel_open(struct kernel **out, uint32_t max_flows, unsigned int flags,
		    const struct flow_spec *spec, const struct flow_select *select)
{
	struct kernel *k = calloc(1, sizeof(*k));
	int err;

	if (!k)
		return -ENOMEM;
	kernel_log_begin();
	k->max_flows = max_flows;
	k->flags = flags;
	k->key_bytes = filter_config_key_bytes(spec);
	k->is_default = flow_spec_is_default(spec);
	k->has_labels = spec->fields & FIELDS_LABEL;
	k->cpus = libbpf_num_possible_cpus();
	err = k->cpus < 0 ? k->cpus : kernel_grow_batch(k, flags & KERNEL_SMALL_BATCH ? 1 : FIRST_BATCH);
	if (!err) {
		k->per_cpu = calloc(k->cpus, sizeof(*k->per_cpu));
		err = k->per_cpu ? load(k, spec, select) : -ENOMEM;
	}
	if (!err)
		err = kernel_compare_clocks(k);
	if (!err)
		err = kernel_begin(k, NULL);
	if (err) {
		kernel_close(k);
		return err;
	}
	*out = k;
	return 0;
}

/* Attach the filter itself; or, where net.core.optmem_max is too small for it, the stub that
 * jumps to the filter. */
int kernel_attach(int fd, void *arg)
{
	struct kernel *k = arg;
	int filter_fd = bpf_program__fd(k->filter), err;
	__u32 slot = 0;

	err = attach_program(fd, k->filter);
	if (err != -ENOMEM)
		return err;
	err = bpf_map_update_elem(bpf_map__fd(k->skel->maps.program), &slot, &filter_fd, BPF_ANY);
	return err ? err : kernel_attach_small(fd, k->skel->progs.stub);
}

bool kernel_is_default(const struct kernel *k)
{
	return k->is_default;
}

bool kernel_counts_ends(const struct kernel *k)
{
	return !(k->flags & KERNEL_INTERIM);
}

bool kernel_takes_any(const struct kernel *k)
{
	return !(k->flags & KERNEL_PASS_ALL);
}

int kernel_works(void *arg)
{
	struct kernel *k = arg;
	__u32 reason = 0;

	return bpf_map_lookup_elem(bpf_map__fd(k->skel->maps.passed), &reason, k->per_cpu);
}

void kernel_close(struct kernel *k)
{
	if (!k)
		return;
	kernel_trace_close(k);
	kernel_labels_close(k);
	agg__destroy(k->skel);
	free(k->keys);
	free(k->values);
	free(k->per_cpu);
	free(k->told);
	free(k);
}
