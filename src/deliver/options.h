/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_OPTIONS_H
#define CTAGG_DELIVER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/program.h"
#include "deliver/thin.h"
#include "host/identity.h"

enum deliver_status {
	DELIVER_NO_STATUS,
	DELIVER_STATUS,		/* print text */
	DELIVER_STATUS_JSON,
};

/* From which value on --status warns, or finds it critical.
 *
 * age_ns   of the oldest window that waits
 * pending  windows that wait; dead: dead letters
 */
struct status_limits {
	uint64_t age_ns, pending, dead;
};

/* What the command line of ctagg-deliver asks for. Strings point into the argv that was parsed. */
struct deliver_options {
	const char *spool;
	const char *url;	/* of a server; {name} in it becomes the name of the file */
	bool gzip;		/* --url: the body is compressed */
	const char *header_file, *cert, *cacert;	/* --url: names of files; NULL: none */
	uint64_t timeout_ns;	/* --url: how long nothing may move */
	const char *udp;	/* HOST:PORT, as address_parse() takes it */
	bool syslog;		/* --udp: messages of RFC 5424 */
	const char *ipfix;	/* of a collector, as address_parse_any() takes it */
	const char *ipfix_file;	/* a file for messages of IPFIX */
	uint64_t ipfix_domain;	/* --ipfix: the observation domain */
	uint64_t ipfix_enterprise;	/* --ipfix: the number under which elements of our own are sent; 0: none */
	char **exec;		/* a command and its arguments, NULL after them; NULL: none */
	bool once;		/* deliver what is there, and end */
	bool rebind;		/* the spool is bound to this destination, whatever it was bound to */
	const char *archive;	/* the folder for what was delivered; NULL: it is removed */
	uint64_t retry_first_ns, retry_max_ns;	/* the first wait after a failure, the longest */
	uint64_t max_attempts;	/* of a file that alone gets server errors; 0: no limit */
	const char *metrics;	/* the file for Prometheus; NULL: none */
	struct identity user;	/* to become before anything is opened; without a name: none */
	enum deliver_status status;	/* print how it stands, and send nothing */
	struct status_limits warning, critical;
	bool list;		/* print the files of the spool, and send nothing */
	bool retry_dead;	/* let dead letters wait again, and send nothing */
	struct thin_rules keep;	/* thin the archive by these rules, and send nothing; n is 0: do not */
	bool dry_run;		/* only print what thinning would remove */
	int verbosity;		/* enum log_level */
};

/* The command line of ctagg-deliver, which is read into a struct deliver_options. */
extern const struct option_program deliver_program;

/* Read the command line into *opts, as options_parse() does for ctagg. */
enum options_result deliver_options_parse(struct deliver_options *opts, int argc, char *argv[]);

#endif
