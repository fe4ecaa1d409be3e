/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include <bpf/btf.h>

#include "table/kernel_reasons.h"

#define ENUM "skb_drop_reason"
#define PREFIX "SKB_DROP_REASON_"

/* A reason as the kernel describes it: name without the prefix. NULL for a value that is no reason:
 * another name, how many there are, or a mask of bits. */
static const char *reason_name(const struct btf *btf, const struct btf_enum *e)
{
	const char *name = btf__name_by_offset(btf, e->name_off);

	if (!name || strncmp(name, PREFIX, strlen(PREFIX)))
		return NULL;
	name += strlen(PREFIX);
	if (!strcmp(name, "MAX") || !strcmp(name, "SUBSYS_MASK") || strlen(name) >= DROP_REASON_BYTES ||
	    (uint32_t)e->val >= DROP_VALUES)
		return NULL;
	return name;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters have to be put in, left out or replaced to make one name of the other
 * (Levenshtein). */
static size_t difference(const char *a, const char *b)
{
	size_t row[DROP_REASON_BYTES], len = strlen(b);

	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < len; j++) {
			size_t above = row[j + 1];

			row[j + 1] = least(least(above, row[j]) + 1, corner + (a[i] != b[j]));
			corner = above;
		}
	}
	return row[len];
}

/* A name that contains the other one is like it, however much longer it is. */
static size_t unlikeness(const char *name, const char *other)
{
	return strstr(other, name) || strstr(name, other) ? 1 : difference(name, other) + 1;
}

/* Keep the names that are most like the unknown one, the best one first. */
static void consider(struct kernel_reasons_unknown *unknown, const char *name)
{
	size_t rank = unlikeness(unknown->name, name), at = unknown->n;

	while (at && unlikeness(unknown->name, unknown->near[at - 1]) > rank)
		at--;
	if (at == KERNEL_REASONS_NEAR)
		return;
	if (unknown->n < KERNEL_REASONS_NEAR)
		unknown->n++;
	memmove(unknown->near[at + 1 - (at + 1 == KERNEL_REASONS_NEAR)], unknown->near[at],
		(unknown->n - 1 - at) * DROP_REASON_BYTES);
	strcpy(unknown->near[at], name);
}

static void find_near(const struct btf *btf, const struct btf_type *t, struct kernel_reasons_unknown *unknown)
{
	const struct btf_enum *values = btf_enum(t);

	unknown->n = 0;
	for (int i = 0; i < btf_vlen(t); i++) {
		const char *name = reason_name(btf, &values[i]);

		if (name)
			consider(unknown, name);
	}
}

static int find_value(const struct btf *btf, const struct btf_type *t, const char *wanted)
{
	const struct btf_enum *values = btf_enum(t);

	for (int i = 0; i < btf_vlen(t); i++) {
		const char *name = reason_name(btf, &values[i]);

		if (name && !strcmp(name, wanted))
			return values[i].val;
	}
	return -ESRCH;
}

static int find_all(const struct btf *btf, const struct drop_reasons *list, uint8_t number[DROP_VALUES],
		    struct kernel_reasons_unknown *unknown)
{
	int id = btf__find_by_name_kind(btf, ENUM, BTF_KIND_ENUM);
	const struct btf_type *t = id < 0 ? NULL : btf__type_by_id(btf, id);

	if (!t)
		return -ENOENT;
	for (size_t i = 0; i < list->n; i++) {
		int value = find_value(btf, t, list->name[i]);

		if (value < 0) {
			unknown->name = list->name[i];
			find_near(btf, t, unknown);
			return value;
		}
		number[value] = i + 1;
	}
	return 0;
}

int kernel_reasons_find(const struct drop_reasons *list, uint8_t number[DROP_VALUES],
			struct kernel_reasons_unknown *unknown)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int err;

	if (!btf)
		return -errno;
	memset(number, 0, DROP_VALUES);
	err = find_all(btf, list, number, unknown);
	btf__free(btf);
	return err;
}
