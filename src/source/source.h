/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOURCE_SOURCE_H
#define CTAGG_SOURCE_SOURCE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "flow/event.h"
#include "flow/window_record.h"

/* Where events come from: the kernel, a list of recorded events, a test. A kind of source is
 * one file with one struct source_functions; its open function returns a struct source, which
 * is the first member of a larger struct of its own. No function here waits for anything.
 *
 * These files are in pipeline/, because each joins several rooms: a socket of this room with
 * what is known of rules, or with the kernel table. */
struct source;
struct memory;
struct rule_totals;
struct socket_totals;

/* What read() returns when there will never be another event. */
#define SOURCE_END (-ENODATA)

/* What happened to a source since it was opened, for a line of statistics: each source adds
 * to these.
 *
 * events       conntrack events that were read
 * packets      logged packets that were read
 * lost_*       events, and packets, that are known to be lost
 * refused      messages that found no room in the receive buffer, and whose packets are not in
 *              lost_packets yet
 * odd          packets that are no IP packets, or contradict themselves
 * undecoded    messages that are damaged or of an unknown kind
 * foreign      messages that do not come from the kernel
 * reopens      how often a socket was replaced
 * buffer       the receive buffer in bytes, of the first source that has one
 */
struct source_stats {
	uint64_t events, packets, lost_events, lost_packets, refused, odd;
	uint64_t undecoded, foreign, reopens;
	size_t buffer;
};

/* What a source does. A function that a source does not need is NULL.
 *
 * carries   the source's events come in the order of their times. An event that is read before
 *           the open window is closed, and has a time after its end, is kept for the next window
 * waits     nothing is lost while the source is not read. Such a source is not read from the
 *           time when the open window is due until the next window is open, so every event is
 *           counted in its own window
 * hurry_ns  how long before the end of a window hurry() has to be called
 *
 * start     the first window is open: from here on there are events. Returns 0, or not 0 after
 *           an error message
 * fd        the descriptor that is readable when there are events; -1 for none
 * held      whether the source has events of which fd does not tell
 * read      up to max events, at least 1, without a direction, and without a time where
 *           has_time is not set. Returns how many there are, which can be 0 when what came
 *           was no event; -EAGAIN when there is nothing, SOURCE_END, or another -errno when
 *           the source is broken
 * added     these n events of the source were added to the open window
 * messages  how many messages have been read so far, including messages that were no events
 * queued    how many messages can be waiting at this moment, at most
 * hurry     hurry: the kernel sends each packet at once; otherwise it sends batches
 * stop      nothing that happens from now on becomes an event. Events that the kernel has kept
 *           back can be read at once
 * change_fd readable when the meaning of events has changed, for instance because the rules
 *           that log them were changed; -1 for none
 * changed   change_fd is readable. emptied: all events from before the first call of
 *           changed() have been read. Returns whether the change has been dealt with. When
 *           it returns false, the caller first reads the events from before the change, and
 *           then calls changed() again
 * end_window  the window ends at end_ns, and all its events have been read. Take what has
 *           happened since the last window ended, for describe(), totals() and quiet(), and
 *           count from 0 again. Traffic of connections that are still open is added to
 *           `into`, the window's table. last: no other window follows
 * describe  add to the record what end_window() took. Changes nothing
 * finish    find out what else there is to say of the window that end_window() took, for about a
 *           millisecond at most. Returns false when more time is needed, and is called again in
 *           the next turn of the loop; meanwhile the window's lines wait, and events are read into
 *           the next window. Returns true when it is done, once a window, and has added what it
 *           found to the record and to the totals by rule
 * totals    how many packets each rule logged in the window that end_window() took; lent until
 *           the caller has emptied it. Of several sources that have totals the first one's are
 *           taken. NULL: the source has no rules
 * sockets   what each socket has carried in the window that end_window() took, once finish() has returned
 *           true; lent until the caller has emptied it. NULL: the source reads no sockets
 * quiet     no event came in the window: returns whether a cause is known that keeps events
 *           away. May take long
 * tick      called about once a second. Returns whether fd() returns another descriptor now
 * stats     add this source's numbers to *stats
 * close     close the source and free s
 */
struct source_functions {
	bool carries, waits;
	uint64_t hurry_ns;
	int (*start)(struct source *s);
	int (*fd)(const struct source *s);
	bool (*held)(const struct source *s);
	ssize_t (*read)(struct source *s, struct flow_event *events, size_t max);
	void (*added)(struct source *s, const struct flow_event *events, size_t n);
	uint64_t (*messages)(struct source *s);
	uint64_t (*queued)(struct source *s);
	void (*hurry)(struct source *s, bool hurry);
	void (*stop)(struct source *s);
	int (*change_fd)(const struct source *s);
	bool (*changed)(struct source *s, bool emptied);
	void (*end_window)(struct source *s, struct memory *into, uint64_t end_ns, bool last);
	void (*describe)(const struct source *s, struct window_record *w);
	bool (*finish)(struct source *s, struct window_record *w, struct rule_totals *totals);
	struct rule_totals *(*totals)(const struct source *s);
	struct socket_totals *(*sockets)(const struct source *s);
	bool (*quiet)(struct source *s);
	bool (*tick)(struct source *s);
	void (*stats)(struct source *s, struct source_stats *stats);
	void (*close)(struct source *s);
};

struct source {
	const struct source_functions *fn;
};

/* Call a function of a source. A function that is NULL is not called; source_call() then returns
 * `otherwise`. */
#define source_call(s, name, otherwise, ...)                                                   \
	((s)->fn->name ? (s)->fn->name((s), ##__VA_ARGS__) : (otherwise))
#define source_do(s, name, ...)                                                                \
	do {                                                                                   \
		if ((s)->fn->name)                                                             \
			(s)->fn->name((s), ##__VA_ARGS__);                           \
	} while (0)

#endif
