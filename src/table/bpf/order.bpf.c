/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run once, before the tracing programs are attached: in which order the kernel runs two programs that are
 * attached to one function. bpf_fentry_test1() is a function of the kernel's own for tests of such programs
 * (net/bpf/test_run.c), which only a test run calls. */
#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

/* How many of the two have run, and at which place each one did; 0: it has not. */
__u64 runs = 0, place_of_first = 0, place_of_last = 0;

SEC("fexit/bpf_fentry_test1")
int attached_first(void *ctx)
{
	(void)ctx;
	place_of_first = ++runs;
	return 0;
}

SEC("fexit/bpf_fentry_test1")
int attached_last(void *ctx)
{
	(void)ctx;
	place_of_last = ++runs;
	return 0;
}

char _license[] SEC("license") = "GPL";
