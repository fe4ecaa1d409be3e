/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <curl/curl.h>

#include "cli/log.h"
#include "deliver/http.h"
#include "deliver/http_setup.h"
#include "deliver/http_text.h"

/* --- the URL ------------------------------------------------------------------ */

static void warn_of_password(CURLU *url)
{
	char *password = NULL;

	if (curl_url_get(url, CURLUPART_PASSWORD, &password, 0) == CURLUE_OK)
		log_notice("--url: every user can read its password in the list of processes; write `Authorization: ...' to a file for --header-file");
	curl_free(password);
}

static int check_url(const char *text, struct refusal *why)
{
	char *example = http_url_of(text, "name");
	CURLU *url = curl_url();
	CURLUcode code = CURLUE_OUT_OF_MEMORY;
	int err = 0;

	if (example && url)
		code = curl_url_set(url, CURLUPART_URL, example, 0);
	if (strncasecmp(text, "http://", 7) && strncasecmp(text, "https://", 8))
		err = refuse(why, "--url: it does not begin with http:// or https://");
	else if (code != CURLUE_OK)
		err = refuse(why, "--url: it is no URL: %s", curl_url_strerror(code));
	else
		warn_of_password(url);
	curl_url_cleanup(url);
	free(example);
	return err;
}

/* --- files -------------------------------------------------------------------- */

#define OTHERS (S_IWGRP | S_IROTH | S_IWOTH)

static void warn_of_readers(const char *option, const char *path, mode_t mode)
{
	if (mode & OTHERS)
		log_notice("%s: other users can read or change %s; make it private: chmod 600", option, path);
}

/* A file that libcurl reads later, so that its absence is said now. NULL is fine. */
static int check_file(const char *option, const char *path, bool secret, struct refusal *why)
{
	struct stat st;
	int fd, err = 0;

	if (!path)
		return 0;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st)) {
		err = -errno;
		refuse(why, "%s %s: %s", option, path, strerror(-err));
	} else if (!S_ISREG(st.st_mode)) {
		err = refuse(why, "%s %s: is no regular file, which can be read again", option, path);
	} else if (secret) {
		warn_of_readers(option, path, st.st_mode);
	}
	if (fd >= 0)
		close(fd);
	return err;
}

static int check_headers(const char *path, struct refusal *why)
{
	struct http_headers headers;
	struct refusal reason;
	int err;

	if (!path)
		return 0;
	err = http_headers_read(&headers, path, &reason);
	if (err) {
		refuse(why, "--header-file %s: %s", path, reason.why);
		return err;
	}
	warn_of_readers("--header-file", path, headers.mode);
	http_headers_free(&headers);
	return 0;
}

/* --- the handle --------------------------------------------------------------- */

static void set_tls(CURL *easy, const struct deliver_options *opts)
{
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (opts->cacert)
		curl_easy_setopt(easy, CURLOPT_CAINFO, opts->cacert);
	if (!opts->cert)
		return;
	curl_easy_setopt(easy, CURLOPT_SSLCERT, opts->cert);
	curl_easy_setopt(easy, CURLOPT_SSLKEY, opts->cert);
	/* Without one, OpenSSL asks the terminal for the password of an encrypted key. */
	curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "");
}

static void set_all(CURL *easy, const struct deliver_options *opts)
{
	curl_easy_setopt(easy, CURLOPT_POST, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, PACKAGE_NAME "-deliver/" PACKAGE_VERSION);
	/* Files go one at a time, which HTTP/2 makes no faster; and a server that answers before it
	 * has read the body resets a stream of HTTP/2, with which libcurl gives up the answer. */
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 0x7fffffffL);	/* patience_ms() is shorter */
#if LIBCURL_VERSION_NUM >= 0x075700
	/* A stop does not wait for a name to be resolved. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
	set_tls(easy, opts);
}

int http_setup(CURL *easy, const struct deliver_options *opts, struct refusal *why)
{
	int err = check_url(opts->url, why);

	if (!err)
		err = check_headers(opts->header_file, why);
	if (!err)
		err = check_file("--cert", opts->cert, true, why);
	if (!err)
		err = check_file("--cacert", opts->cacert, false, why);
	if (!err)
		set_all(easy, opts);
	return err;
}

/* --- the destination ----------------------------------------------------------- */

/* Without user, password and query, which may hold secrets. */
void http_describe(const struct deliver_options *opts, char text[TRANSPORT_DESTINATION_SIZE])
{
	static const CURLUPart secret[] = {
		CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_QUERY, CURLUPART_FRAGMENT,
	};
	CURLU *url = curl_url();
	char *plain = NULL;

	if (url && curl_url_set(url, CURLUPART_URL, opts->url, 0) == CURLUE_OK) {
		for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
			curl_url_set(url, secret[i], NULL, 0);
		curl_url_get(url, CURLUPART_URL, &plain, CURLU_DEFAULT_PORT);
	}
	snprintf(text, TRANSPORT_DESTINATION_SIZE, "url %s", plain ? plain : "");
	curl_free(plain);
	curl_url_cleanup(url);
}
