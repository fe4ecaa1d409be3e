/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "window/window.h"

#define NS_PER_US 1000ULL

uint64_t window_boundary(const struct window *w, uint64_t at_ns)
{
	return at_ns - (at_ns - w->origin_ns) % w->duration_ns;
}

static void start_at(struct window *w, uint64_t start_ns)
{
	w->start_ns = start_ns;
	w->due_ns = window_boundary(w, start_ns) + w->duration_ns;
}

void window_open(struct window *w, uint64_t now_ns, uint64_t duration_ns, bool align)
{
	uint64_t start_ns = now_ns - now_ns % NS_PER_US;

	w->origin_ns = align ? 0 : start_ns;
	w->duration_ns = duration_ns;
	start_at(w, start_ns);
}

uint64_t window_end_early(const struct window *w, uint64_t now_ns)
{
	uint64_t end_ns = now_ns - now_ns % NS_PER_US;

	return end_ns < w->start_ns ? w->start_ns : end_ns;
}

uint64_t window_end(const struct window *w, uint64_t now_ns, uint64_t last_event_ns)
{
	if (now_ns >= w->due_ns && window_boundary(w, now_ns) >= last_event_ns)
		return window_boundary(w, now_ns);
	return window_end_early(w, now_ns);
}

void window_next(struct window *w, uint64_t end_ns)
{
	start_at(w, end_ns);
}
