# SPDX-License-Identifier: GPL-2.0-or-later
# CTAGG_LIBRARY(PREFIX, MODULE, DEBIAN-PACKAGE, FEDORA-PACKAGE[, WITHOUT])
# PKG_CHECK_MODULES with an error that says what to install, and in WITHOUT by which option of
# configure that is not needed.
AC_DEFUN([CTAGG_LIBRARY], [
	PKG_CHECK_MODULES([$1], [$2], [],
		[AC_MSG_ERROR([$2 not found: on Debian install $3, on Fedora $4, elsewhere what has m4_car(m4_unquote(m4_split([$2]))).pc[]$5])])
	CTAGG_BUILT_WITH(m4_car(m4_unquote(m4_split([$2]))))
])

# CTAGG_BUILT_WITH(MODULE): add a library and its version to $built_with, which --version
# prints.
AC_DEFUN([CTAGG_BUILT_WITH], [
	built_with="${built_with:+$built_with, }$1 $($PKG_CONFIG --modversion $1 2>/dev/null)"
])

# CTAGG_DELIVER_LIBRARIES: what ctagg-deliver is built with: libcap-ng, libcurl and zlib for --url, and
# libfixbuf for --ipfix.
# Without libcurl nothing is delivered by HTTP, which is seldom wanted: --without-curl has to say
# so. Nor are flows sent by IPFIX without libfixbuf; --disable-ipfix. Sets $curl and $ipfix, the
# conditionals CURL and IPFIX and the macros HAVE_CURL and DELIVER_BUILT_WITH.
AC_DEFUN([CTAGG_DELIVER_LIBRARIES], [
	AC_ARG_WITH([curl],
		[AS_HELP_STRING([--without-curl], [build ctagg-deliver without --url])],
		[], [with_curl=yes])
	built_with=
	CTAGG_BUILT_WITH([libcap-ng])
	AS_IF([test "$with_curl" = no], [curl="no (--without-curl)"], [
		CTAGG_LIBRARY([CURL], [libcurl >= 7.80], [libcurl4-openssl-dev], [libcurl-devel], [; or --without-curl])
		CTAGG_LIBRARY([ZLIB], [zlib >= 1.2.7], [zlib1g-dev], [zlib-devel], [; or --without-curl])
		AC_DEFINE([HAVE_CURL], [1], [ctagg-deliver --url is built in])
		curl=yes
	])
	AC_ARG_ENABLE([ipfix],
		[AS_HELP_STRING([--disable-ipfix], [build ctagg-deliver without --ipfix])],
		[], [enable_ipfix=yes])
	AS_IF([test "$enable_ipfix" = no], [ipfix="no (--disable-ipfix)"], [
		CTAGG_LIBRARY([FIXBUF], [libfixbuf >= 2.3], [libfixbuf-dev], [libfixbuf-devel], [; or --disable-ipfix])
		ipfix=yes
	])
	AM_CONDITIONAL([IPFIX], [test "$enable_ipfix" != no])
	CTAGG_CONFINE_BUILT_WITH
	AM_CONDITIONAL([CURL], [test "$with_curl" != no])
	AC_DEFINE_UNQUOTED([DELIVER_BUILT_WITH], ["$built_with"], [the libraries of ctagg-deliver and their versions])
])

# CTAGG_VIEW_LIBRARIES: what ctagg-view is built with: ncurses, with the functions for characters of
# more than a byte. Without it there is no ctagg-view, and --disable-view has to say so. Sets $view,
# the conditional VIEW and the macro VIEW_BUILT_WITH.
AC_DEFUN([CTAGG_VIEW_LIBRARIES], [
	AC_ARG_ENABLE([view],
		[AS_HELP_STRING([--disable-view], [do not build ctagg-view])],
		[], [enable_view=yes])
	built_with=
	AS_IF([test "$enable_view" = no], [view="no (--disable-view)"], [
		CTAGG_LIBRARY([NCURSESW], [ncursesw >= 6.1], [libncurses-dev], [ncurses-devel], [; or --disable-view])
		view=yes
	])
	AM_CONDITIONAL([VIEW], [test "$enable_view" != no])
	AC_DEFINE_UNQUOTED([VIEW_BUILT_WITH], ["${built_with:-no library}"], [the libraries of ctagg-view and their versions])
])
