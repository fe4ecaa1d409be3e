/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "cli/log.h"
#include "confine/confine.h"
#include "deliver/address.h"
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

/* spool, --archive, --metrics, --ipfix-file, $SSL_CERT_DIR; and files, each with what it links to: --header-file,
 * --cert, --cacert, $SSL_CERT_FILE, $OPENSSL_CONF */
#define PATHS (NETWORK_PATHS + 5 + 2 * 5)

struct paths {
	struct confine_path list[PATHS];
	size_t n;
};

static void add(struct paths *p, const char *path, unsigned int access, bool parent)
{
	if (path)
		p->list[p->n++] = (struct confine_path){ path, access, parent };
}

/* A file that is read again may have been replaced: it is found in its folder. If it is a link, the
 * kernel asks for the folder of the file that the link leads to. */
static void add_file(struct paths *p, const char *path)
{
	add(p, path, CONFINE_READ_FILES, true);
	add(p, path ? realpath(path, NULL) : NULL, CONFINE_READ_FILES, true);
}

/* The variables tell OpenSSL to read elsewhere (SSL_CTX_load_verify_locations(3), openssl-env(7)). */
static void add_network(struct paths *p)
{
	for (size_t i = 0; i < NETWORK_PATHS; i++)
		add(p, network_paths[i], CONFINE_READ_FILES, false);
	add(p, getenv("SSL_CERT_DIR"), CONFINE_READ_FILES, false);
	add_file(p, getenv("SSL_CERT_FILE"));
	add_file(p, getenv("OPENSSL_CONF"));
}

static void find_paths(struct paths *p, const struct deliver_options *opts)
{
	add(p, opts->spool, CONFINE_CHANGE, false);
	add(p, opts->archive, CONFINE_CHANGE, false);
	add(p, opts->metrics, CONFINE_CHANGE, true);
	add(p, opts->ipfix_file, CONFINE_CHANGE, true);
	add_file(p, opts->header_file);
	add_file(p, opts->cert);
	add_file(p, opts->cacert);
	if (opts->url || opts->udp || opts->ipfix)
		add_network(p);
}

static bool has_connection(const struct deliver_options *opts)
{
	struct refusal why;
	struct address a;

	return opts->url || (opts->ipfix && !address_parse_any(&a, opts->ipfix, &why) && a.type == SOCK_STREAM);
}

static enum confine_mode mode_of(const struct deliver_options *opts)
{
	return opts->exec ? CONFINE_DELIVER_EXEC : has_connection(opts) ? CONFINE_DELIVER_STREAM :
	       opts->udp || opts->ipfix ? CONFINE_DELIVER_DATAGRAM :
	       opts->ipfix_file ? CONFINE_DELIVER_FILE : CONFINE_DELIVER_OFFLINE;
}

static enum confine_connect connect_of(enum confine_mode mode)
{
	return mode == CONFINE_DELIVER_STREAM ? CONFINE_CONNECT_ALL :
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
