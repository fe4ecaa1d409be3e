# SPDX-License-Identifier: GPL-2.0-or-later
# CTAGG_CONFINE: what a running program is confined with, --enable-seccomp and --enable-landlock. The
# default, auto, settles for a build without where something is missing; yes does not. The
# sanitizers and the fuzzers make system calls of their own, so with them auto leaves seccomp out.
# Sets $seccomp and $landlock to "yes" or to "no" with the reason, the conditionals SECCOMP and LANDLOCK,
# SECCOMP_CFLAGS and SECCOMP_LIBS. CTAGG_CONFINE_BUILT_WITH adds to $built_with what was found.
AC_DEFUN([CTAGG_CONFINE], [
	AC_ARG_ENABLE([seccomp],
		[AS_HELP_STRING([--disable-seccomp],
			[build without a filter of system calls; --enable-seccomp fails where auto would])],
		[], [enable_seccomp=auto])
	AC_ARG_ENABLE([landlock],
		[AS_HELP_STRING([--disable-landlock],
			[build without Landlock; --enable-landlock fails where auto would])],
		[], [enable_landlock=auto])
	_CTAGG_SECCOMP
	_CTAGG_LANDLOCK
])

AC_DEFUN([_CTAGG_SECCOMP], [
	seccomp=yes
	AS_CASE(["$enable_seccomp:$enable_sanitizers:$enable_fuzzers"],
		[no:*], [seccomp="no (--disable-seccomp)"],
		[auto:yes:*], [seccomp="no (the sanitizers make system calls of their own)"],
		[auto:*:yes], [seccomp="no (the fuzzers make system calls of their own)"],
		[PKG_CHECK_MODULES([SECCOMP], [libseccomp >= 2.5], [],
			[seccomp="no (not found; install libseccomp-dev, on Fedora libseccomp-devel)"])])
	AS_CASE(["$enable_seccomp:$seccomp"],
		[yes:no*], [AC_MSG_ERROR([--enable-seccomp: libseccomp 2.5 not found: on Debian install libseccomp-dev, on Fedora libseccomp-devel])])
	AM_CONDITIONAL([SECCOMP], [test "$seccomp" = yes])
])

AC_DEFUN([_CTAGG_LANDLOCK], [
	landlock=yes
	AS_IF([test "$enable_landlock" = no], [landlock="no (--disable-landlock)"],
	      [AC_CHECK_HEADER([linux/landlock.h], [],
			[landlock="no (no linux/landlock.h; install linux-libc-dev, on Fedora kernel-headers, of Linux 5.13 or newer)"])])
	AS_CASE(["$enable_landlock:$landlock"],
		[yes:no*], [AC_MSG_ERROR([--enable-landlock: no linux/landlock.h: install the kernel headers of Linux 5.13 or newer (Debian: linux-libc-dev, Fedora: kernel-headers)])])
	AM_CONDITIONAL([LANDLOCK], [test "$landlock" = yes])
])

AC_DEFUN([CTAGG_CONFINE_BUILT_WITH], [
	AS_IF([test "$seccomp" = yes], [CTAGG_BUILT_WITH([libseccomp])])
	AS_IF([test "$landlock" = yes], [built_with="$built_with, Landlock"])
])
