/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <unistd.h>

#include <curl/curl.h>

#include "deliver/answer.h"
#include "deliver/gzip.h"
#include "deliver/http.h"
#include "deliver/http_setup.h"
#include "deliver/http_text.h"
#include "notify/notify.h"
#include "window/clock.h"

#define NS_PER_MS ((uint64_t)1000000)

/* What people are shown of an answer's body. */
#define SHOWN_MAX 200

/* Headers of an answer with more bytes than this are none. */
#define HEARD_MAX 1048576

/* Bodies longer than this wait for `100 Continue', so that a server that refuses them need not read
 * them first; see CURLOPT_HTTPHEADER(3), "Expect". */
#define EXPECT_BYTES 1048576

/* The kernel is asked whether anything moves LOOKS times in the time of --timeout, or each LOOK_MS
 * where that is sooner. */
#define LOOKS 8
#define LOOK_MS 10000

/* One connection, and the attempt that is under way.
 *
 * gzip      NULL without --gzip
 * offset    of the next byte of the file
 * moved_ns  when bytes of the request were last taken, by libcurl or by the other host
 *           (CLOCK_MONOTONIC)
 * unsent    bytes that the kernel has and the other host has not taken, when that was last asked
 * shown     the beginning of the answer's body
 * heard     bytes of the answer's headers, and of trailers behind its body
 * whole     all headers of the answer have come
 */
struct http {
	struct transport t;
	const struct deliver_options *opts;
	CURLM *multi;
	CURL *easy;
	struct gzip *gzip;

	int fd;
	uint64_t offset, moved_ns;
	int unsent;
	char shown[SHOWN_MAX];
	size_t n_shown, heard;
	bool whole;
	int read_error;
	char error[CURL_ERROR_SIZE];
};

/* --- what libcurl calls ---------------------------------------------------- */

static size_t read_body(char *buffer, size_t size, size_t n, void *arg)
{
	struct http *h = arg;
	ssize_t got = h->gzip ? gzip_read(h->gzip, buffer, size * n)
			      : pread(h->fd, buffer, size * n, (off_t)h->offset);

	if (got < 0) {
		h->read_error = h->gzip ? (int)got : -errno;
		return CURL_READFUNC_ABORT;
	}
	h->offset += got;
	h->moved_ns = clock_monotonic_ns();
	return got;
}

/* libcurl sends the body again from its beginning when the connection that it kept turns out to be
 * closed. */
static int rewind_body(void *arg, curl_off_t offset, int origin)
{
	struct http *h = arg;

	if (offset || origin != SEEK_SET)
		return CURL_SEEKFUNC_CANTSEEK;
	h->offset = 0;
	if (h->gzip)
		gzip_begin(h->gzip, h->fd);
	return CURL_SEEKFUNC_OK;
}

static size_t show_answer(char *data, size_t size, size_t n, void *arg)
{
	struct http *h = arg;
	size_t room = SHOWN_MAX - h->n_shown, part = size * n < room ? size * n : room;

	memcpy(h->shown + h->n_shown, data, part);
	h->n_shown += part;
	return size * n;
}

/* An empty line ends the headers. Of a connection that is closed before, libcurl says that all is
 * well. It keeps all headers, and bounds their number, but not that of trailers. */
static size_t hear(char *data, size_t size, size_t n, void *arg)
{
	struct http *h = arg;
	size_t len = size * n;

	if (len > 5 && !memcmp(data, "HTTP/", 5))
		h->whole = false;
	else if (len && (data[0] == '\r' || data[0] == '\n'))
		h->whole = true;
	h->heard += len;
	return h->heard <= HEARD_MAX ? len : 0;
}

/* --- the request ------------------------------------------------------------ */

/* Add a header. A list that finds no memory is freed and becomes NULL, and stays so. */
static void add(struct curl_slist **list, bool *failed, const char *line)
{
	struct curl_slist *longer = *failed ? NULL : curl_slist_append(*list, line);

	if (!longer) {
		curl_slist_free_all(*list);
		*failed = true;
	}
	*list = longer;
}

