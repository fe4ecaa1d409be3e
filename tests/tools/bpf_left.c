/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints how many BPF programs, maps and links the kernel has, as `programs 2, maps 14, links 2'. */
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

static int how_many(enum bpf_cmd next)
{
	union bpf_attr attr;
	int n = 0;

	for (memset(&attr, 0, sizeof(attr)); !syscall(SYS_bpf, next, &attr, sizeof(attr)); n++)
		attr.start_id = attr.next_id;
	return n;
}

int main(void)
{
	printf("programs %d, maps %d, links %d\n", how_many(BPF_PROG_GET_NEXT_ID), how_many(BPF_MAP_GET_NEXT_ID),
	       how_many(BPF_LINK_GET_NEXT_ID));
	return 0;
}
