/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of --labels. The first byte says what the others are: a file of CSV, or a MaxMind DB, whose field `c' has
 * the label. A file that is refused is refused with a reason that names the file. Of one that is read, each
 * address gets the label of the smallest network around it, by a list; and its labels, written as CSV, are
 * read as the same labels. */
#include "config.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "fuzz/folder.h"
#include "fuzz/nearest.h"
#include "fuzz/targets.h"
#include "labelfile/load.h"

#define MAX_TEXT 3000	/* of a label: a line of CSV has 4096 bytes */

static int add_to_list(void *list, const struct flow_network *network, uint32_t number)
{
	return nearest_add(list, network, 0, number);
}

/* --- as CSV ------------------------------------------------------------------ */

struct csv {
	struct texts *names;
	FILE *f;
	bool cannot;	/* a label that is no text for a line; or IPv4 in IPv6, which CSV has for IPv4 */
};

static void put_label(struct csv *csv, uint32_t number)
{
	size_t len;
	const char *label = texts_get(csv->names, number, &len);

	csv->cannot |= len > MAX_TEXT || memchr(label, '\n', len) || memchr(label, '\r', len) || memchr(label, 0, len);
	fputs(",\"", csv->f);
	for (size_t i = 0; i < len; i++)
		fputs(label[i] == '"' ? "\"\"" : (char[]){ label[i], '\0' }, csv->f);
	fputs("\"\n", csv->f);
}

static int put_network(void *arg, const struct flow_network *n, uint32_t number)
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct csv *csv = arg;
	bool v4 = n->family == AF_INET;
	char addr[INET6_ADDRSTRLEN];

	csv->cannot |= !v4 && n->bits >= 96 && !memcmp(n->addr, mapped, sizeof(mapped));
	must(inet_ntop(n->family, v4 ? n->addr + 12 : n->addr, addr, sizeof(addr)));
	fprintf(csv->f, "%s/%d", addr, v4 ? n->bits - 96 : n->bits);
	put_label(csv, number);
	return 0;
}

static bool write_csv(const struct netlabel_set *set, const char *path)
{
	struct csv csv = { set->names, fopen(path, "w"), false };

	must(csv.f && !netlabel_set_each(set, put_network, &csv));
	must(!fclose(csv.f));
	return !csv.cannot;
}

/* --- both ways ----------------------------------------------------------------- */

static struct netlabel_set *read_file(const char *value, struct texts *names)
{
	struct netlabel_set *set = NULL;
	struct refusal why = { .words = false };
	size_t len;

	labelfile_field(value, &len);
	if (!labelfile_read(&value, 1, names, &set, &why)) {
		must(set);
		return set;
	}
	must(!set && memchr(why.why, 0, sizeof(why.why)) && !strncmp(why.why, value, len));
	return NULL;
}

static void check(const struct netlabel_set *set)
{
	static struct nearest list, again;
	const char *path = folder_path("again.csv");
	struct netlabel_set *set_again;

	list.n = again.n = 0;
	if (netlabel_set_each(set, add_to_list, &list))
		return;		/* more than the list holds */
	nearest_is(&list, &set->networks);
	if (!list.n || !write_csv(set, path))
		return;
	set_again = read_file(path, set->names);
	must(set_again && !netlabel_set_each(set_again, add_to_list, &again));
	nearest_is(&list, &set_again->networks);
	netlabel_set_drop(set_again);
}

int fuzz_labels(const uint8_t *data, size_t size)
{
	bool is_csv = size && data[0] % 2;
	const char *path = folder_path(is_csv ? "labels.csv" : "labels.mmdb:c");
	struct netlabel_set *set;
	struct texts *names;

	folder_write(is_csv ? "labels.csv" : "labels.mmdb", size ? data + 1 : data, size ? size - 1 : 0);
	must(!texts_open(&names));
	set = read_file(path, names);
	if (set)
		check(set);
	netlabel_set_drop(set);
	texts_close(names);
	return 0;
}
