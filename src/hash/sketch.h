/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HASH_SKETCH_H
#define CTAGG_HASH_SKETCH_H

#include <stdbool.h>
#include <stdint.h>

/* How many different things there are, by their 64-bit hashes (hash/siphash.h). Up to
 * SKETCH_EXACT hashes are kept, and their number is exact: two of them are equal by chance with
 * a probability of 2^-51. Of more, only what HyperLogLog needs is kept (Flajolet, Fusy, Gandouet
 * and Meunier 2007), and their number is an estimate (Ertl 2017, "New cardinality estimation
 * algorithms for HyperLogLog sketches", algorithm 4), whose standard error is 1.04 / sqrt(1024),
 * or 3.25 percent.
 *
 * What a sketch holds follows from the set of its hashes alone, not from their order, nor from
 * how they came together: so sketches that are added up say the same as one that was given all
 * hashes. A sketch takes SKETCH_BYTES of memory at most, besides its struct.
 *
 * one        the only hash
 * slots      `size` of them, a power of 2: open addressing with linear probing. A slot of 0 is
 *            free: a hash of 0 is stored as 1
 * registers  SKETCH_REGISTERS of them: of the hashes whose first bits are the number of the
 *            register, the largest position of the first bit that is set behind these, from 1; 0:
 *            there is no such hash
 * used       how many hashes are kept; more than SKETCH_EXACT: there are registers
 * size       0: one; otherwise slots
 * unknown    there was no memory for the hashes: nobody knows how many there are
 */
#define SKETCH_EXACT 128
#define SKETCH_REGISTER_BITS 10
#define SKETCH_REGISTERS (1 << SKETCH_REGISTER_BITS)
#define SKETCH_BYTES 1024
struct sketch {
	union {
		uint64_t one;
		uint64_t *slots;
		uint8_t *registers;
	};
	uint16_t used, size;
	bool unknown;
};

/* Add a hash to a sketch, which is all zero at first. */
void sketch_add(struct sketch *s, uint64_t hash);

/* Add all hashes of another sketch, which were made under the same secret. */
void sketch_add_all(struct sketch *s, const struct sketch *from);

/* How many different hashes were added. Returns whether that is known. *error is 0 where *n is
 * exact; otherwise *n is an estimate, more than SKETCH_EXACT, and *error is three standard errors:
 * in 997 of 1,000 cases the true number is no further away. */
bool sketch_count(const struct sketch *s, uint64_t *n, uint64_t *error);

/* Back to all zero; frees what the sketch has taken. */
void sketch_clear(struct sketch *s);

#endif
