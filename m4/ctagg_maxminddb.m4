# SPDX-License-Identifier: GPL-2.0-or-later
# CTAGG_MAXMINDDB: --enable-maxminddb, whether --labels reads MaxMind DBs. The default, auto, settles for a
# build without where the library is missing; yes does not. Sets $maxminddb to "yes" or to "no" with
# the reason, the conditional MAXMINDDB, MAXMINDDB_CFLAGS and MAXMINDDB_LIBS.
AC_DEFUN([CTAGG_MAXMINDDB], [
	AC_ARG_ENABLE([maxminddb],
		[AS_HELP_STRING([--disable-maxminddb],
			[build without MaxMind DBs for --labels; --enable-maxminddb fails where auto would])],
		[], [enable_maxminddb=auto])
	maxminddb=yes
	AS_IF([test "$enable_maxminddb" = no], [maxminddb="no (--disable-maxminddb)"],
	      [PKG_CHECK_MODULES([MAXMINDDB], [libmaxminddb >= 1.4], [],
			[maxminddb="no (not found; install libmaxminddb-dev, on Fedora libmaxminddb-devel)"])])
	AS_CASE(["$enable_maxminddb:$maxminddb"],
		[yes:no*], [AC_MSG_ERROR([--enable-maxminddb: libmaxminddb 1.4 not found: on Debian install libmaxminddb-dev, on Fedora libmaxminddb-devel])])
	AS_IF([test "$maxminddb" = yes], [CTAGG_BUILT_WITH([libmaxminddb])])
	AM_CONDITIONAL([MAXMINDDB], [test "$maxminddb" = yes])
])
