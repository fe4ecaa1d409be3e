/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <assert.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "table/grammar.h"

#define MAX_NODES 160
#define MAX_CHILDREN 24
#define MAX_DATA 64
#define HEADERS (NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct nfgenmsg)))

/* An attribute: one that holds others, or bytes. */
struct node {
	__u16 type;	/* with its flags */
	bool nested;
	unsigned int wrong_len;	/* says so instead of what it has, unless 0 */
	unsigned int n;	/* children, or bytes */
	union {
		__u8 child[MAX_CHILDREN];
		unsigned char data[MAX_DATA];
	};
};

/* Node 0 holds the message's own attributes. A node can be in two places. */
struct tree {
	unsigned int used;
	struct node nodes[MAX_NODES];
};

static struct node *add_node(struct tree *t)
{
	struct node *n = &t->nodes[t->used++];

	assert(t->used <= MAX_NODES);
	memset(n, 0, sizeof(*n));
	return n;
}

static void parse(struct tree *t, unsigned int parent, const unsigned char *p, size_t len)
{
	const unsigned char *end = p + len;

	while (p < end) {
		const struct nlattr *attr = (const void *)p;
		unsigned int at = t->used;
		struct node *n = add_node(t);

		n->type = attr->nla_type;
		n->nested = attr->nla_type & NLA_F_NESTED;
		assert(t->nodes[parent].n < MAX_CHILDREN);
		t->nodes[parent].child[t->nodes[parent].n++] = at;
		if (n->nested) {
			parse(t, at, p + NLA_HDRLEN, attr->nla_len - NLA_HDRLEN);
		} else {
			n->n = attr->nla_len - NLA_HDRLEN;
			assert(n->n <= MAX_DATA);
			memcpy(n->data, p + NLA_HDRLEN, n->n);
		}
		p += NLA_ALIGN(attr->nla_len);
	}
}

static size_t write_node(const struct tree *t, unsigned int at, unsigned char *to)
{
	const struct node *n = &t->nodes[at];
	struct nlattr head = { .nla_type = n->type };
	size_t len = NLA_HDRLEN;

	if (n->nested) {
		for (unsigned int i = 0; i < n->n; i++)
			len += write_node(t, n->child[i], to + len);
	} else {
		memcpy(to + len, n->data, n->n);
		len += n->n;
	}
	head.nla_len = n->wrong_len ? n->wrong_len : len;
	memcpy(to, &head, sizeof(head));
	memset(to + len, 0, NLA_ALIGN(len) - len);
	return NLA_ALIGN(len);
}

/* --- changes to the tree -------------------------------------------------------- */

/* Any node that holds others; the outermost most often. */
static struct node *any_parent(struct tree *t, struct random *r)
{
	unsigned int at;

	if (random_below(r, 2))
		return &t->nodes[0];
	do
		at = random_below(r, t->used);
	while (!t->nodes[at].nested);
	return &t->nodes[at];
}

static struct node *any_node(struct tree *t, struct random *r)
{
	return &t->nodes[1 + random_below(r, t->used - 1)];
}

static void insert(struct node *parent, unsigned int at, __u8 child)
{
	if (parent->n == MAX_CHILDREN)
		return;
	memmove(parent->child + at + 1, parent->child + at, parent->n - at);
	parent->child[at] = child;
	parent->n++;
}

static void drop_one(struct tree *t, struct random *r)
{
	struct node *p = any_parent(t, r);
	unsigned int at;

	if (!p->n)
		return;
	at = random_below(r, p->n--);
	memmove(p->child + at, p->child + at + 1, p->n - at);
}

static void swap_two(struct tree *t, struct random *r)
{
	struct node *p = any_parent(t, r);
	unsigned int a, b;
	__u8 was;

	if (p->n < 2)
		return;
	a = random_below(r, p->n);
	b = random_below(r, 2) ? (a + 1) % p->n : random_below(r, p->n);
	was = p->child[a];
	p->child[a] = p->child[b];
	p->child[b] = was;
}

