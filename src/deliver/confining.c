/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>

#include "cli/log.h"
#include "confine/confine.h"
#include "deliver/confining.h"

/* What resolving names and TLS read: settings, certificates, and the modules that the C library loads for
 * them. On some systems the files in /etc are links to the other folders: the addresses of name
 * servers are kept in /run, certificates in /var/lib, and all of a package below /nix or /gnu. */
static const char *const network_paths[] = {
	"/etc", "/usr", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store", "/proc", "/dev/null",
	"/dev/random", "/dev/urandom", "/run/NetworkManager", "/run/connman", "/run/resolvconf",
	"/run/systemd/resolve", "/sys/devices/system/cpu", "/var/cache/nscd", "/var/lib/ca-certificates",
	"/var/lib/sss",
};
#define NETWORK_PATHS (sizeof(network_paths) / sizeof(network_paths[0]))

/* Where OpenSSL is told to read instead (SSL_CTX_load_verify_locations(3), openssl-env(7)). */
static const char *const tls_variables[] = { "SSL_CERT_DIR", "SSL_CERT_FILE", "OPENSSL_CONF" };
#define TLS_VARIABLES (sizeof(tls_variables) / sizeof(tls_variables[0]))

/* spool, --archive, --metrics, --header-file, --cert, --cacert */
#define PATHS (NETWORK_PATHS + TLS_VARIABLES + 6)

struct paths {
	struct confine_path list[PATHS];
	size_t n;
};

static void add(struct paths *p, const char *path, unsigned int access, bool parent)
{
	if (path)
		p->list[p->n++] = (struct confine_path){ path, access, parent };
}

static void add_network(struct paths *p)
{
	for (size_t i = 0; i < NETWORK_PATHS; i++)
		add(p, network_paths[i], CONFINE_READ_FILES, false);
	for (size_t i = 0; i < TLS_VARIABLES; i++)
		add(p, getenv(tls_variables[i]), CONFINE_READ_FILES, false);
}

static void find_paths(struct paths *p, const struct deliver_options *opts)
{
	add(p, opts->spool, CONFINE_CHANGE, false);
	add(p, opts->archive, CONFINE_CHANGE, false);
	add(p, opts->metrics, CONFINE_CHANGE, true);
	add(p, opts->header_file, CONFINE_READ_FILES, true);
	add(p, opts->cert, CONFINE_READ_FILES, true);
	add(p, opts->cacert, CONFINE_READ_FILES, true);
	if (opts->url || opts->udp)
		add_network(p);
}

static enum confine_mode mode_of(const struct deliver_options *opts)
{
	return opts->exec ? CONFINE_DELIVER_EXEC : opts->url ? CONFINE_DELIVER_URL :
	       opts->udp ? CONFINE_DELIVER_DATAGRAM : CONFINE_DELIVER_OFFLINE;
}

static enum confine_connect connect_of(enum confine_mode mode)
{
	return mode == CONFINE_DELIVER_URL ? CONFINE_CONNECT_ALL :
	       mode == CONFINE_DELIVER_DATAGRAM ? CONFINE_CONNECT_DNS : CONFINE_CONNECT_NONE;
}

void deliver_confine(const struct deliver_options *opts)
{
	static struct paths paths;	/* as long as the process is confined */
	struct confinement c = { .mode = mode_of(opts) };
	struct confine_files files = { .connect = connect_of(c.mode) };
	char text[CONFINE_TEXT];

	find_paths(&paths, opts);
	files.paths = paths.list;
	files.n = paths.n;
	if (c.mode == CONFINE_DELIVER_EXEC)
		c.because = "it would hold for the command, too";
	else
		c.files = &files;
	confine(&c, text);
	log_verbose("%s", text);
}
