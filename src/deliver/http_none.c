/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The transport of --url where the program is built without libcurl. */
#include "config.h"


#include "deliver/http.h"

int http_open(struct transport **out, const struct deliver_options *opts, struct refusal *why)
{
	(void)out, (void)opts;
	return refuse(why, "this ctagg-deliver is built without libcurl; build one with it, or use --exec curl");
}

void http_describe(const struct deliver_options *opts, char text[TRANSPORT_DESTINATION_SIZE])
{
	(void)opts;
	text[0] = '\0';
}
