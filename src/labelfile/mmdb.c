/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <maxminddb.h>

#include "labelfile/mmdb_bytes.h"
#include "labelfile/reader.h"

/* A MaxMind DB (MaxMind DB File Format Specification 2.0) is a tree of addresses, bit by bit, whose leaves
 * point to data. All of the tree is walked, from the smallest address on. Of an IPv6 tree, ::/96 is the
 * tree of IPv4; writers let other networks lead there too (::ffff:0:0/96, 2002::/16, Teredo), and what is
 * behind those is not read again. */

#define V4_DEPTH 96	/* where the tree of IPv4 begins in one of IPv6 */
#define MAX_DEPTH 128
#define MAX_PARTS 16	/* of a field's path */
#define READ_SIZE (1 << 20)	/* of a file, at a time */

/* A node of the tree that has not been looked at, and the network that it stands for. */
struct place {
	uint32_t node;
	uint8_t depth;
	__u8 addr[16];	/* of an IPv4 tree, the first 4 */
};

/* bytes    the file, of which n_read of `size' have been read; db is open when all are
 * field    a copy of the field's path, whose parts end in a NUL each; path points to these
 * v4_root  the node at which the tree of IPv4 begins in one of IPv6; 0: there is none
 * places   n_places of them, the next one at the end
 * visits   how many nodes have been looked at
 */
struct labelfile_reader {
	struct labelfile_common common;
	uint8_t *bytes;
	size_t size, n_read;
	MMDB_s db;
	char *field;
	const char *path[MAX_PARTS + 1];
	uint32_t v4_root;
	struct place places[MAX_DEPTH + 2];
	size_t n_places;
	uint64_t visits;
};

static void close_mmdb(struct labelfile_reader *r)
{
	free(r->bytes);
	free(r->field);
	free(r);
}

static int refuse_db(const struct labelfile_reader *r, int status, struct refusal *why)
{
	return refuse(why, "%s: %s", r->common.path, MMDB_strerror(status));
}

/* Split a.b.c into its parts. */
static int split_field(struct labelfile_reader *r, struct refusal *why)
{
	size_t n = 0;
	char *rest = r->field, *part;

	while ((part = strsep(&rest, "."))) {
		if (!*part || n == MAX_PARTS)
			return refuse(why, "%s: '%s' is no path of a field, as in country.iso_code",
				      r->common.path, r->common.field);
		r->path[n++] = part;
	}
	return 0;
}

/* Follow the addresses that begin with 96 bits of 0. */
static uint32_t find_v4_root(const MMDB_s *db)
{
	MMDB_search_node_s node;
	uint32_t at = 0;

	for (int depth = 0; db->metadata.ip_version == 6 && depth < V4_DEPTH; depth++) {
		if (MMDB_read_node(db, at, &node) || node.left_record_type != MMDB_RECORD_TYPE_SEARCH_NODE)
			return 0;
		at = node.left_record;
	}
	return at;
}

static int open_db(struct labelfile_reader *r, struct refusal *why)
{
	int status = mmdb_bytes_open(&r->db, r->bytes, r->size);

	if (status)
		return refuse_db(r, status, why);
	r->v4_root = find_v4_root(&r->db);
	r->n_places = 1;
	return 1;
}

/* A file that has become shorter is as bad as one that was written to: the caller says so. */
static int read_some(struct labelfile_reader *r, struct refusal *why)
{
	size_t rest = r->size - r->n_read;
	ssize_t n = read(r->common.fd, r->bytes + r->n_read, rest < READ_SIZE ? rest : READ_SIZE);
	int err = errno;

	if (n < 0 && err != EINTR) {
		refuse(why, "%s: %s", r->common.path, strerror(err));
		return -err;
	}
	if (!n && rest)
		return refuse(why, "%s: it has become shorter", r->common.path);
	r->n_read += n > 0 ? n : 0;
	return r->n_read < r->size ? 1 : open_db(r, why);
}

/* Room for all of the file. The library has sizes of 32 bits. */
static int make_room(struct labelfile_reader *r, struct refusal *why)
{
	struct stat st;

	if (fstat(r->common.fd, &st) || st.st_size >= UINT32_MAX)
		return refuse(why, "%s: has more than 4 GiB", r->common.path);
	r->size = st.st_size;
	r->bytes = malloc(r->size + 1);
	if (r->bytes)
		return 0;
	refuse(why, "%s: %s", r->common.path, strerror(ENOMEM));
	return -ENOMEM;
}

static int open_mmdb(struct labelfile_reader **out, const struct labelfile_common *common,
		     struct refusal *why)
{
	struct labelfile_reader *r = calloc(1, sizeof(*r));
	int err;

	if (r)
		r->field = strdup(common->field);
	if (!r || !r->field) {
		free(r);
		refuse(why, "%s: %s", common->path, strerror(ENOMEM));
		return -ENOMEM;
	}
	r->common = *common;
	err = split_field(r, why) ?: make_room(r, why);
	if (err) {
		close_mmdb(r);
		return err;
	}
	*out = r;
	return 0;
}

/* --- data -> label ---------------------------------------------------------- */

#define NUMBER_SIZE 24

/* The label that a value is: *len bytes, perhaps at `number', which has NUMBER_SIZE bytes of room. NULL: the
 * value is none. */
