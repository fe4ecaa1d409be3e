/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of a spool's files. Up to the first newline the bytes are taken for a name, and a name that is read is
 * written the same. From what follows names are made, which are read as what they were made from, and
 * sort as the starts of their windows do. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "fuzz/targets.h"
#include "spool/name.h"

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)
/* 9999-12-31T23:59:59Z is beyond 64 bits of nanoseconds, which end in the year 2554. */
#define LATEST_NS (UINT64_MAX / NS_PER_S * NS_PER_S)

static void check(const struct spool_name *n)
{
	must(*n->host && strlen(n->host) <= SPOOL_NAME_HOST && strlen(n->run) == SPOOL_NAME_RUN);
	must(!(n->start_ns % NS_PER_MS) && !(n->nominal_ns % NS_PER_MS));
	must(!n->events || !n->nominal_ns);
	must(!strchr(n->host, '/') && !strchr(n->run, '/'));
}

static void read_name(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), again[SPOOL_NAME_MAX];
	struct spool_name n;

	must(text);
	memcpy(text, data, size);
	text[size] = '\0';
	must(spool_name_is(text) == spool_name_parse(&n, text));
	if (spool_name_parse(&n, text)) {
		check(&n);
		spool_name_format(&n, again);
		must(strlen(again) < SPOOL_NAME_MAX && !strcmp(text, again));
	}
	free(text);
}

static uint64_t take_number(const uint8_t **p, const uint8_t *end)
{
	uint64_t n = 0;

	for (int i = 0; i < 8 && *p < end; i++)
		n = n << 8 | *(*p)++;
	return n;
}

/* A name from 33 bytes or fewer, and of a host that is any bytes. */
static void make_name(struct spool_name *n, const uint8_t **p, const uint8_t *end)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	char host[80] = "";
	uint64_t run;

	memset(n, 0, sizeof(*n));
	n->start_ns = take_number(p, end) % LATEST_NS / NS_PER_MS * NS_PER_MS;
	n->nominal_ns = take_number(p, end) / NS_PER_MS * NS_PER_MS;
	n->seq = take_number(p, end);
	run = take_number(p, end);
	n->events = !n->nominal_ns && run % 2;
	for (int i = 0; i < SPOOL_NAME_RUN; i++, run >>= 8)
		n->run[i] = letters[run % 36];
	snprintf(host, sizeof(host), "%.*s", (int)(end - *p < 70 ? end - *p : 70), (const char *)*p);
	spool_name_host(n, host);
}

static void write_name(const struct spool_name *n, char text[SPOOL_NAME_MAX])
{
	struct spool_name again;

	spool_name_format(n, text);
	must(spool_name_parse(&again, text));
	must(again.start_ns == n->start_ns && again.nominal_ns == n->nominal_ns && again.seq == n->seq);
	must(again.events == n->events && !strcmp(again.host, n->host) && !strcmp(again.run, n->run));
	check(&again);
}

int fuzz_names(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size, *newline = memchr(data, '\n', size), *p;
	char first_text[SPOOL_NAME_MAX], second_text[SPOOL_NAME_MAX];
	struct spool_name first, second;

	read_name(data, newline ? (size_t)(newline - data) : size);
	if (!newline)
		return 0;
	p = newline + 1;
	make_name(&first, &p, end);
	make_name(&second, &p, end);
	write_name(&first, first_text);
	write_name(&second, second_text);
	if (first.start_ns != second.start_ns)
		must((strcmp(first_text, second_text) < 0) == (first.start_ns < second.start_ns));
	return 0;
}