static unsigned int copy_node(struct tree *t, unsigned int from)
{
	unsigned int at = t->used;
	struct node *n = add_node(t);

	*n = t->nodes[from];
	for (unsigned int i = 0; n->nested && i < n->n; i++)
		n->child[i] = copy_node(t, n->child[i]);
	return at;
}

static void change_data(struct tree *t, unsigned int first, struct random *r)
{
	for (unsigned int i = first; i < t->used; i++)
		if (!t->nodes[i].nested && random_below(r, 2))
			random_bytes(r, t->nodes[i].data, t->nodes[i].n);
}

/* The same again, or one of the type that says something else. */
static void repeat_one(struct tree *t, struct random *r)
{
	struct node *p = any_parent(t, r);
	unsigned int at, copy;

	if (!p->n || t->used > MAX_NODES / 2)
		return;
	at = random_below(r, p->n);
	copy = copy_node(t, p->child[at]);
	if (random_below(r, 2))
		change_data(t, copy, r);
	insert(p, random_below(r, 2) ? at + random_below(r, 2) : random_below(r, p->n + 1), copy);
}

static void insert_new(struct tree *t, struct random *r)
{
	static const unsigned char sizes[] = { 0, 1, 2, 3, 4, 5, 8, 12, 16, 24, 40, 64 };
	struct node *p = any_parent(t, r), *n;

	if (t->used > MAX_NODES - 8)
		return;
	n = add_node(t);
	n->type = random_below(r, 4) ? random_below(r, 32) : random_next(r);
	n->n = sizes[random_below(r, sizeof(sizes))];
	random_bytes(r, n->data, n->n);
	insert(p, random_below(r, p->n + 1), n - t->nodes);
}

static void empty_one(struct tree *t, struct random *r)
{
	any_node(t, r)->n = 0;
}

static void resize_one(struct tree *t, struct random *r)
{
	struct node *n = any_node(t, r);

	if (!n->nested)
		n->n = random_below(r, 2) ? random_below(r, MAX_DATA) : (n->n + 1) % MAX_DATA;
}

static void lie_about_length(struct tree *t, struct random *r)
{
	static const unsigned short lengths[] = { 1, 3, 4, 5, 8, 12, 28, 36, 0x7fff, 0xffff };
	struct node *n = any_node(t, r);

	n->wrong_len = random_below(r, 2) ? lengths[random_below(r, 10)] : 1 + random_below(r, 120);
}

static void change_flags(struct tree *t, struct random *r)
{
	any_node(t, r)->type ^= random_below(r, 3) ? NLA_F_NESTED : NLA_F_NET_BYTEORDER;
}

static void change_type(struct tree *t, struct random *r)
{
	any_node(t, r)->type = random_below(r, 4) ? random_below(r, 32) : random_next(r);
}

static void change_one(struct tree *t, struct random *r)
{
	struct node *n = any_node(t, r);

	if (!n->nested)
		random_bytes(r, n->data, n->n);
}

static void change_tree(struct tree *t, struct random *r)
{
	static void (*const changes[])(struct tree *, struct random *) = {
		drop_one, swap_two, repeat_one, insert_new, empty_one, resize_one,
		lie_about_length, change_flags, change_type, change_one, repeat_one, insert_new,
	};

	changes[random_below(r, sizeof(changes) / sizeof(changes[0]))](t, r);
}

/* --- changes to the bytes -------------------------------------------------------- */

static struct nlmsghdr *header(struct datagram *d)
{
	return (struct nlmsghdr *)(void *)d->bytes;
}

static void cut_off(struct datagram *d, struct random *r)
{
	size_t len = random_below(r, 2) ? d->len - random_below(r, d->len < 40 ? d->len : 40)
					: random_below(r, d->len);

	d->len = len;
	if (random_below(r, 2) && len >= NLMSG_HDRLEN)
		header(d)->nlmsg_len = len;
}

