/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Built in place of calls.c without libseccomp, or with --disable-seccomp. */
#include "config.h"

#include <errno.h>

#include "confine/calls.h"

int confine_calls(enum confine_mode mode)
{
	(void)mode;
	return -ENOPKG;
}
