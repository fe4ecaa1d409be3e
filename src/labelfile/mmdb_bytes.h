/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_LABELFILE_MMDB_BYTES_H
#define CTAGG_LABELFILE_MMDB_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include <maxminddb.h>

/* A MaxMind DB that is in memory, in size bytes, which are lent as long as the database is used. MMDB_open() maps
 * the file, and then whoever makes the file shorter ends the program by a signal (SIGBUS). There is nothing
 * to close. Returns MMDB_SUCCESS or an error of the library. */
int mmdb_bytes_open(MMDB_s *db, const uint8_t *bytes, size_t size);

#endif
