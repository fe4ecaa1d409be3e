# SPDX-License-Identifier: GPL-2.0-or-later
# CTAGG_COMPLETION(SHELL, DIR)
# Where the completion file of a shell goes: DIR, or what --with-SHELL-completion-dir
# says; nowhere for --without-. The default is below the prefix, rather than where the
# shell that is installed here looks, so that every prefix can be installed to.
AC_DEFUN([CTAGG_COMPLETION], [
	AC_ARG_WITH([$1-completion-dir],
		[AS_HELP_STRING([--with-$1-completion-dir=DIR],
			[where the completion file of $1 goes @<:@DATADIR/...@:>@; without: nowhere])],
		[], [with_$1_completion_dir=yes])
	AS_CASE([$with_$1_completion_dir],
		[yes], [$1completiondir=$2],
		[no], [$1completiondir=],
		[$1completiondir=$with_$1_completion_dir])
	AC_SUBST([$1completiondir])
])
