/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CONFINE_CALLS_H
#define CTAGG_CONFINE_CALLS_H

/* What a program is about to do, from which follows which system calls it needs (lists.c). */
enum confine_mode {
	CONFINE_LIVE,			/* ctagg: windows of what the kernel reports */
	CONFINE_LIVE_NETNS,		/* the same of every network namespace (--netns=all) */
	CONFINE_SNAPSHOT,		/* --snapshot */
	CONFINE_CHECK,			/* --check */
	CONFINE_READ,			/* --read: files, and no socket at all */
	CONFINE_DELIVER_STREAM,		/* ctagg-deliver --url, --ipfix=tcp: */
	CONFINE_DELIVER_DATAGRAM,	/* ctagg-deliver --udp, --ipfix */
	CONFINE_DELIVER_FILE,		/* ctagg-deliver --ipfix-file */
	CONFINE_DELIVER_EXEC,		/* ctagg-deliver --exec; the command has the same filter */
	CONFINE_DELIVER_OFFLINE,	/* ctagg-deliver --status and what else sends nothing */
	CONFINE_MODES
};

/* Allow this process, all of its threads and its later children only the system calls of a mode. Any
 * other one fails with EPERM, and clone3(2) with ENOSYS, so that the C library takes clone(2), whose
 * arguments a filter can see. System calls of another architecture (32-bit ones on a 64-bit machine)
 * fail with EPERM, too. Returns how many system calls are allowed, or -errno with nothing changed:
 * -ENOPKG this build has no libseccomp, -EINVAL the kernel has no filters. */
int confine_calls(enum confine_mode mode);

#endif
