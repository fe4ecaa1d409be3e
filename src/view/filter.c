/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/selection.h"
#include "flow/proto.h"
#include "view/filter.h"

#define BLANKS " \t\r\n"
#define WORD_SIZE 4096

static const struct option_row conditions[] = {
	SELECTION_ROWS(struct flow_select, , 0, "show"),
	{ 0 },
};
#define N_CONDITIONS (sizeof(conditions) / sizeof(conditions[0]) - 1)

/* --- reading ---------------------------------------------------------------------- */

/* What has been read of a line. quote is ' or " within such quotes, otherwise 0. */
struct words {
	const char *at;
	char quote;
	char word[WORD_SIZE];
	size_t len;
};

/* Take what stands at w->at into the word: a character, or a quote, or \ and a character. */
static int take_character(struct words *w, struct refusal *why)
{
	char c = *w->at++;

	if (w->quote ? c == w->quote : c == '\'' || c == '"') {
		w->quote = w->quote ? 0 : c;
		return 0;
	}
	/* Between " a shell keeps a \ that stands before anything but these. */
	if (c == '\\' && (!w->quote || (w->quote == '"' && *w->at && strchr("\"\\$`", *w->at))))
		c = *w->at ? *w->at++ : c;
	if (w->len == WORD_SIZE - 1)
		return refuse(why, QUOTED "... is longer than a condition can be, %d characters",
			      w->word, WORD_SIZE - 1);
	w->word[w->len++] = c;
	w->word[w->len] = '\0';
	return 0;
}

/* Read the next word. Returns 1; 0 when there is none; or -EINVAL with the reason. */
static int next_word(struct words *w, struct refusal *why)
{
	w->at += strspn(w->at, BLANKS);
	w->len = 0;
	w->word[0] = '\0';
	if (!*w->at)
		return 0;
	while (*w->at && (w->quote || !strchr(BLANKS, *w->at)))
		if (take_character(w, why))
			return -EINVAL;
	if (w->quote)
		return refuse(why, QUOTED ": the quote %c is not closed", w->word, w->quote);
	return 1;
}

static int refuse_unknown(const char *name, struct refusal *why)
{
	char names[256] = "";
	size_t at = 0;

	for (size_t i = 0; i < N_CONDITIONS && at < sizeof(names); i++)
		at += snprintf(names + at, sizeof(names) - at, "%s%s",
			       !i ? "" : i + 1 < N_CONDITIONS ? ", " : " and ", conditions[i].name);
	return refuse(why, QUOTED " is not a condition; there are %s", name, names);
}

static const struct option_row *row_of(const char *name)
{
	const struct option_row *row = conditions;

	while (row->name && strcmp(row->name, name))
		row++;
	return row->name ? row : NULL;
}

/* Take the condition whose first word has been read: NAME=VALUE, or NAME, which the value follows
 * as a word of its own; both with or without --. */
static int take_condition(struct flow_select *out, struct words *w, bool given[N_CONDITIONS],
			  struct refusal *why)
{
	char *name = strncmp(w->word, "--", 2) ? w->word : w->word + 2, *equals = strchr(name, '=');
	const struct option_row *row;
	const char *value = equals ? equals + 1 : w->word;
	char typed[32];
	int read = 1;

	if (equals)
		*equals = '\0';
	row = row_of(name);
	if (!row)
		return refuse_unknown(name, why);
	snprintf(typed, sizeof(typed), "--%s", row->name);
	if (!equals)
		read = next_word(w, why);
	if (!read)
		return refuse(why, "%s: its value is missing: %s", typed, row->argument);
	if (read < 0 ||
	    row_take(row, out, typed, value, &given[row - conditions], why) != OPTIONS_RUN)
		return -EINVAL;
	return 0;
}

int view_filter_parse(struct flow_select *out, const char *line, struct refusal *why)
{
	bool given[N_CONDITIONS] = { false };
	struct words w = { .at = line };
	int read;

	memset(out, 0, sizeof(*out));
	while ((read = next_word(&w, why)) > 0)
		if (take_condition(out, &w, given, why))
			return -EINVAL;
	return read ? read : options_selection(out, why);
}

/* --- holding ---------------------------------------------------------------------- */

static bool has(const struct view_key *key, enum view_field field)
{
	return key->has & field;
}

static bool number(const struct flow_numbers *numbers, bool known, uint32_t value)
{
	return !numbers->n || (known && flow_numbers_have(numbers, value) != numbers->inverted);
}

