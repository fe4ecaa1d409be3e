# SPDX-License-Identifier: GPL-2.0-or-later
# CTAGG_LIBRARY(PREFIX, MODULE, DEBIAN-PACKAGE, FEDORA-PACKAGE)
# A library the program cannot do without: PKG_CHECK_MODULES with an error that
# says what to install.
AC_DEFUN([CTAGG_LIBRARY], [
	PKG_CHECK_MODULES([$1], [$2], [],
		[AC_MSG_ERROR([$2 not found: on Debian install $3, on Fedora $4])])
])
