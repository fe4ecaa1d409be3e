# SPDX-License-Identifier: GPL-2.0-or-later
# CTAGG_SYSTEMD
# Where systemd's files go. The default is below the prefix, as for completions: systemd reads
# /usr/local/lib as well as /usr/lib. --without-systemd installs none.
AC_DEFUN([CTAGG_SYSTEMD], [
	AC_ARG_WITH([systemd],
		[AS_HELP_STRING([--without-systemd],
			[install no units, and none of the files that go with them])],
		[], [with_systemd=yes])
	AC_ARG_WITH([systemdsystemunitdir],
		[AS_HELP_STRING([--with-systemdsystemunitdir=DIR],
			[where units go @<:@PREFIX/lib/systemd/system@:>@])],
		[], [with_systemdsystemunitdir=yes])
	AS_CASE([$with_systemdsystemunitdir],
		[yes], [systemdsystemunitdir='${prefix}/lib/systemd/system'],
		[no], [with_systemd=no],
		[systemdsystemunitdir=$with_systemdsystemunitdir])
	AC_SUBST([systemdsystemunitdir])
	AS_IF([test "$with_systemd" = no], [units=no], [units=$systemdsystemunitdir])
	AM_CONDITIONAL([SYSTEMD], [test "$with_systemd" != no])
])
