# SPDX-License-Identifier: GPL-2.0-or-later
# CTAGG_FLAG(VARIABLE, FLAG): add FLAG to VARIABLE where a program can be compiled and
# linked with it, without a warning, beside what the user asks for.
AC_DEFUN([CTAGG_FLAG], [
	AC_MSG_CHECKING([whether the compiler takes $2])
	ctagg_saved_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS -Werror $2"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [[char a[8]; memset(a, 0, 8); return a[0];]])],
		[AC_MSG_RESULT([yes])
		 AS_VAR_APPEND([$1], [" $2"])],
		[AC_MSG_RESULT([no])])
	CFLAGS=$ctagg_saved_CFLAGS
])

# CTAGG_HARDENING: the flags that make a mistake in a parser harder to use, where the
# compiler has them: in HARDENING_CPPFLAGS, HARDENING_CFLAGS and HARDENING_LDFLAGS.
# Fortified functions want optimisation: without any they are left out.
AC_DEFUN([CTAGG_HARDENING], [
	CTAGG_FLAG([HARDENING_CPPFLAGS], [-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2])
	CTAGG_FLAG([HARDENING_CFLAGS], [-fstack-protector-strong])
	CTAGG_FLAG([HARDENING_CFLAGS], [-fstack-clash-protection])
	CTAGG_FLAG([HARDENING_CFLAGS], [-fcf-protection])
	CTAGG_FLAG([HARDENING_CFLAGS], [-fPIE])
	CTAGG_FLAG([HARDENING_LDFLAGS], [-pie])
	CTAGG_FLAG([HARDENING_LDFLAGS], [-Wl,-z,relro])
	CTAGG_FLAG([HARDENING_LDFLAGS], [-Wl,-z,now])
	CTAGG_FLAG([HARDENING_LDFLAGS], [-Wl,-z,noexecstack])
])

# CTAGG_REPRODUCIBLE: the flags, in REPRODUCIBLE_CFLAGS, that keep the names of the source
# folder and of the build folder out of the program, so that every folder gives the same
# bytes. gcc takes the last flag whose folder matches, and one of the two folders may be
# inside the other, so the build folder goes last where it is the longer one. clang has a
# flag for the folder that it runs in; gcc takes that folder's name from the build folder's flag.
AC_DEFUN([CTAGG_REPRODUCIBLE], [
	ctagg_source='-ffile-prefix-map=$(abs_top_srcdir)/= -ffile-prefix-map=$(top_srcdir)/= -ffile-prefix-map=./='
	ctagg_build='-ffile-prefix-map=$(abs_top_builddir)=.'
	CTAGG_FLAG([ctagg_maps], [-ffile-prefix-map=/nowhere=.])
	AS_IF([test -n "$ctagg_maps"], [
		ctagg_srcdir=$(cd "$srcdir" && pwd) ctagg_builddir=$(pwd)
		AS_IF([test ${#ctagg_srcdir} -gt ${#ctagg_builddir}],
		      [REPRODUCIBLE_CFLAGS="$ctagg_build $ctagg_source"],
		      [REPRODUCIBLE_CFLAGS="$ctagg_source $ctagg_build"])
	])
	CTAGG_FLAG([REPRODUCIBLE_CFLAGS], [-ffile-compilation-dir=.])
	AC_SUBST([REPRODUCIBLE_CFLAGS])
])

# CTAGG_YEAR2038: a time_t of 64 bits, where glibc has the choice (32-bit machines).
AC_DEFUN([CTAGG_YEAR2038], [
	AC_CHECK_SIZEOF([time_t], [], [[#include <time.h>]])
	AS_IF([test "$ac_cv_sizeof_time_t" = 4],
	      [AC_DEFINE([_TIME_BITS], [64], [times of 64 bits on machines of 32])])
])
