/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_OUTPUT_H
#define CTAGG_SINK_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where lines go: a buffer of fixed size, and something behind it that takes lines from
 * there. A kind of output is one file with one struct output_functions; its open function
 * returns a struct output, which is the first member of a larger struct of its own. No
 * function here waits for a reader. */
struct output;

/* A window whose lines come next.
 *
 * start_ns    when it begins, nanoseconds since 1970
 * nominal_ns  the length that -w gives it; 0: a snapshot, or events
 * events      lines of events (--events)
 * seq         its number, as in its record
 * host, run   as in its records; lent
 */
struct output_window {
	uint64_t start_ns, nominal_ns, seq;
	const char *host, *run;
	bool events;
};

/* begin        the lines that are committed from now on are of this window. NULL for an output
 *              that does nothing then
 * room         len bytes of the buffer to write lines in, or NULL while there is no room;
 *              lent until commit()
 * commit       of the bytes that room() has lent, the first len are whole lines
 * flush        write the lines that wait. Returns 0 when nothing is left, -EAGAIN when the
 *              reader is not ready, -EPIPE when the reader has gone, or another -errno. After
 *              an error the rest still waits, and flush() may be called again
 * window_done  the last line that was committed is a `window` record: whoever has read so
 *              far has a whole window. NULL for an output that does nothing then
 * reopen       open the output anew, after its file was renamed. Returns 0, also when
 *              there is nothing to do, or -errno, and the old file stays in use. A line
 *              of which the old file got a part is written whole to the new one
 * poll_fd      the descriptor to wait on: POLLOUT says that a flush() which returned
 *              -EAGAIN can go on, POLLERR that the reader may have gone; -1 for an output
 *              that is always ready
 * error        after a POLLERR: -EPIPE when the reader has gone; another -errno that says
 *              why earlier lines did not arrive, once; 0 when flush() has returned the
 *              error already
 * pending      how many bytes wait
 * pending_lines  how many lines wait
 * refused      how many lines were left out because this output can never take lines as
 *              long as these
 * dropped      add to *windows and *records how many that were written have been given up
 *              since the last call, because nobody came for them. last: nothing is given up
 *              from now on. NULL for an output that keeps what was written
 * close        lines that still wait are lost; o is freed
 */
struct output_functions {
	void (*begin)(struct output *o, const struct output_window *w);
	char *(*room)(struct output *o, size_t len);
	void (*commit)(struct output *o, size_t len);
	int (*flush)(struct output *o);
	void (*window_done)(struct output *o);
	int (*reopen)(struct output *o);
	int (*poll_fd)(struct output *o);
	int (*error)(struct output *o);
	size_t (*pending)(struct output *o);
	uint64_t (*pending_lines)(struct output *o);
	uint64_t (*refused)(struct output *o);
	void (*dropped)(struct output *o, bool last, uint64_t *windows, uint64_t *records);
	void (*close)(struct output *o);
};

struct output {
	const struct output_functions *fn;
	const char *name;	/* for messages; lent by whoever opened it */
};

static inline void output_begin(struct output *o, const struct output_window *w)
{
	if (o->fn->begin)
		o->fn->begin(o, w);
}

static inline char *output_room(struct output *o, size_t len)
{
	return o->fn->room(o, len);
}

static inline void output_commit(struct output *o, size_t len)
{
	o->fn->commit(o, len);
}

static inline int output_flush(struct output *o)
{
	return o->fn->flush(o);
}

static inline void output_window_done(struct output *o)
{
	if (o->fn->window_done)
		o->fn->window_done(o);
}

static inline int output_reopen(struct output *o)
{
	return o->fn->reopen(o);
}

static inline int output_poll_fd(struct output *o)
{
	return o->fn->poll_fd(o);
}

static inline int output_error(struct output *o)
{
	return o->fn->error(o);
}

static inline size_t output_pending(struct output *o)
{
	return o->fn->pending(o);
}

static inline uint64_t output_pending_lines(struct output *o)
{
	return o->fn->pending_lines(o);
}

static inline uint64_t output_refused(struct output *o)
{
	return o->fn->refused(o);
}

static inline void output_dropped(struct output *o, bool last, uint64_t *windows, uint64_t *records)
{
	if (o->fn->dropped)
		o->fn->dropped(o, last, windows, records);
}

static inline void output_close(struct output *o)	/* NULL is fine */
{
	if (o)
		o->fn->close(o);
}

#endif
