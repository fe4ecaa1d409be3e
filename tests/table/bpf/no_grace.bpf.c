/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What not to do: linger.bpf.c with a plain variable in the place of the map `window`.
 * A rotation that changes the variable (use_table_at_once.c) does not wait for runs of the
 * filter that have read the variable and still use the old table. */
#include "table/bpf/row.h"

__u32 second = 0;	/* the table in use is rows_b, else rows_a */

#define open_rows(slot) ((void)(slot), second ? (void *)&rows_b : (void *)&rows_a)

#include "linger.bpf.c"
