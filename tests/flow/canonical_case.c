/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "flow/canonical_case.h"

#define MAX_BYTES 100000

struct bytes {
	size_t len;
	unsigned char data[MAX_BYTES];
};

static void collect(void *arg, const void *bytes, size_t len)
{
	struct bytes *b = arg;

	cr_assert_leq(b->len + len, sizeof(b->data));
	memcpy(b->data + b->len, bytes, len);
	b->len += len;
}

bool same_canonical(const struct flow_spec *spec_a, const struct flow_select *a,
		    const struct flow_spec *spec_b, const struct flow_select *b)
{
	static struct bytes of_a, of_b;

	of_a.len = of_b.len = 0;
	flow_canonical(spec_a, a, collect, &of_a);
	flow_canonical(spec_b, b, collect, &of_b);
	return of_a.len == of_b.len && !memcmp(of_a.data, of_b.data, of_a.len);
}

bool same_selection(const struct flow_select *a, const struct flow_select *b)
{
	return same_canonical(&flow_spec_default, a, &flow_spec_default, b);
}
