/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "report/html.h"
#include "report/table.h"
#include "view/show.h"

#define SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define ONE(name) { REPORT_##name, REPORT_##name }

/* --- keys ------------------------------------------------------------------------------------- */

static void address(const struct report_page *p, const struct report_field *f)
{
	char text[64];

	if (!(f->has & REPORT_HAS_ADDR)) {
		fputs("<i>not in the record</i>", p->out);
		return;
	}
	show_address(text, sizeof(text), f->addr, f->bits);
	fputs(text, p->out);
}

static void key_address(const struct report_page *p, const struct report_field *f)
{
	fputs("<th scope=\"row\" class=\"key\">", p->out);
	address(p, f);
	fputs("</th>", p->out);
}

/* 443/tcp and, as the system names it, https. */
static void port(const struct report_page *p, const struct report_field *f)
{
	char proto[32] = "protocol not known", name[64], number[16];

	if (f->has & REPORT_HAS_PROTO)
		show_proto(proto, sizeof(proto), f->proto);
	if (f->has & REPORT_HAS_ICMP) {
		fprintf(p->out, "%s type %u", proto, f->port);
		return;
	}
	if (!(f->has & REPORT_HAS_PORT)) {
		fputs(proto, p->out);
		return;
	}
	snprintf(number, sizeof(number), "%u", f->port);
	show_port(name, sizeof(name), f->port, f->proto, true);
	fprintf(p->out, "%s/%s", number, proto);
	if (strcmp(name, number)) {
		fputs(" <span class=\"soft\">", p->out);
		html_text(p->out, name, strlen(name), sizeof(name));
		fputs("</span>", p->out);
	}
}

static void key_port(const struct report_page *p, const struct report_field *f)
{
	fputs("<th scope=\"row\" class=\"key\">", p->out);
	port(p, f);
	fputs("</th>", p->out);
}

static void key_service(const struct report_page *p, const struct report_field *f)
{
	key_address(p, f);
	fputs("<td class=\"key\">", p->out);
	port(p, f);
	fputs("</td>", p->out);
}

static void label(const struct report_page *p, uint32_t text)
{
	if (text)
		report_page_text(p, text);
	else
		fputs("<i>none</i>", p->out);
}

static void key_labels(const struct report_page *p, const struct report_field *f)
{
	fputs("<th scope=\"row\" class=\"text\">", p->out);
	label(p, f->text[0]);
	fputs("</th><td class=\"text\">", p->out);
	label(p, f->text[1]);
	fputs("</td>", p->out);
}

static void key_direction(const struct report_page *p, const struct report_field *f)
{
	static const char *const names[] = {
		[FLOW_DIR_FORWARD] = "forward", [FLOW_DIR_IN] = "in", [FLOW_DIR_OUT] = "out", [FLOW_DIR_LOCAL] = "local",
	};
	bool known = f->has & REPORT_HAS_DIRECTION && f->direction < SIZE(names);

	fprintf(p->out, "<th scope=\"row\" class=\"key\">%s</th>", known ? names[f->direction] : "<i>not in the record</i>");
}

static void text_cell(const struct report_page *p, uint32_t text, const char *without)
{
	fputs("<td class=\"text\">", p->out);
	if (text)
		report_page_text(p, text);
	else
		fprintf(p->out, "<i>%s</i>", without);
	fputs("</td>", p->out);
}

static void key_rule(const struct report_page *p, const struct report_field *f)
{
	fputs("<th scope=\"row\" class=\"text\">", p->out);
	if (f->text[1])
		report_page_text(p, f->text[1]);
	else
		fputs("<i>no single rule</i>", p->out);
	fputs("</th>", p->out);
	text_cell(p, f->text[0], "none");
	text_cell(p, f->text[2], "none");
	fputs("<td>", p->out);
	report_page_host(p, f->host);
	fputs("</td>", p->out);
}

static bool failed(const struct report_counts *sums)
{
	return sums->of[REPORT_unreplied] || sums->of[REPORT_tcp_unanswered] || sums->of[REPORT_tcp_reset];
}

/* --- tables ----------------------------------------------------------------------------------- */

static const struct report_table_column traffic[] = {
	{ "Bytes", { REPORT_orig_bytes, REPORT_reply_bytes }, REPORT_BYTES },
	{ "Share", { REPORT_orig_bytes, REPORT_reply_bytes }, REPORT_SHARE },
	{ "Sent", ONE(orig_bytes), REPORT_BYTES },
	{ "Received", ONE(reply_bytes), REPORT_BYTES },
	{ "Packets", { REPORT_orig_packets, REPORT_reply_packets }, REPORT_NUMBER },
	{ "Starts", ONE(starts), REPORT_NUMBER },
	{ "Ends", ONE(ends), REPORT_NUMBER },
	{ "Drops", ONE(drops), REPORT_NUMBER },
};

