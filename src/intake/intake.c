/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "intake/intake.h"
#include "netlabel/set.h"

/* How many keys are made before the table reads them: so few that they are still in the
 * processor's first cache. */
#define KEYS 32

void intake_init(struct intake *in, const struct flow_spec *spec,
		 const struct flow_select *select, const struct addresses *addresses)
{
	*in = (struct intake){
		.select = select && flow_select_any(select) ? select : NULL,
		.addresses = addresses,
	};
	flow_mask_init(&in->mask, spec);
	in->labels.fields = spec->fields & FIELDS_LABEL;
}

/* The addresses of the namespace that an event is of; NULL: they are unknown, or none is. */
static const struct addresses *addresses_there(const struct intake *in, const struct flow_event *ev)
{
	const struct netns_entry *e;

	if (!in->namespaces)
		return in->addresses;
	e = netns_list_find(in->namespaces, ev->netns);
	return e ? e->addresses : NULL;
}

/* Where a flow goes. A connection goes to the source of its replies: after DNAT its original
 * destination is not the host that answers. For a packet, the hook that saw it knows more than
 * addresses do: a packet that is delivered here has come in, also when its destination is no
 * address of this namespace. Where the hook says in or out, addresses only tell whether the packet
 * stays inside this namespace (FLOW_DIR_LOCAL). */
static enum flow_dir direction(const struct intake *in, const struct flow_event *ev)
{
	const struct addresses *own = addresses_there(in, ev);
	const __u8 *answers = ev->conntrack ? ev->reply.saddr : ev->orig.daddr;
	enum flow_dir dir = FLOW_DIR_FORWARD;

	if (own)
		dir = addresses_direction(own, ev->orig.saddr, answers);
	else if (in->namespaces)
		dir = FLOW_DIR_UNKNOWN;
	switch (ev->way) {
	case FLOW_WAY_UNKNOWN:
		break;
	case FLOW_WAY_IN:
		return dir == FLOW_DIR_LOCAL ? dir : FLOW_DIR_IN;
	case FLOW_WAY_OUT:
		return dir == FLOW_DIR_LOCAL ? dir : FLOW_DIR_OUT;
	case FLOW_WAY_THROUGH:
		return FLOW_DIR_FORWARD;
	}
	return dir;
}

/* Let interim know of an event of a connection. Connections that are not selected are followed
 * too: when such a connection is selected later, only what it carries from then on is counted. */
static void follow(struct intake *in, struct flow_event *ev, bool selected)
{
	if (ev->kind == FLOW_END)
		interim_end(in->interim, ev);
	else if (ev->kind == FLOW_LIVE && interim_live(in->interim, ev, selected))
		in->untracked = true;
}

/* Returns whether the event is selected. Interim sees the event in both cases. */
static bool choose(struct intake *in, struct flow_event *ev)
{
	bool selected;

	if (!ev->has_dir)
		ev->dir = direction(in, ev);
	selected = !in->select || flow_select_holds(in->select, ev);
	if (in->interim)
		follow(in, ev, selected);
	return selected;
}

size_t intake_choose(struct intake *in, struct flow_event *events, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (!choose(in, &events[i]))
			continue;
		if (kept != i)
			events[kept] = events[i];
		kept++;
	}
	return kept;
}

static void label_keys(const struct intake *in, const struct netlabel_set *set,
		       const struct flow_event *events, struct flow_key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct flow_event *ev = &events[i];

		if (in->labels.fields & FIELD_SRC_LABEL)
			keys[i].src_label = netlabel_set_address(set, ev->family, ev->orig.saddr);
		if (in->labels.fields & FIELD_DST_LABEL)
			keys[i].dst_label = netlabel_set_address(set, ev->family, ev->orig.daddr);
	}
}

static void add_labelled(const struct intake *in, const struct netlabel_set *set,
			 struct memory *into, const struct flow_event *events, struct flow_key *keys, size_t n)
{
	label_keys(in, set, events, keys, n);
	memory_add(into, keys, events, n);
}

static void add_some(const struct intake *in, struct memory *into,
		     const struct flow_event *events, size_t n)
{
	struct flow_key keys[KEYS];

	for (size_t i = 0; i < n; i++)
		flow_key_of(&in->mask, &events[i], &keys[i]);
	if (!in->labels.fields) {
		memory_add(into, keys, events, n);
		return;
	}
	add_labelled(in, in->labels.set, into, events, keys, n);
	for (size_t i = 0; i < in->labels.n_more; i++)
		add_labelled(in, in->labels.more[i].labels, in->labels.more[i].into, events, keys, n);
}

void intake_add(const struct intake *in, struct memory *into, const struct flow_event *events,
		size_t n)
{
	for (; n > KEYS; events += KEYS, n -= KEYS)
		add_some(in, into, events, KEYS);
	add_some(in, into, events, n);
}
