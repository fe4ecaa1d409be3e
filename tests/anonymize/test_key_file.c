/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "anonymize/key_file.h"

#define DIGITS "000102030405060708090A0B0C0D0E0F101112131415161718191a1b1c1d1e1f"

static char path[] = "/tmp/ctagg-key-XXXXXX";

static void write_file(const void *bytes, size_t len)
{
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

static void end(void)
{
	unlink(path);
}

TestSuite(key_file, .fini = end);

static void expect_counted_up(void)
{
	uint8_t got[ANONYMIZE_KEY];
	const char *why;

	cr_assert_eq(key_file_read(path, got, &why), 0);
	for (int i = 0; i < ANONYMIZE_KEY; i++)
		cr_expect_eq(got[i], i);
}

static void expect_refused(int wanted, const char *reason)
{
	uint8_t got[ANONYMIZE_KEY];
	const char *why = "";

	cr_assert_eq(key_file_read(path, got, &why), wanted);
	if (reason)
		cr_expect(why && strstr(why, reason), "%s", why);
	else
		cr_expect_null(why);
}

Test(key_file, bytes)
{
	uint8_t bytes[ANONYMIZE_KEY];

	for (int i = 0; i < ANONYMIZE_KEY; i++)
		bytes[i] = i;
	write_file(bytes, sizeof(bytes));
	expect_counted_up();
}

Test(key_file, digits) { write_file(DIGITS, 64); expect_counted_up(); }
Test(key_file, digits_and_a_newline) { write_file(DIGITS "\n", 65); expect_counted_up(); }
Test(key_file, empty) { write_file("", 0); expect_refused(-EINVAL, "32 bytes"); }
Test(key_file, a_byte_less) { write_file(DIGITS, 31); expect_refused(-EINVAL, "32 bytes"); }
Test(key_file, a_byte_more) { write_file(DIGITS, 33); expect_refused(-EINVAL, "32 bytes"); }
Test(key_file, a_digit_less) { write_file(DIGITS, 63); expect_refused(-EINVAL, "32 bytes"); }
Test(key_file, a_digit_more) { write_file(DIGITS "0", 65); expect_refused(-EINVAL, "32 bytes"); }
Test(key_file, too_long) { write_file(DIGITS DIGITS, 128); expect_refused(-EINVAL, "32 bytes"); }
Test(key_file, a_letter_that_is_no_digit) { write_file("g" DIGITS, 64); expect_refused(-EINVAL, "32 bytes"); }
Test(key_file, no_file) { strcpy(path, "/tmp/ctagg-key-missi"); expect_refused(-ENOENT, NULL); }
Test(key_file, a_folder) { strcpy(path, "/tmp"); expect_refused(-EISDIR, NULL); }

Test(key_file, that_others_can_read)
{
	write_file(DIGITS, 64);
	chmod(path, 0640);
	expect_refused(-EINVAL, "chmod 600");
}
