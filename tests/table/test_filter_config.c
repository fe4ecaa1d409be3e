/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>

#include "flow/key.h"
#include "table/filter_config.h"

/* Where the last byte is that keys of this spec can have set, but for the rule: rules are
 * of packets, which the filter never sees. */
static size_t end_of_keys(const struct flow_spec *spec)
{
	struct flow_mask mask;
	const __u8 *byte = (const __u8 *)&mask.v6;
	size_t end = 0;

	flow_mask_init(&mask, spec);
	mask.v6.rule = 0;
	for (size_t i = 0; i < sizeof(mask.v6); i++)
		if (byte[i])
			end = i + 1;
	return end;
}

/* Flows that differ in what lies behind the end of a table's keys would be one row. */
Test(filter_config, keys_hold_each_field)
{
	for (const struct flow_key_field *f = flow_key_fields; f->name; f++) {
		struct flow_spec spec = flow_spec_default;

		spec.fields = f->field | f->needs;
		cr_expect_geq(filter_config_key_bytes(&spec), end_of_keys(&spec), "%s", f->name);
		cr_expect_geq(flow_spec_bytes(&spec), end_of_keys(&spec), "%s", f->name);
	}
}

Test(filter_config, default_keys_end_before_the_rule)
{
	cr_expect_eq(filter_config_key_bytes(&flow_spec_default), FLOW_KEY_KERNEL_BYTES);
}
