/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_TRACE_LAYOUT_H
#define CTAGG_TABLE_TRACE_LAYOUT_H

/* Whether the kernel's structures are such as the tracing program reads them. When the program is loaded, libbpf
 * finds out where each member is on this kernel (CO-RE), refuses a kernel that lacks a member or has it as
 * another kind of type, and makes a load of a number as wide as the number is. Nothing looks at the rest, and a
 * wrong number would be counted without a word: members that are read through their address, the entries of
 * arrays, whole structures, and what the traced function is called with. This is looked at here, before anything
 * is loaded that stays. */

/* What can be otherwise, as bpf/layout.bpf.c finds it; 0: nothing is. */
enum trace_layout {
	TRACE_LAYOUT_KNOWN,
	TRACE_LAYOUT_ADDRESS,	/* addresses of a tuple */
	TRACE_LAYOUT_PORT,	/* ports, family and protocol of a tuple */
	TRACE_LAYOUT_STATUS,
	TRACE_LAYOUT_ZONE,
	TRACE_LAYOUT_MARK,
	TRACE_LAYOUT_NETNS,
	TRACE_LAYOUT_STATE,	/* of TCP */
	TRACE_LAYOUT_EXT,	/* where extensions are */
	TRACE_LAYOUT_ACCT,
	TRACE_LAYOUT_TSTAMP,
	TRACE_LAYOUT_EVENT,
	TRACE_LAYOUTS,
};

/* Look at the structures of the running kernel, and at the function that is traced; or, in tests, at those that
 * a file with BTF describes. Nothing is left in the kernel. Returns 0; -EPROTO with *wrong what is otherwise,
 * static; or another -errno: the kernel takes no such program, or does not describe itself. */
int trace_layout_check(const char *btf_path, const char **wrong);

#endif
