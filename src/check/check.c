/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "check/command.h"
#include "check/parts.h"

void check_mend_sysctl(struct causes *c, const struct check_facts *f, const char *assignment)
{
	causes_mend_there(c, "sysctl -w net.netfilter.%s%s", assignment, f->read_only ?
			  "   # on the host, in this network namespace: /proc/sys is read-only here" : "");
}

/* What is the host's for root of a container: kernel modules, and sysctls that all network
 * namespaces share. In a user namespace root may set neither. Without a user namespace of its own
 * a container mostly has no right to either, and has /proc/sys mounted read-only. */
static const char *on_the_host(const struct check_facts *f)
{
	return f->user_namespace || f->read_only ? "   # on the host" : "";
}

void check_mend_shared(struct causes *c, const struct check_facts *f, const char *name,
		       int64_t value)
{
	causes_mend(c, "sysctl -w net.%s=%" PRId64 "%s", name, value, on_the_host(f));
}

void check_mend_modules(struct causes *c, const struct check_facts *f, const char *modules)
{
	causes_mend(c, "modprobe -a %s%s", modules, on_the_host(f));
}

/* A capability that is not in the bounding set is given to no program. If the file of a program has
 * such a capability all the same, the kernel refuses to run the program. */
void check_mend_privilege(struct causes *c, const struct check_facts *f)
{
	char *program = *f->program ? command_word(f->program) : NULL;

	if (f->no_net_admin)
		causes_mend(c, "ctagg --check --netns=PID   # on the host, with the PID of a process in this container; or start the container with --cap-add=NET_ADMIN");
	else
		causes_mend(c, "setcap cap_net_admin%s+ep %s", f->no_bpf ? "" : ",cap_bpf",
			    program ? program : "\"$(command -v ctagg)\"");
	free(program);
}

static void check_proc(struct causes *c, const struct check_facts *f)
{
	if (!f->proc_err)
		return;
	causes_add(c, CHECK_INCOMPLETE, "proc",
		   "/proc/sys/net cannot be read (%s): what is switched on, and who uses connection tracking, is not known",
		   strerror(-f->proc_err));
	causes_mend(c, "mount -t proc proc /proc");
}

void check_left(struct causes *c, const char *sysctl, int before, const char *file)
{
	char *name = command_word(file);

	causes_add(c, CHECK_LESS_DETAIL, "left_enabled",
		   "a ctagg that was killed has left %s switched on", sysctl);
	/* `sysctl' alone has to run in the network namespace. The part behind the `;' runs
	 * outside, where the file is. */
	causes_mend_there(c, "sysctl -w net.netfilter.%s=%d; rm %s", sysctl, before,
			  name ? name : "");
	free(name);
}

void check_facts(struct causes *c, const struct check_facts *f)
{
	check_proc(c, f);
	if (f->connections) {
		check_connections(c, f);
		if (f->trace)
			check_tracing(c, f);
		else
			check_kernel_table(c, f);
	}
	check_groups(c, f);
}