static struct curl_slist *headers_of(const struct http *h, const struct http_headers *more,
				     const struct transport_item *item)
{
	struct curl_slist *list = NULL;
	bool failed = false;
	char key[512];

	snprintf(key, sizeof(key), "Idempotency-Key: %s", item->name);
	add(&list, &failed, key);
	if (!http_headers_have(more, "Content-Type"))
		add(&list, &failed, "Content-Type: application/x-ndjson");
	if (h->gzip)
		add(&list, &failed, "Content-Encoding: gzip");
	if (h->gzip)	/* the length is not known before it is sent */
		add(&list, &failed, "Transfer-Encoding: chunked");
	if (item->size <= EXPECT_BYTES)
		add(&list, &failed, "Expect:");
	for (size_t i = 0; i < more->n; i++)
		add(&list, &failed, more->lines[i]);
	return list;
}

static void begin(struct http *h, const struct transport_item *item)
{
	h->fd = item->fd;
	h->offset = 0;
	if (h->gzip)
		gzip_begin(h->gzip, h->fd);
	h->moved_ns = clock_monotonic_ns();
	h->unsent = 0;
	h->n_shown = h->heard = 0;
	h->whole = false;
	h->read_error = 0;
	h->error[0] = '\0';
}

/* --- the attempt -------------------------------------------------------------- */

static CURLcode result_of(struct http *h)
{
	const CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(h->multi, &left)))
		if (message->msg == CURLMSG_DONE)
			return message->data.result;
	return CURLE_FAILED_INIT;
}

/* On a slow line the kernel holds more of the file than is sent within the time of --timeout. While
 * the other host takes bytes from there, something moves. The connection is the one socket that
 * libcurl waits for in a transfer (CURLINFO_ACTIVESOCKET only tells of it afterwards). */
static void watch_kernel(struct http *h)
{
	fd_set reading, writing, failing;
	int unsent, fd = -1;

	FD_ZERO(&reading);
	FD_ZERO(&writing);
	FD_ZERO(&failing);
	if (curl_multi_fdset(h->multi, &reading, &writing, &failing, &fd) != CURLM_OK || fd < 0 ||
	    ioctl(fd, SIOCOUTQ, &unsent))
		return;
	if (unsent != h->unsent)
		h->moved_ns = clock_monotonic_ns();
	h->unsent = unsent;
}

/* Milliseconds until the next look whether something moves; 0: nothing has moved for too long. */
static int patience_ms(const struct http *h)
{
	uint64_t quiet_ns = clock_monotonic_ns() - h->moved_ns, all_ns = h->opts->timeout_ns;
	uint64_t left_ms = quiet_ns < all_ns ? (all_ns - quiet_ns + NS_PER_MS - 1) / NS_PER_MS : 0;
	uint64_t look_ms = all_ns / NS_PER_MS / LOOKS + 1;

	if (look_ms > LOOK_MS)
		look_ms = LOOK_MS;
	return (int)(left_ms < look_ms ? left_ms : look_ms);
}

/* Returns 0 when there is an answer or an error of the connection, which is then in *code;
 * -ECANCELED, or -ETIMEDOUT. */
static int wait_for_answer(struct http *h, int stop_fd, CURLcode *code)
{
	struct curl_waitfd stop = { .fd = stop_fd, .events = CURL_WAIT_POLLIN };
	int running, wait_ms;

	for (;;) {
		curl_multi_perform(h->multi, &running);
		if (!running)
			break;
		watch_kernel(h);
		wait_ms = patience_ms(h);
		if (!wait_ms)
			return -ETIMEDOUT;
		curl_multi_poll(h->multi, &stop, 1, notify_wait_ms(wait_ms), NULL);
		notify_alive();
		if (stop.revents)
			return -ECANCELED;
	}
	*code = result_of(h);
	return 0;
}

/* What came of the attempt: err is of wait_for_answer(). An answer that takes the file counts when it
 * is whole; any other as soon as its status is known, since the server may close the connection
 * without reading the lines. */
