# SPDX-License-Identifier: GPL-2.0-or-later
# CTAGG_BPF: what the kernel table is built with, and --enable-bpf. The default, auto,
# settles for a build without the kernel table where something is missing; yes does not.
# Sets $bpf to "yes" or to "no" with the reason, the conditional BPF and the macro HAVE_BPF,
# CLANG, LLVM_STRIP, BPFTOOL, BPF_INCLUDES, BPF_CFLAGS and BPF_LIBS. Wants $have_nfct: the
# self-test of the kernel table builds its messages with libnetfilter_conntrack.
AC_DEFUN([CTAGG_BPF], [
	AC_ARG_ENABLE([bpf],
		[AS_HELP_STRING([--disable-bpf],
			[build without the kernel table; --enable-bpf fails where auto would])],
		[], [enable_bpf=auto])
	AC_ARG_VAR([CLANG], [clang, for the filter in the kernel])
	AC_ARG_VAR([BPFTOOL], [bpftool, for the same])
	AC_ARG_VAR([LLVM_STRIP], [llvm-strip, for the same])
	bpf_missing=
	AS_IF([test "$enable_bpf" != no], [_CTAGG_BPF_NEEDS])
	AS_IF([test "$enable_bpf" = yes && test -n "$bpf_missing"],
	      [AC_MSG_ERROR([--enable-bpf: not found; install$bpf_missing])])
	AS_CASE(["$enable_bpf:$bpf_missing"],
		[no:*], [bpf="no (--disable-bpf)"],
		[*:], [bpf=yes],
		[bpf="no (not found; install$bpf_missing)"])
	AM_CONDITIONAL([BPF], [test "$bpf" = yes])
	AS_IF([test "$bpf" = yes], [
		AC_DEFINE([HAVE_BPF], [1], [the kernel table is built in])
		CTAGG_BUILT_WITH([libbpf])
		CTAGG_BUILT_WITH([libnetfilter_conntrack])
	])
	_CTAGG_BPF_INCLUDES
])

# The libraries and programs, and in $bpf_missing the packages of those that are not there.
AC_DEFUN([_CTAGG_BPF_NEEDS], [
	PKG_CHECK_MODULES([BPF], [libbpf >= 1.0], [], [bpf_missing="$bpf_missing libbpf-dev (Fedora: libbpf-devel)"])
	AS_IF([test "$have_nfct" != yes],
	      [bpf_missing="$bpf_missing libnetfilter-conntrack-dev (Fedora: libnetfilter_conntrack-devel)"])
	AC_PATH_PROGS([CLANG], [clang clang-19 clang-16 clang-14])
	AC_PATH_PROGS([LLVM_STRIP], [llvm-strip llvm-strip-19 llvm-strip-16 llvm-strip-14])
	AC_PATH_PROGS([BPFTOOL], [bpftool], [], [$PATH:/usr/sbin:/sbin])
	AS_IF([test -z "$CLANG"], [bpf_missing="$bpf_missing clang"])
	AS_IF([test -z "$LLVM_STRIP"], [bpf_missing="$bpf_missing llvm"])
	AS_IF([test -z "$BPFTOOL"], [bpf_missing="$bpf_missing bpftool"])
])

# On Debian asm/types.h is in the directory of the machine's own architecture, where
# clang -target bpf does not look. clang 19 as $CC does not print the name of that directory, but finds the file.
AC_DEFUN([_CTAGG_BPF_INCLUDES], [
	multiarch=$($CC -print-multiarch 2>/dev/null)
	sysroot=$($CC -print-sysroot 2>/dev/null)
	AS_IF([test "$sysroot" = /], [sysroot=])
	AS_IF([test -n "$multiarch"], [BPF_INCLUDES="-idirafter $sysroot/usr/include/$multiarch"], [
		asm_types=$(echo '#include <asm/types.h>' | $CC $CPPFLAGS -E -x c - 2>/dev/null |
			sed -n 's,^# @<:@0-9@:>@* "\(.*\)/asm/types\.h".*,\1,p' | head -n 1)
		AS_IF([test -n "$asm_types"], [BPF_INCLUDES="-idirafter $asm_types"])
	])
	AC_SUBST([BPF_INCLUDES])
])
