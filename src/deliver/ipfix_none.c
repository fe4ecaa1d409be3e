/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The transport of --ipfix and --ipfix-file where the program is built without libfixbuf. */
#include "config.h"

#include "deliver/ipfix.h"

int ipfix_open(struct transport **out, const struct deliver_options *opts, struct refusal *why)
{
	(void)out, (void)opts;
	return refuse(why, "this ctagg-deliver is built without libfixbuf; build one with it (Debian: libfixbuf-dev, Fedora: libfixbuf-devel)");
}

void ipfix_describe(const struct deliver_options *opts, char text[TRANSPORT_DESTINATION_SIZE])
{
	(void)opts;
	text[0] = '\0';
}
