/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>

#include "view/window.h"

size_t view_window_bytes(const struct view_window *w)
{
	return sizeof(*w) + w->n_flows * sizeof(*w->flows) + w->n_rules * sizeof(*w->rules);
}

void view_window_free(struct view_window *w)
{
	if (!w)
		return;
	free(w->flows);
	free(w->rules);
	free(w);
}
