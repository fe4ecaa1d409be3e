# SPDX-License-Identifier: GPL-2.0-or-later
# CTAGG_LIBRARY(PREFIX, MODULE, DEBIAN-PACKAGE, FEDORA-PACKAGE)
# A library the program cannot do without: PKG_CHECK_MODULES with an error that
# says what to install.
AC_DEFUN([CTAGG_LIBRARY], [
	PKG_CHECK_MODULES([$1], [$2], [],
		[AC_MSG_ERROR([$2 not found: on Debian install $3, on Fedora $4])])
	CTAGG_BUILT_WITH(m4_car(m4_unquote(m4_split([$2]))))
])

# CTAGG_BUILT_WITH(MODULE): add a library and its version to $built_with, which --version
# prints.
AC_DEFUN([CTAGG_BUILT_WITH], [
	built_with="${built_with:+$built_with, }$1 $($PKG_CONFIG --modversion $1 2>/dev/null)"
])