static const char *label_of(const MMDB_entry_data_s *data, char *number, size_t *len)
{
	switch (data->type) {
	case MMDB_DATA_TYPE_UTF8_STRING:
		*len = data->data_size;
		return data->utf8_string;
	case MMDB_DATA_TYPE_UINT16:
		*len = sprintf(number, "%u", data->uint16);
		return number;
	case MMDB_DATA_TYPE_UINT32:
		*len = sprintf(number, "%" PRIu32, data->uint32);
		return number;
	case MMDB_DATA_TYPE_INT32:
		*len = sprintf(number, "%" PRIi32, data->int32);
		return number;
	case MMDB_DATA_TYPE_UINT64:
		*len = sprintf(number, "%" PRIu64, data->uint64);
		return number;
	case MMDB_DATA_TYPE_BOOLEAN:
		*len = sprintf(number, "%s", data->boolean ? "true" : "false");
		return number;
	}
	return NULL;
}

/* --- tree -> networks ------------------------------------------------------- */

static bool is_zero(const __u8 *bytes, size_t n)
{
	return !n || (!*bytes && !memcmp(bytes, bytes + 1, n - 1));
}

/* The network that a place stands for. */
static struct flow_network network_of(const struct labelfile_reader *r, const struct place *at)
{
	struct flow_network network = { .bits = at->depth, .family = AF_INET6 };

	memcpy(network.addr, at->addr, sizeof(network.addr));
	if (r->db.metadata.ip_version == 4) {
		flow_addr_v4(network.addr, at->addr);
		network.bits += V4_DEPTH;
		network.family = AF_INET;
	} else if (at->depth >= V4_DEPTH && is_zero(at->addr, 12)) {
		flow_addr_v4(network.addr, at->addr + 12);
		network.family = AF_INET;
	}
	return network;
}

/* A leaf above the tree of IPv4 holds for all of IPv4, too: readers look there for IPv4 addresses. */
static int add_all_v4(struct labelfile_reader *r, const struct place *at, const char *label, size_t len,
		      struct refusal *why)
{
	struct flow_network all = { .bits = V4_DEPTH, .family = AF_INET };

	if (r->db.metadata.ip_version == 4 || at->depth >= V4_DEPTH || !is_zero(at->addr, 16))
		return 0;
	flow_addr_v4(all.addr, "\0\0\0\0");
	return labelfile_add_network(&r->common, &all, label, len, why);
}

/* A network, whose data may not have the field. */
static int take_leaf(struct labelfile_reader *r, const struct place *at, MMDB_entry_s *entry,
		     struct refusal *why)
{
	struct flow_network network = network_of(r, at);
	MMDB_entry_data_s data = { .has_data = false };
	int status = MMDB_aget_value(entry, &data, r->path), err;
	char number[NUMBER_SIZE];
	struct refusal reason;
	const char *label;
	size_t len;

	if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR || (!status && !data.has_data))
		return 0;
	if (status)
		return refuse_db(r, status, why);
	label = label_of(&data, number, &len);
	if (!label)
		return refuse(why, "%s: %s is neither a text nor a whole number; mmdblookup(1) shows what is in it",
			      r->common.path, r->common.field);
	err = labelfile_add_network(&r->common, &network, label, len, &reason) ?:
	      add_all_v4(r, at, label, len, &reason);
	if (err)
		refuse(why, "%s: %s", r->common.path, reason.why);
	return err;
}

/* One of the two ways on from a place. */
static int take_record(struct labelfile_reader *r, const struct place *from, int bit, uint8_t type,
		       uint64_t value, MMDB_entry_s *entry, struct refusal *why)
{
	struct place to = *from;
	unsigned int depth = r->db.metadata.ip_version == 4 ? 32 : MAX_DEPTH;

	if (type == MMDB_RECORD_TYPE_EMPTY)
		return 0;
	if (from->depth == depth || type == MMDB_RECORD_TYPE_INVALID)
		return refuse_db(r, MMDB_CORRUPT_SEARCH_TREE_ERROR, why);
	if (bit)
		to.addr[from->depth / 8] |= 0x80 >> from->depth % 8;
	to.depth++;
	if (type == MMDB_RECORD_TYPE_DATA)
		return take_leaf(r, &to, entry, why);
	to.node = value;
	if (!r->v4_root || to.node != r->v4_root || (to.depth == V4_DEPTH && is_zero(to.addr, 12)))
		r->places[r->n_places++] = to;
	return 0;
}

/* The way that begins with a bit of 0 is gone first, so the other one waits below it. A tree has each of
 * its nodes once: a file in which ways meet again and again would never end. */
static int take_place(struct labelfile_reader *r, struct refusal *why)
{
	struct place at = r->places[--r->n_places];
	MMDB_search_node_s node;
	int status = MMDB_read_node(&r->db, at.node, &node);

	if (!status && ++r->visits > 4 * (uint64_t)r->db.metadata.node_count)
		status = MMDB_CORRUPT_SEARCH_TREE_ERROR;
	if (status)
		return refuse_db(r, status, why);
	return take_record(r, &at, 1, node.right_record_type, node.right_record,
			   &node.right_record_entry, why) ?:
	       take_record(r, &at, 0, node.left_record_type, node.left_record,
			   &node.left_record_entry, why);
}

static int step_mmdb(struct labelfile_reader *r, struct refusal *why)
{
	int err = 0;

	if (!r->db.file_content)
		return read_some(r, why);
	for (int i = 0; i < LABELFILE_STEP && r->n_places && !err; i++)
		err = take_place(r, why);
	if (err || r->n_places)
		return err ?: 1;
	return *r->common.rows ? 0 : refuse(why, "%s: no network has a field %s; mmdblookup(1) shows which there are",
					   r->common.path, r->common.field);
}

const struct labelfile_functions labelfile_mmdb = { open_mmdb, step_mmdb, close_mmdb };
