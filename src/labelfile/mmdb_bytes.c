/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "labelfile/mmdb_bytes.h"

/* A file is the tree, 16 bytes of 0, the data section, a marker, and the metadata: a map as in the data
 * section. */

#define MARKER "\xab\xcd\xefMaxMind.com"
#define MARKER_LEN (sizeof(MARKER) - 1)
#define METADATA_MAX (128 * 1024)	/* with the marker */
#define SEPARATOR 16
#define DATA_MIN 3

/* The metadata stand behind the last marker. */
static const uint8_t *find_metadata(const uint8_t *bytes, size_t size)
{
	const uint8_t *end = bytes + size, *found = NULL;
	const uint8_t *p = size > METADATA_MAX ? end - METADATA_MAX : bytes;

	while ((p = memmem(p, end - p, MARKER, MARKER_LEN)))
		found = p += MARKER_LEN;
	return found;
}

/* A number of the metadata; 0: there is none of that name. The library reads a map in a data section. */
static uint32_t number_of(const MMDB_s *db, const char *name)
{
	const MMDB_s metadata = {
		.data_section = db->metadata_section,
		.data_section_size = db->metadata_section_size,
	};
	MMDB_entry_s map = { .mmdb = &metadata };
	const char *const path[] = { name, NULL };
	MMDB_entry_data_s data;

	if (MMDB_aget_value(&map, &data, path) || !data.has_data)
		return 0;
	if (data.type == MMDB_DATA_TYPE_UINT16)
		return data.uint16;
	return data.type == MMDB_DATA_TYPE_UINT32 ? data.uint32 : 0;
}

static int find_data(MMDB_s *db)
{
	const MMDB_metadata_s *m = &db->metadata;
	uint64_t tree = (uint64_t)m->node_count * db->full_record_byte_size, size = db->file_size;

	if (!m->node_count || (m->ip_version != 4 && m->ip_version != 6) || tree + SEPARATOR > size)
		return MMDB_INVALID_METADATA_ERROR;
	if (size - tree - SEPARATOR < DATA_MIN)
		return MMDB_INVALID_DATA_ERROR;
	db->data_section = db->file_content + tree + SEPARATOR;
	db->data_section_size = size - tree - SEPARATOR;
	return MMDB_SUCCESS;
}

int mmdb_bytes_open(MMDB_s *db, const uint8_t *bytes, size_t size)
{
	const uint8_t *metadata = find_metadata(bytes, size);
	uint32_t bits;

	memset(db, 0, sizeof(*db));
	if (!metadata)
		return MMDB_INVALID_METADATA_ERROR;
	db->file_content = bytes;
	db->file_size = size;
	db->metadata_section = metadata;
	db->metadata_section_size = bytes + size - metadata;
	bits = number_of(db, "record_size");
	if (number_of(db, "binary_format_major_version") != 2 || (bits != 24 && bits != 28 && bits != 32))
		return MMDB_UNKNOWN_DATABASE_FORMAT_ERROR;
	db->metadata.record_size = bits;
	db->full_record_byte_size = bits * 2 / 8;
	db->metadata.node_count = number_of(db, "node_count");
	db->metadata.ip_version = number_of(db, "ip_version");
	db->depth = db->metadata.ip_version == 4 ? 32 : 128;
	return find_data(db);
}