static const struct report_table_column failures[] = {
	{ "Never replied", ONE(unreplied), REPORT_NUMBER },
	{ "Handshake not completed", ONE(tcp_unanswered), REPORT_NUMBER },
	{ "Reset", ONE(tcp_reset), REPORT_NUMBER },
	{ "Of ends", ONE(ends), REPORT_NUMBER },
};

/* The first four with -g, the last three with --rules. */
static const struct report_table_column drops[] = {
	{ "Drops", ONE(drops), REPORT_NUMBER },
	{ "Share", ONE(drops), REPORT_SHARE },
	{ "Bytes", ONE(drop_bytes), REPORT_BYTES },
	{ "Logged", ONE(logged), REPORT_NUMBER },
	{ "Counted", ONE(orig_packets), REPORT_NUMBER },
	{ "Share of counted", ONE(orig_packets), REPORT_SHARE },
	{ "Bytes counted", ONE(orig_bytes), REPORT_BYTES },
};
#define LOG_COLUMNS 4

static const char *const source[] = { "Source" }, *const destination[] = { "Destination" }, *const ports[] = { "Port" },
	*const labels[] = { "From", "To" }, *const direction[] = { "Direction" },
	*const rule[] = { "Rule", "Prefix", "Comment", "Host" }, *const service[] = { "Destination", "Port" };

#define KEYS(keys) (keys), SIZE(keys)

static const struct report_table tables[] = {
	{ REPORT_SOURCES, "sources", "Top talkers", "Sources, by bytes both ways, then by events. Sent: by the source. Received: by the source.",
	  KEYS(source), key_address, NULL, traffic, SIZE(traffic) },
	{ REPORT_DESTINATIONS, "destinations", "Destinations", "Destinations, by bytes both ways, then by events. Sent: to the destination. Received: from it.",
	  KEYS(destination), key_address, NULL, traffic, SIZE(traffic) },
	{ REPORT_PORTS, "ports", "Ports", "Destination ports, types of ICMP, and protocols without ports, by bytes both ways, then by events.",
	  KEYS(ports), key_port, NULL, traffic, SIZE(traffic) },
	{ REPORT_LABELS, "labels", "Labels", "Labels of networks, from the source's to the destination's, by bytes both ways, then by events.",
	  KEYS(labels), key_labels, NULL, traffic, SIZE(traffic) },
	{ REPORT_DIRECTIONS, "directions", "Directions", "In: to an address of the host. Out: from one. Forward: through it. Local: from one of its addresses to another.",
	  KEYS(direction), key_direction, NULL, traffic, SIZE(traffic) },
	{ REPORT_SERVICES, "failed", "Failed connections", "By destination and port. Connections that ended without any reply; TCP connections whose handshake was not completed; TCP connections that one side reset or refused. One connection can be in two columns.",
	  KEYS(service), key_service, failed, failures, SIZE(failures) },
};

static const struct report_table rules_table = {
	REPORT_RULES, "rules", "Drops by rule", "Drops, Logged: packets that the rule logged, and dropped or let go. Counted: packets that the counter of a dropping rule has counted (<code>--rules</code>).",
	KEYS(rule), key_rule, NULL, drops, SIZE(drops)
};

/* The columns that the lines have numbers for, and the host where there are several. */
static int write_rules(const struct report_page *p)
{
	struct report_table table = rules_table;

	if (!p->t->rule_counters)
		table.n_columns = LOG_COLUMNS;
	if (!p->t->rule_logs) {
		table.columns += LOG_COLUMNS;
		table.n_columns -= LOG_COLUMNS;
	}
	return report_table_write(p, &table);
}

/* Whether the lines have what the table is about. */
static bool has(const struct report_page *p, enum report_group_id group)
{
	const struct report_totals *t = p->t;

	switch (group) {
	case REPORT_SOURCES:
		return t->has & VIEW_SRC;
	case REPORT_DESTINATIONS:
		return t->has & VIEW_DST;
	case REPORT_PORTS:
		return t->has & (VIEW_DPORT | VIEW_ICMP_TYPE | VIEW_PROTO);
	case REPORT_LABELS:
		return t->has & (VIEW_SRC_LABEL | VIEW_DST_LABEL);
	case REPORT_DIRECTIONS:
		return t->has & VIEW_DIRECTION;
	default:
		return t->has & VIEW_DST && failed(&t->selected);
	}
}

int report_page_tables(const struct report_page *p)
{
	int err = 0;

	for (size_t i = 0; i < SIZE(tables) && !err; i++)
		if (has(p, tables[i].group))
			err = report_table_write(p, &tables[i]);
	if (!err && p->t->groups[REPORT_RULES].keys.n)
		err = write_rules(p);
	return err;
}
