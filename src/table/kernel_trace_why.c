/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "table/kernel_drops.h"
#include "table/kernel_trace.h"

#define BTF "/sys/kernel/btf/"

/* The verifier's last words when the kernel has taken away from programs what reads its memory. */
static bool is_reading_refused(void)
{
	const char *line;

	for (size_t i = 0; (line = kernel_log_line(i)); i++)
		if (strstr(line, "bpf_probe_read") && (strstr(line, "cannot use") || strstr(line, "unknown func")))
			return true;
	return false;
}

/* Whether the kernel is locked down so far that no program can read its memory (kernel_lockdown(7)). The
 * mode in force stands in brackets, in a file that not every container has. */
static bool is_confidential(void)
{
	FILE *f = fopen("/sys/kernel/security/lockdown", "re");
	char modes[128] = "";
	bool found;

	if (!f)
		return is_reading_refused();
	found = fgets(modes, sizeof(modes), f) && strstr(modes, "[confidentiality]");
	fclose(f);
	return found;
}

/* lacking: what to say where a capability is missing. NULL: this says nothing of the kernel in particular. */
static const char *why(int err, const char *lacking)
{
	if (err == -ENOSYS)
		return "this ctagg, or this kernel, has no BPF";
	if (err == -ENOMEM)
		return "not enough memory for it; try a smaller --max-flows or --buffer-size";
	if (is_confidential())
		return "the kernel is locked down (lockdown=confidentiality), and lets no program look into it: use --source=netlink";
	if (access("/sys/kernel", F_OK))
		return "there is no /sys here, where the kernel describes itself: mount -t sysfs sysfs /sys";
	if (access(BTF "vmlinux", F_OK))
		return "this kernel does not describe itself (" BTF "vmlinux is missing): it needs CONFIG_DEBUG_INFO_BTF";
	if (err == -EPROTO)
		return "this kernel keeps its connections, or runs its programs, in another way than ctagg knows, or the table's self-test has failed: use --source=netlink; -v shows which";
	if (err == -EPERM && kernel_trace_is_allowed())
		return "this kernel takes no tracing programs; -v shows its last words";
	if (err == -EPERM)
		return lacking;
	if (err == -EOPNOTSUPP)
		return "it needs Linux 5.14 or later";
	if (err == -EMFILE || err == -ENFILE)
		return "too many files are open: raise the limit (ulimit -n, LimitNOFILE=)";
	return NULL;
}

static bool is_not_there(int err)
{
	return err == -ESRCH || err == -ENOENT;
}

#define REFUSED "this kernel refuses it; -v shows its last words"

const char *kernel_trace_why(int err)
{
	const char *text = why(err, geteuid() ?
		"it needs CAP_SYS_ADMIN: run as root, or setcap cap_net_admin,cap_sys_admin+ep on the program" :
		"this root lacks CAP_SYS_ADMIN in the initial user namespace");

	if (!text && is_not_there(err) && access("/sys/module/nf_conntrack_netlink", F_OK))
		return "the module nf_conntrack_netlink is not loaded: modprobe nf_conntrack_netlink";
	if (!text && is_not_there(err))
		return "the kernel does not describe the module nf_conntrack_netlink: it needs CONFIG_DEBUG_INFO_BTF_MODULES";
	return text ? text : REFUSED;
}

const char *kernel_drops_why(int err)
{
	const char *text = why(err, geteuid() ?
		"it needs CAP_BPF and CAP_PERFMON: run as root, or setcap cap_bpf,cap_perfmon+ep on the program" :
		"this root lacks CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN, in the initial user namespace");

	if (!text && is_not_there(err))
		return "the kernel does not say why it drops packets: it needs Linux 5.17 or later";
	return text ? text : REFUSED;
}
