/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/ranges.h"
#include "fuzz/select_text.h"
#include "fuzz/targets.h"
#include "view/filter.h"

/* Ten lists of 256 items, of which an address is the longest. */
static char text[10 * FLOW_SELECT_MAX * (INET6_ADDRSTRLEN + 8)];
static size_t len;

static void put(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void put(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	len += vsnprintf(text + len, sizeof(text) - len, fmt, args);
	va_end(args);
	must(len < sizeof(text));
}

/* What stands before item i of a list. */
static void begin_item(const char *name, size_t i, bool inverted)
{
	if (i)
		put(",");
	else
		put("%s%s=%s", len ? " " : "", name, inverted ? "!" : "");
}

static void put_numbers(const char *name, const struct flow_numbers *numbers, uint32_t max)
{
	must(numbers->n <= FLOW_SELECT_MAX && (numbers->n || !numbers->inverted));
	for (size_t i = 0; i < numbers->n; i++) {
		const struct flow_range *r = &numbers->list[i];

		must(r->first <= r->last && r->last <= max);
		begin_item(name, i, numbers->inverted);
		if (r->first == r->last)
			put("%u", r->first);
		else
			put("%u-%u", r->first, r->last);
	}
}

static void put_directions(const struct flow_numbers *numbers)
{
	must(numbers->n <= FLOW_SELECT_MAX && (numbers->n || !numbers->inverted));
	for (size_t i = 0; i < numbers->n; i++) {
		const char *name = options_choice_name(options_direction_names, numbers->list[i].first);

		must(name && numbers->list[i].first == numbers->list[i].last);
		begin_item("direction", i, numbers->inverted);
		put("%s", name);
	}
}

static void put_marks(const struct flow_marks *marks)
{
	must(marks->n <= FLOW_SELECT_MAX && (marks->n || !marks->inverted));
	for (size_t i = 0; i < marks->n; i++) {
		const struct flow_marks_item *m = &marks->list[i];

		must(m->first <= m->last && !((m->first | m->last) & ~m->mask));
		must(m->first == m->last || m->mask == 0xffffffff);
		begin_item("mark", i, marks->inverted);
		if (m->mask != 0xffffffff)
			put("0x%x/0x%x", m->first, m->mask);
		else if (m->first == m->last)
			put("%u", m->first);
		else
			put("%u-0x%x", m->first, m->last);
	}
}

static void put_networks(const char *name, const struct flow_networks *networks)
{
	char addr[INET6_ADDRSTRLEN];

	must(networks->n <= FLOW_SELECT_MAX && (networks->n || !networks->inverted));
	for (size_t i = 0; i < networks->n; i++) {
		const struct flow_network *n = &networks->list[i];
		bool v4 = n->family == AF_INET;

		must((v4 || n->family == AF_INET6) && n->bits <= 128 && (!v4 || n->bits >= 96));
		must(inet_ntop(n->family, v4 ? n->addr + 12 : n->addr, addr, sizeof(addr)));
		begin_item(name, i, networks->inverted);
		put("%s/%d", addr, v4 ? n->bits - 96 : n->bits);
	}
}

void select_is_sound(const struct flow_select *select)
{
	static struct flow_select again;
	struct refusal why;

	len = 0;
	*text = '\0';
	put_numbers("proto", &select->proto, 255);
	put_numbers("sport", &select->sport, 65535);
	put_numbers("dport", &select->dport, 65535);
	put_numbers("port", &select->port, 65535);
	put_directions(&select->direction);
	put_numbers("zone", &select->zone, 65535);
	put_marks(&select->mark);
	put_networks("src", &select->src);
	put_networks("dst", &select->dst);
	put_networks("addr", &select->addr);
	must(!view_filter_parse(&again, text, &why));
	must(!memcmp(&again, select, sizeof(again)));
}