static void make_longer(struct datagram *d, struct random *r)
{
	size_t more = 1 + random_below(r, 64);

	if (random_below(r, 2))
		random_bytes(r, d->bytes + d->len, more);
	else
		memset(d->bytes + d->len, 0, more);
	d->len += more;
	if (random_below(r, 2) && d->len >= NLMSG_HDRLEN)
		header(d)->nlmsg_len = d->len;
}

static void append_again(struct datagram *d, struct random *r)
{
	size_t aligned = NLMSG_ALIGN(d->len);

	if (2 * aligned > sizeof(d->bytes) - 128)
		return;
	memset(d->bytes + d->len, 0, aligned - d->len);
	memcpy(d->bytes + aligned, d->bytes, d->len);
	d->len += aligned;
	if (random_below(r, 4) == 0)
		header(d)->nlmsg_len = d->len;
}

static void change_header(struct datagram *d, struct random *r)
{
	struct nfgenmsg *nfg = (void *)(d->bytes + NLMSG_HDRLEN);

	if (d->len < HEADERS)
		return;
	switch (random_below(r, 6)) {
	case 0:
		header(d)->nlmsg_len = random_below(r, 2) ? random_next(r) : random_below(r, 400);
		break;
	case 1:
		header(d)->nlmsg_type = random_below(r, 2) ? random_next(r) : 0x100 + random_below(r, 4);
		break;
	case 2:
		header(d)->nlmsg_flags = random_next(r);
		break;
	case 3:
		header(d)->nlmsg_seq = random_next(r);
		header(d)->nlmsg_pid = random_next(r);
		break;
	case 4:
		nfg->nfgen_family = random_below(r, 2) ? AF_INET + AF_INET6 - nfg->nfgen_family
						       : (int)random_below(r, 256);
		break;
	case 5:
		nfg->version = random_next(r);
		nfg->res_id = random_next(r);
	}
}

static void change_bytes(struct datagram *d, struct random *r)
{
	for (int n = random_below(r, 4); n >= 0 && d->len; n--) {
		unsigned char *byte = &d->bytes[random_below(r, d->len)];

		if (random_below(r, 2))
			*byte = random_next(r);
		else
			*byte ^= 1 << random_below(r, 8);
	}
}

/* What lies behind the end of an attribute must not matter. */
static void change_padding(struct datagram *d, struct random *r)
{
	for (size_t at = HEADERS; at + NLA_HDRLEN <= d->len;) {
		const struct nlattr *attr = (const void *)(d->bytes + at);
		size_t end = at + attr->nla_len;

		if (attr->nla_len < NLA_HDRLEN)
			return;
		for (; end % 4 && end < d->len; end++)
			d->bytes[end] = random_next(r);
		at = end;
	}
}

static void change_datagram(struct datagram *d, struct random *r)
{
	static void (*const changes[])(struct datagram *, struct random *) = {
		cut_off, make_longer, append_again, change_header, change_bytes, change_padding,
	};

	changes[random_below(r, sizeof(changes) / sizeof(changes[0]))](d, r);
}

/* --------------------------------------------------------------------------------- */

void grammar_copy(struct datagram *d, const struct message *m)
{
	d->len = m->len;
	memcpy(d->bytes, m->bytes, m->len);
}

void grammar_damage(struct datagram *d, const struct message *m, struct random *r)
{
	struct tree t = { .used = 0 };
	struct node *root = add_node(&t);

	root->nested = true;
	parse(&t, 0, m->bytes + HEADERS, m->len - HEADERS);
	if (random_below(r, 3))
		for (int n = random_below(r, 4) ? 1 : 4; n > 0; n--)
			change_tree(&t, r);
	memcpy(d->bytes, m->bytes, HEADERS);
	d->len = HEADERS;
	for (unsigned int i = 0; i < root->n; i++)
		d->len += write_node(&t, root->child[i], d->bytes + d->len);
	assert(d->len <= sizeof(d->bytes) / 2);
	header(d)->nlmsg_len = d->len;
	if (random_below(r, 3) == 0)
		change_datagram(d, r);
}
