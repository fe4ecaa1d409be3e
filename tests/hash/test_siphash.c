/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>

#include "hash/siphash.h"

/* SipHash: a fast short-input PRF (Aumasson, Bernstein, 2012): the example of
 * appendix A is the 15th; all of them are in the authors' vectors.h, there as
 * bytes. Key 00 01 .. 0f, input 00 01 .. of length 0, 1 .. */
static const uint64_t vectors[] = {
	0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
	0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137,
	0x93f5f5799a932462, 0x9e0082df0ba9e4b0, 0x7a5dbbc594ddb9f3, 0xf4b32f46226bada7,
	0x751e8fbc860ee5fb, 0x14ea5627c0843d90, 0xf723ca908e7af2ee, 0xa129ca6149be45e5,
};
static const uint64_t key[2] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };

Test(siphash, gives_the_published_values)
{
	unsigned char input[16];

	for (size_t len = 0; len < 16; len++) {
		cr_expect_eq(siphash(key, input, len), vectors[len], "of %zu bytes", len);
		input[len] = len;
	}
}

Test(siphash, does_not_care_where_the_input_stands)
{
	unsigned char room[32];

	for (int at = 0; at < 8; at++) {
		for (int i = 0; i < 15; i++)
			room[at + i] = i;
		cr_expect_eq(siphash(key, room + at, 15), vectors[15]);
	}
}