static bool mark(const struct flow_marks *marks, const struct view_key *key)
{
	return !marks->n ||
	       (has(key, VIEW_MARK) && flow_marks_have(marks, key->mark) != marks->inverted);
}

/* Whether flows of this key have no ports: then a record has none either, whatever the key is. */
static bool is_portless(const struct view_key *key)
{
	return has(key, VIEW_PROTO) && !proto_has_ports(key->proto);
}

static bool port(const struct flow_numbers *ports, const struct view_key *key,
		 enum view_field field, uint16_t value)
{
	if (ports->n && is_portless(key))
		return ports->inverted;
	return number(ports, has(key, field), value);
}

static bool either_port(const struct flow_numbers *ports, const struct view_key *key)
{
	bool src = has(key, VIEW_SPORT), dst = has(key, VIEW_DPORT);

	if (!ports->n)
		return true;
	if (is_portless(key))
		return ports->inverted;
	if ((src && flow_numbers_have(ports, key->sport)) ||
	    (dst && flow_numbers_have(ports, key->dport)))
		return !ports->inverted;
	return ports->inverted && src && dst;
}

/* Where an address of a record is: a network, or one address; unknown: anywhere. */
struct place {
	bool known;
	uint8_t bits, family;
	const uint8_t *addr;
};

static const uint8_t all_v4[16] = { [10] = 0xff, [11] = 0xff }, all_v6[16];

static struct place place(const struct view_key *key, enum view_field field,
			  const uint8_t addr[16], uint8_t bits)
{
	bool v4 = bits >= 96 && flow_same_network(addr, all_v4, 96);

	return (struct place){ has(key, field), bits, v4 ? AF_INET : AF_INET6, addr };
}

/* The other end of a flow has the same family, which can be enough to tell. */
static void place_beside(struct place *p, const struct place *other)
{
	bool v4 = other->family == AF_INET;

	if (!p->known && other->known)
		*p = (struct place){ true, v4 ? 96 : 0, other->family, v4 ? all_v4 : all_v6 };
}

/* Whether all addresses of the place are in one network of the list. */
static bool is_inside(const struct flow_networks *networks, const struct place *p)
{
	for (size_t i = 0; p->known && i < networks->n; i++) {
		const struct flow_network *n = &networks->list[i];

		if (n->family == p->family && n->bits <= p->bits &&
		    flow_same_network(n->addr, p->addr, n->bits))
			return true;
	}
	return false;
}

/* Whether no address of the place is in any network of the list. */
static bool is_outside(const struct flow_networks *networks, const struct place *p)
{
	for (size_t i = 0; i < networks->n; i++) {
		const struct flow_network *n = &networks->list[i];
		unsigned int bits = n->bits < p->bits ? n->bits : p->bits;

		if (n->family == p->family && flow_same_network(n->addr, p->addr, bits))
			return false;
	}
	return p->known;
}

static bool address(const struct flow_networks *networks, const struct place *p)
{
	return !networks->n || (networks->inverted ? is_outside(networks, p) :
						     is_inside(networks, p));
}

static bool either_address(const struct flow_networks *networks, const struct place *src,
			   const struct place *dst)
{
	if (!networks->n)
		return true;
	if (networks->inverted)
		return is_outside(networks, src) && is_outside(networks, dst);
	return is_inside(networks, src) || is_inside(networks, dst);
}

static bool holds(const struct flow_select *s, const struct view_key *key)
{
	struct place src = place(key, VIEW_SRC, key->src, key->src_bits);
	struct place dst = place(key, VIEW_DST, key->dst, key->dst_bits);

	place_beside(&src, &dst);
	place_beside(&dst, &src);
	return number(&s->proto, has(key, VIEW_PROTO), key->proto) &&
	       number(&s->direction, has(key, VIEW_DIRECTION), key->direction) &&
	       port(&s->dport, key, VIEW_DPORT, key->dport) &&
	       port(&s->sport, key, VIEW_SPORT, key->sport) &&
	       either_port(&s->port, key) &&
	       address(&s->src, &src) &&
	       address(&s->dst, &dst) &&
	       either_address(&s->addr, &src, &dst) &&
	       number(&s->zone, has(key, VIEW_ZONE), key->zone) &&
	       mark(&s->mark, key);
}

bool view_filter_holds(const struct flow_select *select, const struct view_flow *flow)
{
	if (!flow_select_any(select))
		return true;
	return !flow->other && holds(select, &flow->key);
}
