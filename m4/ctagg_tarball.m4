# SPDX-License-Identifier: GPL-2.0-or-later
# CTAGG_TARBALL: how `make dist` packs, instead of Automake's way: every clone of a commit gives the same
# bytes. The time of all files is that of the commit ($SOURCE_DATE_EPOCH is another one); where
# there is no git, as in a tarball, that of configure.ac. Wants GNU tar.
AC_DEFUN([CTAGG_TARBALL], [
	am__tar='$${TAR-tar} --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
		--mtime="@$${SOURCE_DATE_EPOCH:-$$(git -C $(srcdir) log -1 --format=%ct 2>/dev/null || stat -c %Y $(srcdir)/configure.ac)}" \
		-chf - "$$tardir"'
])
