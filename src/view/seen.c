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

/* The sequences of a stream, by their numbers. */
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
	ORDER(x->netns, y->netns);
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

/* The first sequence that does not end before seq. */
static size_t place_of(const struct node *node, uint64_t seq)
{
	size_t from = 0, to = node->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (node->of[middle].last < seq)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static bool joins(const struct sequence *a, const struct sequence *b)
{
	return a->last + 1 == b->first && a->end_ns == b->start_ns;
}

static void remove_at(struct view_seen *s, struct node *node, size_t at)
{
	node->n--;
	s->n--;
	memmove(node->of + at, node->of + at + 1, (node->n - at) * sizeof(*node->of));
}

static int insert_at(struct view_seen *s, struct node *node, size_t at, const struct sequence *q)
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
	memmove(node->of + at + 1, node->of + at, (node->n - at) * sizeof(*node->of));
	node->of[at] = *q;
	node->n++;
	s->n++;
	return 0;
}

/* Make a sequence longer by q, or two of them one. Returns whether there is one that q joins. */
static bool lengthen(struct view_seen *s, struct node *node, size_t at, const struct sequence *q)
{
	struct sequence *before = at ? &node->of[at - 1] : NULL;
	struct sequence *behind = at < node->n ? &node->of[at] : NULL;

	if (behind && joins(q, behind)) {
		behind->first = q->first;
		behind->start_ns = q->start_ns;
		q = behind;
	} else {
		behind = NULL;
	}
	if (!before || !joins(before, q))
		return behind;
	before->last = q->last;
	before->end_ns = q->end_ns;
	if (behind)
		remove_at(s, node, at);
	return true;
}

int view_seen_add(struct view_seen *s, const struct view_stream *stream, uint64_t seq, uint64_t start_ns,
		  uint64_t end_ns)
{
	const struct sequence q = { seq, seq, start_ns, end_ns };
	struct node *node = s->n < VIEW_SEEN_MAX ? make(s, stream) : find(s, stream);
	size_t at;
	int err;

	if (!node)
		return s->n < VIEW_SEEN_MAX ? -ENOMEM : 1;
	at = place_of(node, seq);
	if (at < node->n && node->of[at].first <= seq)
		return 0;
	err = lengthen(s, node, at, &q) ? 0 : insert_at(s, node, at, &q);
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
