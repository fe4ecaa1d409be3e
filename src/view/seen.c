/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <search.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "view/seen.h"

/* Windows first to last, and the bounds of all of them together. */
struct sequence {
	uint64_t first, last, start_ns, end_ns;
};

/* The sequences of a stream, in no order: mostly there is one. */
struct node {
	struct view_stream stream;
	size_t n, room;
	struct sequence *of;
};

/* tree  of nodes (tsearch(3))
 * n     sequences in all nodes
 */
struct view_seen {
	void *tree;
	size_t n;
};

int view_seen_open(struct view_seen **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

static void free_node(void *p)
{
	struct node *node = p;

	free(node->of);
	free(node);
}

void view_seen_close(struct view_seen *s)
{
	if (!s)
		return;
	tdestroy(s->tree, free_node);
	free(s);
}

#define ORDER(x, y) if ((x) != (y)) return (x) < (y) ? -1 : 1

static int by_stream(const void *a, const void *b)
{
	const struct view_stream *x = a, *y = b;

	ORDER(x->host, y->host);
	ORDER(x->run, y->run);
	ORDER(x->window_ms, y->window_ms);
	return 0;
}
_Static_assert(offsetof(struct node, stream) == 0, "a node is found by its stream");

static struct node *find(const struct view_seen *s, const struct view_stream *stream)
{
	void *const *found = tfind(stream, &s->tree, by_stream);

	return found ? *found : NULL;
}

static struct node *make(struct view_seen *s, const struct view_stream *stream)
{
	struct node *node = find(s, stream);

	if (node)
		return node;
	node = calloc(1, sizeof(*node));
	if (!node)
		return NULL;
	node->stream = *stream;
	if (!tsearch(node, &s->tree, by_stream)) {
		free(node);
		return NULL;
	}
	return node;
}

static bool is_part(const struct sequence *q, const struct sequence *of)
{
	return of->first <= q->first && q->last <= of->last && of->start_ns <= q->start_ns && q->end_ns <= of->end_ns;
}

static bool joins(const struct sequence *a, const struct sequence *b)
{
	return a->last + 1 == b->first && a->end_ns == b->start_ns;
}

/* Forget a sequence. The last one takes its place: they have no order. */
static void forget(struct view_seen *s, struct node *node, struct sequence *q)
{
	*q = node->of[--node->n];
	s->n--;
}

static int keep(struct view_seen *s, struct node *node, const struct sequence *q)
{
	size_t room = node->room ? 2 * node->room : 1;
	struct sequence *grown;

	if (s->n == VIEW_SEEN_MAX || node->n == VIEW_SEEN_MAX_STREAM)
		return 0;
	if (node->n == node->room) {
		grown = realloc(node->of, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		node->of = grown;
		node->room = room;
	}
	node->of[node->n++] = *q;
	s->n++;
	return 0;
}

/* Make *to longer by q, in front or behind. */
static void lengthen(struct sequence *to, const struct sequence *q)
{
	if (joins(to, q)) {
		to->last = q->last;
		to->end_ns = q->end_ns;
	} else {
		to->first = q->first;
		to->start_ns = q->start_ns;
	}
}

/* Keep q, as a part of the sequences that it joins: none, one or two, which then are one. */
static int join(struct view_seen *s, struct node *node, const struct sequence *q)
{
	struct sequence *longer = NULL;

	for (size_t i = 0; i < node->n; i++) {
		struct sequence *other = &node->of[i];

		if (!joins(other, q) && !joins(q, other))
			continue;
		if (longer) {
			lengthen(longer, other);
			forget(s, node, other);
			return 0;
		}
		lengthen(other, q);
		longer = other;
	}
	return longer ? 0 : keep(s, node, q);
}

int view_seen_add(struct view_seen *s, const struct view_stream *stream, uint64_t seq, uint64_t start_ns,
		  uint64_t end_ns)
{
	const struct sequence q = { seq, seq, start_ns, end_ns };
	struct node *node = s->n < VIEW_SEEN_MAX ? make(s, stream) : find(s, stream);
	int err;

	if (!node)
		return s->n < VIEW_SEEN_MAX ? -ENOMEM : 1;
	for (size_t i = 0; i < node->n; i++)
		if (is_part(&q, &node->of[i]))
			return 0;
	err = join(s, node, &q);
	return err ? err : 1;
}

bool view_seen_has(const struct view_seen *s, const struct view_stream *stream, uint64_t start_ns,
		   uint64_t end_ns)
{
	const struct node *node = find(s, stream);

	for (size_t i = 0; node && i < node->n; i++)
		if (node->of[i].start_ns <= start_ns && end_ns <= node->of[i].end_ns)
			return true;
	return false;
}