static void answer_of(struct http *h, int err, CURLcode code, struct transport_answer *out)
{
	curl_off_t retry_after_s = 0;
	long status = 0;

	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(h->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
	if (err == -ECANCELED)
		answer_set(out, TRANSPORT_STOPPED, "stopped before the answer");
	else if (h->read_error)
		answer_set(out, TRANSPORT_LATER, "cannot read the file: %s", strerror(-h->read_error));
	else if (status >= 300 || (!err && code == CURLE_OK && h->whole))
		answer_set_http(out, status, retry_after_s > INT32_MAX ? INT32_MAX : (unsigned int)retry_after_s,
				h->shown, h->n_shown);
	else if (err)
		answer_set(out, TRANSPORT_LATER, "nothing moved for %" PRIu64 " ms (--timeout)",
			   h->opts->timeout_ns / NS_PER_MS);
	else if (code == CURLE_OK)
		answer_set(out, TRANSPORT_LATER, "the connection was closed within the headers of the answer");
	else
		answer_set(out, TRANSPORT_LATER, "%s", h->error[0] ? h->error : curl_easy_strerror(code));
}

static void perform(struct http *h, int stop_fd, struct transport_answer *out)
{
	CURLcode code = CURLE_OK;
	int err;

	curl_multi_add_handle(h->multi, h->easy);
	err = wait_for_answer(h, stop_fd, &code);
	answer_of(h, err, code, out);
	curl_multi_remove_handle(h->multi, h->easy);
}

static int set_request(struct http *h, const struct transport_item *item, struct curl_slist *headers)
{
	char *url = http_url_of(h->opts->url, item->name);
	bool set = url && headers &&
		curl_easy_setopt(h->easy, CURLOPT_URL, url) == CURLE_OK &&	/* copied */
		curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
		curl_easy_setopt(h->easy, CURLOPT_POSTFIELDSIZE_LARGE,
				 h->gzip ? (curl_off_t)-1 : (curl_off_t)item->size) == CURLE_OK;

	free(url);
	return set ? 0 : -ENOMEM;
}

static void http_send(struct transport *t, const struct transport_item *item, int stop_fd,
		      struct transport_answer *out)
{
	struct http *h = (struct http *)t;
	struct http_headers more = { 0 };
	struct curl_slist *headers;
	struct refusal why;

	if (h->opts->header_file && http_headers_read(&more, h->opts->header_file, &why)) {
		answer_set(out, TRANSPORT_LATER, "--header-file: %s", why.why);
		return;
	}
	begin(h, item);
	headers = headers_of(h, &more, item);
	if (set_request(h, item, headers))
		answer_set(out, TRANSPORT_LATER, "%s", strerror(ENOMEM));
	else
		perform(h, stop_fd, out);
	curl_slist_free_all(headers);
	http_headers_free(&more);
}

/* --- from beginning to end -------------------------------------------------- */

static void http_close(struct transport *t)
{
	struct http *h = (struct http *)t;

	if (h->easy)
		curl_easy_cleanup(h->easy);
	if (h->multi)
		curl_multi_cleanup(h->multi);
	gzip_close(h->gzip);
	curl_global_cleanup();
	free(h);
}

static void set_functions(struct http *h)
{
	curl_easy_setopt(h->easy, CURLOPT_READFUNCTION, read_body);
	curl_easy_setopt(h->easy, CURLOPT_READDATA, h);
	curl_easy_setopt(h->easy, CURLOPT_SEEKFUNCTION, rewind_body);
	curl_easy_setopt(h->easy, CURLOPT_SEEKDATA, h);
	curl_easy_setopt(h->easy, CURLOPT_WRITEFUNCTION, show_answer);
	curl_easy_setopt(h->easy, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(h->easy, CURLOPT_HEADERFUNCTION, hear);
	curl_easy_setopt(h->easy, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(h->easy, CURLOPT_ERRORBUFFER, h->error);
}

/* Returns 0, or -errno with the reason. */
static int set_up(struct http *h, struct refusal *why)
{
	int err = h->opts->gzip ? gzip_open(&h->gzip) : 0;

	h->multi = curl_multi_init();
	h->easy = curl_easy_init();
	if (err || !h->multi || !h->easy) {
		refuse(why, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	set_functions(h);
	return http_setup(h->easy, h->opts, why);
}

int http_open(struct transport **out, const struct deliver_options *opts, struct refusal *why)
{
	static const struct transport_functions functions = { .send = http_send, .close = http_close };
	struct http *h = calloc(1, sizeof(*h));
	int err;

	if (!h || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(h);
		refuse(why, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	h->t.fn = &functions;
	h->opts = opts;
	err = set_up(h, why);
	if (err) {
		http_close(&h->t);
		return err;
	}
	*out = &h->t;
	return 0;
}
