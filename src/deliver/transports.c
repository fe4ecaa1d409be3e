/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "deliver/exec.h"
#include "deliver/http.h"
#include "deliver/ipfix.h"
#include "deliver/transports.h"
#include "deliver/udp.h"

/* The kinds of transports. A new kind needs a row here, and its option in together.c.
 *
 * at  the member of struct deliver_options, a pointer, which is NULL without this destination
 */
static const struct kind {
	size_t at;
	transport_open_fn *open;
	transport_describe_fn *describe;
} kinds[] = {
	{ offsetof(struct deliver_options, url), http_open, http_describe },
	{ offsetof(struct deliver_options, udp), udp_open, udp_describe },
	{ offsetof(struct deliver_options, ipfix), ipfix_open, ipfix_describe },
	{ offsetof(struct deliver_options, ipfix_file), ipfix_open, ipfix_describe },
	{ offsetof(struct deliver_options, exec), exec_open, exec_describe },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* NULL: there is no destination. */
static const struct kind *kind_of(const struct deliver_options *opts)
{
	const struct kind *kind = kinds;
	const void *destination;

	for (; kind < kinds + KINDS; kind++) {
		memcpy(&destination, (const char *)opts + kind->at, sizeof(destination));
		if (destination)
			return kind;
	}
	return NULL;
}

bool transports_wanted(const struct deliver_options *opts)
{
	return kind_of(opts);
}

int transports_open(struct transport **out, const struct deliver_options *opts, struct refusal *why)
{
	return kind_of(opts)->open(out, opts, why);
}

void transports_describe(const struct deliver_options *opts, char text[TRANSPORT_DESTINATION_SIZE])
{
	kind_of(opts)->describe(opts, text);
}
